import type { Envelope } from '../envelope.ts';
import { isObject } from '../payload.ts';

/** More records than the longest uplink has room for. */
const mostRecords = 256;

/** What a network server says of an uplink beside what the device said. */
export interface UplinkFacts {
  readonly device: string;
  readonly aliases?: readonly string[];
  readonly at: string | null;
  readonly id?: string;
  readonly simulated?: boolean;
  /** Facts of the envelope, under keys with `$`. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** An uplink as envelopes: what it says of now, and each record of the past that it carries. */
export function uplink(facts: UplinkFacts, port: unknown, decoded: unknown): Envelope[] {
  const { facts: body, ...about } = facts;
  // Port 0 carries commands of the network layer alone, whatever a decoder makes of them.
  if (port === 0 || !isObject(decoded) || isNetworkLayer(decoded)) {
    return [{ ...about, about: 'sign', body }];
  }
  const { history, DATALOG: datalog, ...now } = decoded;
  const past = [...recordsIn(history), ...rowsIn(datalog)].slice(0, mostRecords);
  const present: Envelope = { ...about, about: 'values', body: { ...now, ...body } };
  return [present, ...past.map((record): Envelope => ({ ...about, about: 'values', ...record }))];
}

/** The signal where the device was heard best. */
export function bestSignal(gateways: unknown): Readonly<Record<string, unknown>> {
  let best: Readonly<Record<string, unknown>> | null = null;
  for (const one of Array.isArray(gateways) ? gateways : []) {
    if (!isObject(one) || typeof one.rssi !== 'number') continue;
    if (best === null || one.rssi > Number(best.rssi)) best = one;
  }
  return best === null ? {} : { $rssi: best.rssi, $snr: best.snr ?? best.loRaSNR };
}

/** What decoders call an uplink that holds answers to the network and no measurement. */
const networkEvents: ReadonlySet<string> = new Set(['mac command', 'link quality']);

function isNetworkLayer(decoded: Readonly<Record<string, unknown>>): boolean {
  const { event, eventType, Event } = decoded;
  const named = [event, eventType, Event].filter((name) => typeof name === 'string');
  if (named.some((name) => networkEvents.has(name.toLowerCase().replaceAll('_', ' ')))) return true;
  return Object.keys(decoded).length === 0;
}

type PastRecord = Pick<Envelope, 'body' | 'at' | 'historic'>;

/** Milesight's `history`: objects like the message itself, each with its time in seconds. */
function recordsIn(history: unknown): PastRecord[] {
  if (!Array.isArray(history)) return [];
  return history.filter(isObject).map(({ timestamp, ...body }) => ({
    body,
    at: typeof timestamp === 'number' ? timestamp * 1_000 : null,
    historic: true,
  }));
}

/**
 * Dragino's `DATALOG`: rows in brackets, `[21.5,48.0,2026-11-21 12:00:00],…`, the time last and in UTC.
 * Fields find their columns as `DATALOG.0`, `DATALOG.1` and so on.
 */
function rowsIn(datalog: unknown): PastRecord[] {
  if (typeof datalog !== 'string') return [];
  return [...datalog.matchAll(/\[([^[\]]{1,200})\]/g)].map(([, row = '']) => {
    const columns = row.split(',').map((column) => column.trim());
    const time = columns.pop() ?? '';
    const at = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(time) ? `${time.replace(' ', 'T')}Z` : null;
    return { body: { DATALOG: columns }, at, historic: true };
  });
}
