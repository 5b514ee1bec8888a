import {
  type Baseline,
  type Clause,
  type Count,
  maxReadings,
  type Share,
} from '../rules/clause.ts';
import { longestWindow } from './clause-schema.ts';
import type { Path } from './source.ts';

export interface WindowFault {
  /** From the condition on. */
  readonly at: Path;
  readonly message: string;
}

/** What cannot work in how a condition combines the readings of its metric. */
export function windowFaults(clause: Clause): WindowFault[] {
  const { over = 'value', window, percentile, minSamples, count, share, baseline } = clause;
  const faults: WindowFault[] = [];
  const report = (at: Path, message: string) => faults.push({ at, message });
  const aggregates = over !== 'value';
  if (aggregates !== (window !== undefined)) {
    report([], 'window and over (mean, leq, min, max, sum, …) belong together');
  }
  if (minSamples !== undefined && !aggregates) report(['minSamples'], 'minSamples needs a window');
  if ((percentile !== undefined) !== (over === 'percentile')) {
    report(['percentile'], 'percentile: 1 to 99 belongs to over: percentile');
  }
  faults.push(...exclusive(clause, aggregates));
  if (count !== undefined) faults.push(...countFaults(clause, count));
  if (share !== undefined) faults.push(...shareFaults(share));
  if (baseline !== undefined) faults.push(...baselineFaults(baseline));
  return faults;
}

/** A way in which it is wrong, if it is. */
type Case = readonly [wrong: boolean, at: Path, message: string];

const found = (cases: readonly Case[]): WindowFault[] =>
  cases.filter(([wrong]) => wrong).map(([, at, message]) => ({ at, message }));

/** Ways of combining that do not go together; the first of them. */
function exclusive(clause: Clause, aggregates: boolean): WindowFault[] {
  const { count, absent, share, baseline, is, changed, clear, clearInside } = clause;
  const ways = Object.entries({ count, absent, share }).filter(([, way]) => way !== undefined);
  const [way, other] = ways.map(([name]) => name);
  const against = baseline !== undefined;
  const words = (is ?? changed) !== undefined;
  const idle = (absent ?? share) !== undefined && (clear ?? clearInside) !== undefined;
  const instead = share === undefined ? 'leave it out' : 'write share.clear';
  return found([
    [other !== undefined, [], `${way} and ${other} exclude each other`],
    [way !== undefined && aggregates, [], `${way} and over exclude each other`],
    [way !== undefined && against, [], `${way} and baseline exclude each other`],
    [words && (aggregates || against), [], 'over and baseline need a number'],
    [share !== undefined && changed !== undefined, ['changed'], 'changed is no state that lasts'],
    [idle, ['clear'], `a clear limit has no effect beside ${way}: ${instead}`],
  ]).slice(0, 1);
}

function countFaults(clause: Clause, count: Count): WindowFault[] {
  if ((count.least === undefined) === (count.share === undefined)) {
    return [{ at: ['count'], message: 'a count has exactly one of least and share' }];
  }
  const clears = (clause.clear ?? clause.clearInside) !== undefined;
  return count.share === undefined
    ? countedFaults(count, count.least ?? 1, clears)
    : sharedFaults(count, count.share, clears);
}

function countedFaults(count: Count, least: number, clears: boolean): WindowFault[] {
  const { of, within, minimum, clearLeast, clearOf, clearShare } = count;
  const at = ['count'];
  const cleared = clearOf ?? of ?? maxReadings;
  return found([
    [(minimum ?? clearShare) !== undefined, at, 'minimum and clearShare belong to a share'],
    [(of ?? within) === undefined, at, 'a count needs "of", "within" or both'],
    [least > (of ?? maxReadings), at, `${least} of ${of} can never be reached`],
    [
      clearLeast === undefined && (clears || clearOf !== undefined),
      at,
      'beside a count, a clear limit works only with clearLeast',
    ],
    [(clearLeast ?? 0) > cleared, at, `clearing ${clearLeast} of ${cleared} can never be reached`],
  ]);
}

function sharedFaults(count: Count, share: number, clears: boolean): WindowFault[] {
  const { of, minimum, clearLeast, clearOf, clearShare } = count;
  const at = ['count'];
  const otherwise = clears || (clearLeast ?? clearOf) !== undefined;
  return found([
    [of === undefined, at, 'a count by share needs "of"'],
    [(minimum ?? 1) > (of ?? maxReadings), at, `${minimum} of ${of} can never be reached`],
    [(clearShare ?? 0) > share, at, `clearShare ${clearShare} lies above the share ${share}`],
    [otherwise, at, 'a count by share clears by clearShare only'],
  ]);
}

function shareFaults({ atLeast, clear }: Share): WindowFault[] {
  if (clear === undefined || clear <= atLeast) return [];
  return [{ at: ['share', 'clear'], message: `clear ${clear} lies above the share ${atLeast}` }];
}

function baselineFaults({ bucket, of, minimum, every = bucket }: Baseline): WindowFault[] {
  const faults: WindowFault[] = [];
  const report = (field: string, message: string) =>
    faults.push({ at: ['baseline', field], message });
  if (every % bucket !== 0) report('every', 'every is a multiple of bucket');
  if (of * every > longestWindow) report('of', 'of × every is over the bound of 35d');
  else if ((of * every) / bucket > maxReadings) {
    report('bucket', `more than ${maxReadings} buckets: make them longer`);
  }
  if (minimum !== undefined && minimum > of) {
    report('minimum', `${minimum} of ${of} can never be reached`);
  }
  return faults;
}
