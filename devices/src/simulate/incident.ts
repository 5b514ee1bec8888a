import { CaretakerError } from '@caretaker/readings/base';
import type { Asset, Estate } from '../model/index.ts';
import { keyOf, uniform } from './noise.ts';
import type { Scene } from './scene.ts';

const minute = 60_000;

interface FaultKind {
  /** Kinds of assets that can have it; empty for all. */
  readonly kinds: readonly string[];
  /** Metrics without which nobody would notice. */
  readonly metrics: readonly string[];
  /** How long it lasts, minutes. */
  readonly minutes: number;
  readonly says: string;
}

/** Every fault that can be injected, by name. */
export const faultKinds = {
  'gate-held-open': gate(['door'], 15, 'is held open'),
  'gate-slam': gate(['slam_db'], 60, 'slams at more than 90 dB(A) every 40 s'),
  'gate-fault': gate(['fault'], 20, 'reports a controller fault'),
  'lamp-out': lamp(['power_w', 'commanded'], 240, 'is commanded on and takes no power'),
  'too-dark': lamp(['lux', 'commanded'], 240, 'gives almost no light; it shows after dusk'),
  'barrier-stuck': arm(['position'], 15, 'stays open with nobody under it'),
  'barrier-slow': arm(['travel_s'], 60, 'takes almost 6 s to open'),
  'barrier-fault': arm(['fault'], 20, 'reports a controller fault and stays closed'),
  'bin-full': bin(['fill_pct'], 240, 'is full'),
  'bin-fire': bin(['temp_c'], 20, 'burns'),
  'bin-tilt': bin(['tilt'], 60, 'has fallen over'),
  'pool-ph': pool(['ph'], 120, 'drifts to a pH above 8'),
  'pool-chlorine': pool(['free_cl'], 120, 'runs out of free chlorine'),
  'pool-turbidity': pool(['turbidity_ntu'], 120, 'turns cloudy'),
  'lift-trapped': lift(['trapped'], 25, 'stopped between floors with a person in it'),
  'lift-out-of-service': lift(['mode'], 40, 'is out of service'),
  'lift-levelling': lift(['level_err_mm'], 120, 'stops more than 20 mm off the landing'),
  noise: { kinds: ['sound'], metrics: ['laeq_db'], minutes: 60, says: 'hears 68 dB(A)' },
  'too-hot': { kinds: ['climate'], metrics: ['temp_c'], minutes: 150, says: 'heats up to 32 °C' },
  'device-silent': { kinds: [], metrics: [], minutes: 240, says: 'says nothing any more' },
} as const satisfies Readonly<Record<string, FaultKind>>;

export type FaultName = keyof typeof faultKinds;

/** The faults that can be injected. */
export const faultNames = Object.keys(faultKinds) as readonly FaultName[];

function gate(metrics: readonly string[], minutes: number, says: string): FaultKind {
  return { kinds: ['access-gate'], metrics, minutes, says };
}
function lamp(metrics: readonly string[], minutes: number, says: string): FaultKind {
  return { kinds: ['lighting'], metrics, minutes, says };
}
function arm(metrics: readonly string[], minutes: number, says: string): FaultKind {
  return { kinds: ['barrier'], metrics, minutes, says };
}
function bin(metrics: readonly string[], minutes: number, says: string): FaultKind {
  return { kinds: ['bin'], metrics, minutes, says };
}
function pool(metrics: readonly string[], minutes: number, says: string): FaultKind {
  return { kinds: ['pool'], metrics, minutes, says };
}
function lift(metrics: readonly string[], minutes: number, says: string): FaultKind {
  return { kinds: ['lift'], metrics, minutes, says };
}

/** A fault that one asset has for a while. */
export interface Incident {
  readonly fault: FaultName;
  readonly asset: string;
  readonly from: number;
  /** The first instant at which it is over. */
  readonly to: number;
  /** How bad it is, 1 for a fault that was injected. */
  readonly size: number;
}

/** What goes wrong by itself on every day: which asset it hits and when exactly differs from day to day. */
const everyDay: readonly { fault: FaultName; at: number; minutes: number; size: number }[] = [
  { fault: 'gate-held-open', at: 10 * 60, minutes: 19, size: 1 },
  { fault: 'bin-full', at: 12 * 60 + 30, minutes: 235, size: 1 },
  { fault: 'pool-ph', at: 14 * 60, minutes: 80, size: 0.6 },
  { fault: 'lift-out-of-service', at: 16 * 60, minutes: 26, size: 1 },
  { fault: 'lamp-out', at: 18 * 60 + 40, minutes: 11 * 60, size: 1 },
  { fault: 'noise', at: 21 * 60 + 10, minutes: 50, size: 1 },
];

/** Who has which fault when: a pure function of the seed and the local day, and of what was injected. */
export class Incidents {
  private readonly estate: Estate;
  private readonly scene: Scene;
  private readonly seed: number;
  private readonly injected: Incident[] = [];
  private readonly days = new Map<number, readonly Incident[]>();

  constructor(estate: Estate, scene: Scene, seed: number) {
    this.estate = estate;
    this.scene = scene;
    this.seed = seed;
  }

  /** The fault that the asset has at an instant. What was injected goes before what the day brings. */
  at(asset: string, time: number): Incident | undefined {
    const has = (i: Incident) => i.asset === asset && i.from <= time && time < i.to;
    return this.between(time, time).findLast(has);
  }

  /** Every incident that touches [from, to]; where two overlap, the later one in the list counts. */
  between(from: number, to: number): readonly Incident[] {
    return [...this.ofDays(from, to), ...this.injected].filter((i) => i.from <= to && from <= i.to);
  }

  /**
   * Gives an asset a fault from now on.
   * @param id the asset; when it is left out, the first one that can have the fault and has none.
   * @throws CaretakerError `DEVICES_FAULT_UNKNOWN`, `DEVICES_FAULT_ASSET` when it cannot have it.
   */
  inject(fault: string, id: string | undefined, now: number): { incident: Incident; asset: Asset } {
    if (!isFaultName(fault)) {
      const message = `There is no fault "${fault}"`;
      const next = `choose one of ${faultNames.join(', ')}`;
      throw new CaretakerError({ code: 'DEVICES_FAULT_UNKNOWN', message, next });
    }
    const able = this.estate.assets.filter((asset) => canHave(asset, fault));
    // Who reports most often is missed first.
    if (fault === 'device-silent') able.sort((a, b) => patience(a) - patience(b));
    const asset =
      id === undefined
        ? (able.find((a) => this.at(a.id, now) === undefined) ?? able[0])
        : able.find((a) => a.id === id);
    if (asset === undefined) {
      const message = `${id === undefined ? 'No asset' : `"${id}"`} can have the fault ${fault}`;
      const next = `it needs a simulated asset with ${faultKinds[fault].metrics.join(', ')}`;
      throw new CaretakerError({ code: 'DEVICES_FAULT_ASSET', message, next });
    }
    const to = now + faultKinds[fault].minutes * minute;
    const incident = { fault, asset: asset.id, from: now, to, size: 1 };
    this.injected.push(incident);
    return { incident, asset };
  }

  /** The longest one runs past midnight, never past noon: the day before is enough. */
  private ofDays(from: number, to: number): readonly Incident[] {
    const last = this.scene.day(to);
    const found: Incident[] = [];
    for (let day = this.scene.day(from) - 1; day <= last; day++) found.push(...this.ofDay(day));
    return found;
  }

  private ofDay(day: number): readonly Incident[] {
    const known = this.days.get(day);
    if (known !== undefined) return known;
    const planned = everyDay.flatMap(({ fault, at, minutes, size }) => {
      const key = keyOf(`${this.seed}/${fault}`);
      const able = this.estate.assets.filter((asset) => canHave(asset, fault));
      const asset = able[Math.floor(uniform(key, day) * able.length)];
      if (asset === undefined) return [];
      const from = this.scene.instant(day, at + Math.floor(uniform(key, day + 1) * 25));
      return [{ fault, asset: asset.id, from, to: from + minutes * minute, size }];
    });
    this.days.set(day, planned);
    return planned;
  }
}

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faultKinds, name);
}

/** The shortest silence that shows on an asset, milliseconds. */
function patience(asset: Asset): number {
  return Math.min(...asset.points.map((point) => point.silentAfter ?? Number.MAX_SAFE_INTEGER));
}

function canHave(asset: Asset, fault: FaultName): boolean {
  const { kinds, metrics }: FaultKind = faultKinds[fault];
  if (!asset.demo || (kinds.length > 0 && !kinds.includes(asset.kind))) return false;
  return metrics.every((metric) => asset.points.some((point) => point.metric === metric));
}
