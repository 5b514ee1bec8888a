import { kinds } from '@caretaker/devices/kinds';
import { type Estate, loadEstate } from '@caretaker/devices/model';
import type { ReadingValue } from '@caretaker/readings';
import { loadStandard } from '@caretaker/standards';
import { type Usual, usualValues, watchedKinds } from './big-estate.ts';

/* An estate for the drain bench, and what its devices measure through three days: the same for everybody who asks. */

export const drainEstateId = 'drain';
export const drainGateway = 'drain-1';
const minute = 60_000;
const hour = 60 * minute;

/** How many devices there are, and how often each says something. */
export interface DrainShape {
  readonly name: string;
  /** Devices, or points, whichever comes first. */
  readonly devices: number;
  readonly points: number;
  /** Values in one message at most. */
  readonly perMessage: number;
  /** Milliseconds between two messages of one device. */
  readonly period: number;
  /** How long the cloud is away, milliseconds. */
  readonly away: number;
}

interface DrainPoint {
  readonly metric: string;
  readonly usual: Usual;
}

/** A device that says all it has in one message. */
export interface DrainDevice {
  readonly id: string;
  readonly kind: string;
  readonly touchpoint: string;
  readonly points: readonly DrainPoint[];
  /** Milliseconds into the period at which it speaks. */
  readonly phase: number;
  /** A stretch of the absence through which something is wrong there, milliseconds from its beginning. */
  readonly breach: readonly [from: number, to: number] | null;
  /** It falls silent there for good; Infinity when it does not. */
  readonly until: number;
}

export interface DrainEstate {
  readonly shape: DrainShape;
  /** YAML of the estate. */
  readonly file: string;
  /** The same as edge and cloud load it. */
  readonly loaded: Estate;
  readonly devices: readonly DrainDevice[];
  /** Devices that raise an emergency with one message. */
  readonly alarms: readonly DrainDevice[];
  /** The one that really falls silent. */
  readonly dead: DrainDevice;
}

/** So many devices can raise an alarm. */
const alarmDevices = 40;
/** Every so manyth device breaches something for some hours. */
const breachEvery = 10;
const deadAfter = 0.6;

/** What makes an emergency of each such kind. */
const emergencies: Readonly<Record<string, readonly [metric: string, value: ReadingValue]>> = {
  lift: ['trapped', true],
  bin: ['temp_c', 71.5],
};

export function drainEstate(shape: DrainShape): DrainEstate {
  const standard = loadStandard();
  const usual = usualValues(standard);
  const all = watchedKinds(standard);
  const touchpointOf = new Map(all);
  const devices: DrainDevice[] = [];
  let points = 0;
  while (devices.length < shape.devices && points < shape.points) {
    const index = devices.length;
    const turn = all[index % all.length]?.[0] ?? '';
    const kind = index < alarmDevices ? (index % 2 === 0 ? 'lift' : 'bin') : turn;
    const touchpoint = touchpointOf.get(kind) ?? '';
    const device = deviceOf(shape, usual, index, kind, touchpoint);
    points += device.points.length;
    devices.push(device);
  }
  const alarms = devices.slice(0, alarmDevices);
  const dead = devices.findLast(({ points: own, breach, kind }) =>
    own.some(({ metric }) => breach === null && hasCadence(kind, metric, shape)),
  );
  if (dead === undefined) throw new Error('no device can fall silent');
  const until = shape.away * deadAfter;
  const list = devices.map((device) => (device === dead ? { ...device, until } : device));
  const file = fileOf(shape, list);
  const loaded = loadEstate(file, 'drain.yaml');
  return { shape, file, loaded, devices: list, alarms, dead: { ...dead, until } };
}

function deviceOf(
  shape: DrainShape,
  usual: ReadonlyMap<string, Usual>,
  index: number,
  kind: string,
  touchpoint: string,
): DrainDevice {
  const first = emergencies[kind]?.[0];
  const others = Object.keys(kinds[kind]?.metrics ?? {}).filter((metric) => metric !== first);
  const metrics = [...(first === undefined ? [] : [first]), ...others].slice(0, shape.perMessage);
  const from = shape.away * 0.2 + ((index * 7) % 40) * (shape.away * 0.01);
  return {
    id: `${kind}-${index}`,
    kind,
    touchpoint,
    points: metrics.map((metric) => ({
      metric,
      usual: usual.get(`${kind}/${metric}`) ?? { ok: 0, odd: 0 },
    })),
    phase: Math.floor((index * 0.618034 * shape.period) % shape.period),
    breach:
      index >= alarmDevices && index % breachEvery === 5
        ? [from, from + Math.max(3 * hour, 12 * shape.period)]
        : null,
    until: Number.POSITIVE_INFINITY,
  };
}

/** Metrics that speak more seldom than their kind expects are declared so. */
function cadenceOf(kind: string, metric: string, { period }: DrainShape): number | null {
  const usual = kinds[kind]?.metrics[metric]?.cadence;
  if (usual === undefined) return null;
  return Math.max(usual, period);
}

/** Whether its silence shows within the absence. */
function hasCadence(kind: string, metric: string, shape: DrainShape): boolean {
  const cadence = cadenceOf(kind, metric, shape);
  return cadence !== null && 6 * cadence < shape.away * (1 - deadAfter);
}

function fileOf(shape: DrainShape, devices: readonly DrainDevice[]): string {
  const name = { en: 'Drain', zh: '排空' };
  return JSON.stringify({
    id: drainEstateId,
    name,
    zone: 'Asia/Shanghai',
    location: { latitude: 31.23, longitude: 121.47 },
    gateway: drainGateway,
    calendars: { pool: '06:00-22:00' },
    assets: devices.map(({ id, kind, touchpoint, points }) => ({
      id,
      name,
      place: name,
      kind,
      touchpoint,
      points: points.map(({ metric }) => {
        const cadence = cadenceOf(kind, metric, shape);
        const own = kinds[kind]?.metrics[metric]?.cadence;
        if (cadence === null || cadence === own) return metric;
        return { metric, cadence: `${Math.round(cadence / minute)}m` };
      }),
    })),
  });
}

/** What a device says in the round that began so many milliseconds after the absence did. */
export function measured(
  device: DrainDevice,
  { metric, usual }: DrainPoint,
  place: number,
  round: number,
  since: number,
): ReadingValue {
  const { breach } = device;
  const wrong = breach !== null && since >= breach[0] && since < breach[1];
  const value = wrong ? usual.odd : usual.ok;
  if (typeof value !== 'number') return value;
  // Never quite the same, with as many digits as a sensor gives, and within what is plausible.
  const varied = value + (value / 500) * Math.sin(round * 0.37 + place * 1.7);
  const [low, high] = kinds[device.kind]?.metrics[metric]?.range ?? [-Infinity, Infinity];
  return Math.min(high, Math.max(low, Math.round(varied * 1_000) / 1_000));
}

/** The message that raises an emergency there. */
export function alarmOf({ kind }: DrainDevice): Readonly<Record<string, ReadingValue>> {
  const [metric, value] = emergencies[kind] ?? [];
  if (metric === undefined || value === undefined) throw new Error(`${kind} raises no alarm`);
  return { [metric]: value };
}

/** One message of a device: the instant and its values in the order of its points. */
export interface DrainMessage {
  readonly device: DrainDevice;
  readonly at: number;
  readonly values: readonly ReadingValue[];
}

export function roundsOf({ away, period }: DrainShape): number {
  return Math.floor(away / period);
}

/**
 * What all devices say in one round, in the order of time.
 * @param began when the absence began, UTC epoch milliseconds; round 0 is just before it
 */
export function* messagesOf(
  { shape, devices }: DrainEstate,
  order: readonly number[],
  began: number,
  round: number,
): Generator<DrainMessage> {
  for (const index of order) {
    const device = devices[index] as DrainDevice;
    const since = (round - 1) * shape.period + device.phase;
    if (since >= device.until) continue;
    const values = device.points.map((point, place) =>
      measured(device, point, index + place, round, since),
    );
    yield { device, at: began + since, values };
  }
}

/** Indexes of the devices in the order in which they speak. */
export function orderOf({ devices }: DrainEstate): readonly number[] {
  return devices
    .map((_, index) => index)
    .toSorted((a, b) => (devices[a]?.phase ?? 0) - (devices[b]?.phase ?? 0));
}
