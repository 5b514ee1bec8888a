import type { MetricType } from '../reading.ts';

/** Fields of one measurement whose type a write got wrong. */
export interface TypeClash {
  readonly kind: string;
  readonly metric: string;
  /** The type of the values that are there. */
  readonly held: MetricType;
}

/** What InfluxDB says of a write that it kept in part: why it dropped points, and how many. */
export interface PartialWrite {
  /** The reason it names; it names one of several. */
  readonly reason: string;
  /** Points dropped; null where it does not count them. */
  readonly dropped: number | null;
  /** The field that has another type than the values offered; null for any other reason. */
  readonly clash: TypeClash | null;
}

const PARTIAL = /partial write: ([\s\S]*?)(?: dropped=(\d+))?$/;
const FIELD_CLASH =
  /field type conflict: input field "(.+?)" on measurement "(.+?)" is type \w+, already exists as type (\w+)/;

/**
 * Reads the message of a refused write. 1.x answers it with status 400, 2.x with 422; the sentence is the
 * same, from the storage engine that both share. It names no points.
 * @returns null when nothing of it was kept, or something else went wrong
 */
export function partialWrite(message: string): PartialWrite | null {
  const [, reason, dropped] = PARTIAL.exec(message.trim()) ?? [];
  if (reason === undefined) return null;
  return {
    reason,
    dropped: dropped === undefined ? null : Number(dropped),
    clash: clashIn(reason),
  };
}

function clashIn(reason: string): TypeClash | null {
  const [, metric, kind, type] = FIELD_CLASH.exec(reason) ?? [];
  if (metric === undefined || kind === undefined || type === undefined) return null;
  return { metric, kind, held: typeOfField(type) };
}

/** The type of values that a field of InfluxDB's type takes. Integers are numbers that another program wrote. */
export function typeOfField(field: string): MetricType {
  if (field === 'string') return 'state';
  return field === 'boolean' ? 'flag' : 'number';
}
