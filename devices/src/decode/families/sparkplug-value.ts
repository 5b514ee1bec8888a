import type { WireMetric } from './sparkplug-payload.ts';

/** Datatypes of the specification by their number. */
const signedBits: Readonly<Record<number, number>> = { 1: 8, 2: 16, 3: 32, 4: 64 };
const unsignedBits: Readonly<Record<number, number>> = { 5: 8, 6: 16, 7: 32, 8: 64 };
const dateTime = 13;
const flag = 11;
/** Float, Double, String, Text and UUID stand for themselves. */
const plain: ReadonlySet<number> = new Set([9, 10, 12, 14, 15]);

/** A value that only its birth could explain, and none has. */
export const untyped = Symbol('untyped');

/**
 * What a metric says: null for nothing, undefined for what is no single value (data sets, templates, bytes).
 * @param datatype from the metric itself, or from its birth
 */
export function valueIn(
  metric: WireMetric,
  datatype: number | undefined,
): number | string | boolean | null | undefined | typeof untyped {
  const { value } = metric;
  if (metric.null || !metric.good) return null;
  if (typeof value !== 'bigint') return value;
  if (datatype === undefined || datatype === 0) return untyped;
  const signed = signedBits[datatype];
  // A negative Int8 is written with all its 32 bits by some nodes and with 8 by others.
  if (signed !== undefined) return Number(BigInt.asIntN(signed, value));
  const unsigned = unsignedBits[datatype];
  if (unsigned !== undefined) return Number(BigInt.asUintN(unsigned, value));
  if (datatype === flag) return value !== 0n;
  return datatype === dateTime || plain.has(datatype) ? Number(value) : undefined;
}
