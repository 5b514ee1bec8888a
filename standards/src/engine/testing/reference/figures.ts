import type { Reading, ReadingValue } from '@caretaker/readings';
import type { Baseline, Clause } from '../../../rules/clause.ts';

/** No window holds more readings than this, newest first. */
const most = 4_096;
const hour = 3_600_000;

const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
const ascending = (list: readonly number[]) => [...list].sort((a, b) => a - b);

/**
 * What a comparison is made with at the last of `readings`: its value, or the figure over the window, held
 * against the baseline where there is one. Null is unknown.
 * @param readings ascending; all of the point up to the instant judged
 */
export function judgedValue(clause: Clause, readings: readonly Reading[]): ReadingValue | null {
  const newest = readings.at(-1);
  if (newest === undefined) return null;
  const over = clause.over ?? 'value';
  const value = over === 'value' ? newest.value : figure(clause, readings, newest.at);
  if (clause.baseline === undefined || value === null) return value;
  const usual = baseline(clause.baseline, readings, newest.at);
  if (usual === null) return null;
  if (clause.baseline.by === 'difference') return Number(value) - usual;
  return usual === 0 ? null : Number(value) / usual;
}

function figure(clause: Clause, readings: readonly Reading[], time: number): number | null {
  const within = readings.filter((r) => r.at > time - (clause.window ?? 0)).slice(-most);
  if (within.length < (clause.minSamples ?? 1)) return null;
  const values = within.map((r) => Number(r.value));
  const oldest = values[0] ?? 0;
  const newest = values.at(-1) ?? 0;
  const low = Math.min(...values);
  const high = Math.max(...values);
  const hours = (time - (within[0]?.at ?? time)) / hour;
  switch (clause.over) {
    case 'min':
      return low;
    case 'max':
      return high;
    case 'sum':
      return sum(values);
    case 'leq':
      return 10 * Math.log10(sum(values.map((v) => 10 ** (v / 10))) / values.length);
    case 'range':
      return high - low;
    case 'rise':
      return newest - low;
    case 'fall':
      return high - newest;
    case 'rate':
      return values.length < 2 ? null : (newest - oldest) / hours;
    case 'percentile': {
      const rank = Math.ceil(((clause.percentile ?? 0) * values.length) / 100);
      return ascending(values)[rank - 1] ?? null;
    }
    default:
      return sum(values) / values.length;
  }
}

function baseline(spec: Baseline, readings: readonly Reading[], time: number): number | null {
  const bucketOf = (at: number) => Math.floor(at / spec.bucket);
  const step = (spec.every ?? spec.bucket) / spec.bucket;
  const means: number[] = [];
  for (let j = spec.of; j >= 1; j -= 1) {
    const bucket = bucketOf(time) - j * step;
    const values = readings.filter((r) => bucketOf(r.at) === bucket).map((r) => Number(r.value));
    if (values.length > 0) means.push(sum(values) / values.length);
  }
  if (means.length === 0 || means.length < (spec.minimum ?? Math.ceil(spec.of / 2))) return null;
  const sorted = ascending(means);
  const middle = Math.floor(sorted.length / 2);
  switch (spec.figure) {
    case 'min':
      return sorted[0] ?? null;
    case 'max':
      return sorted.at(-1) ?? null;
    case 'mean':
      return sum(means) / means.length;
    default:
      return sorted.length % 2 === 1
        ? (sorted[middle] ?? null)
        : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
  }
}

/** Whether a value is beyond the limit of a clause. */
export function breaches(clause: Clause, value: ReadingValue): boolean {
  if (clause.is !== undefined) return [clause.is].flat().includes(value);
  const x = Number(value);
  if (clause.outside) return x < clause.outside[0] || x > clause.outside[1];
  if (clause.above !== undefined) return x > Number(clause.above);
  if (clause.atLeast !== undefined) return x >= Number(clause.atLeast);
  if (clause.below !== undefined) return x < Number(clause.below);
  return x <= Number(clause.atMost);
}

/** Whether a value is on the side on which a standing breach clears. */
export function isClear(clause: Clause, value: ReadingValue): boolean {
  const x = Number(value);
  if (clause.clearInside) return x >= clause.clearInside[0] && x <= clause.clearInside[1];
  if (clause.clear === undefined) return !breaches(clause, value);
  const upward = clause.above !== undefined || clause.atLeast !== undefined;
  return upward ? x < Number(clause.clear) : x > Number(clause.clear);
}

/** Whether the values of a comparison are more or less bad, so that a step may ask for a size. */
export function hasSize(clause: Clause | undefined): boolean {
  if (clause === undefined) return false;
  return clause.share !== undefined || (clause.is === undefined && clause.changed === undefined);
}

/** Whether a value is strictly worse than another; of states and changes none is, of shares the greater. */
export function isWorse(clause: Clause, value: ReadingValue, than: ReadingValue): boolean {
  const x = Number(value);
  const y = Number(than);
  if (clause.share !== undefined) return x > y;
  if (!hasSize(clause)) return false;
  if (clause.outside !== undefined) {
    const [low, high] = clause.outside;
    const distance = (v: number) => Math.max(v - high, low - v);
    return distance(x) > distance(y);
  }
  const upward = clause.above !== undefined || clause.atLeast !== undefined;
  return upward ? x > y : x < y;
}
