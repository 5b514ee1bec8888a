import type { Reading } from '../reading.ts';
import { byTime, type SliceSource, scanBySlices } from '../store/slices.ts';

const BATCH = 2_500;
/** Of so many points at most, in so short a time, there is seldom more than one slice holds. */
const FEW_POINTS = 50;
const SHORT_MS = 31 * 86_400_000;

/**
 * A scan over a network: where little may be asked for, it is asked for at once, for a request costs more than
 * what it brings. Judging late readings again asks for a day of one asset, many times.
 * @param points how many are scanned; null for all
 */
export async function* scanRemotely(
  from: number,
  to: number,
  points: number | null,
  source: SliceSource,
): AsyncGenerator<readonly Reading[]> {
  const isLittle = points !== null && points <= FEW_POINTS && to - from <= SHORT_MS && from < to;
  const readings = isLittle ? await source.slice(from, to) : null;
  if (readings === null) {
    yield* scanBySlices(from, to, source);
    return;
  }
  readings.sort(byTime);
  for (let i = 0; i < readings.length; i += BATCH) yield readings.slice(i, i + BATCH);
}
