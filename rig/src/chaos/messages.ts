import type { ReadingValue } from '@caretaker/readings';
import type { Behaviour } from './behaviours.ts';
import type { Random } from './random.ts';

const minute = 60_000;

/** What a device has to say at one time, and must get acknowledged. */
export interface Message {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 1 | 2;
  /** Event time, UTC epoch milliseconds; null when the gateway is to stamp it. */
  readonly at: number | null;
  /** Values by the point (`asset/metric`) of a gateway. */
  readonly values: ReadonlyMap<string, ReadingValue>;
  readonly round: number;
}

/** A stretch of event time that one round is about. */
export interface Stretch {
  readonly round: number;
  readonly from: number;
  /** Measurements of each asset in it. */
  readonly count: number;
  /** Milliseconds from one to the next. */
  readonly every: number;
}

/** How many measurements, one a minute, may be missing before the point is silent: 30 min [kinds: silentAfter]. */
const gapLength = { from: 31, to: 38 } as const;
const odds = { silentRound: 0.07, gap: 0.08 } as const;

/** The messages of an asset whose device has a clock; some of those of one a minute have gaps that are a silence. */
export function stampedMessages(
  asset: string,
  metrics: Readonly<Record<string, Behaviour>>,
  stretch: Stretch,
  random: Random,
): Message[] {
  const { round, from, count, every } = stretch;
  const silent = random.chance(odds.silentRound);
  if (silent && every >= minute) return [];
  const series = Object.entries(metrics).map(([metric, behaviour]) => ({
    metric,
    said: behaviour.said,
    values: courseOf(behaviour, count, random),
  }));
  const gap = gapOf(stretch, random);
  const messages: Message[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = from + index * every + random.whole(0, Math.floor(every / 3));
    const said = series.filter((one) => random.chance(one.said));
    const qos = random.pick([1, 2] as const);
    if (said.length === 0 || (index >= gap.from && index < gap.to)) continue;
    const values = said.flatMap(({ metric, values: all }) => {
      const value = all[index];
      return value === undefined ? [] : [[metric, value] as const];
    });
    messages.push({
      topic: `caretaker/${asset}`,
      payload: JSON.stringify({ at, ...Object.fromEntries(values) }),
      qos,
      at,
      values: new Map(values.map(([metric, value]) => [`${asset}/${metric}`, value])),
      round,
    });
  }
  return messages;
}

function gapOf({ count, every }: Stretch, random: Random): { from: number; to: number } {
  const length = random.whole(gapLength.from, gapLength.to);
  const from = random.whole(1, Math.max(1, count - length - 1));
  const gap = random.chance(odds.gap) && every >= minute;
  return gap ? { from, to: from + length } : { from: 0, to: 0 };
}

/** The values of a metric, one for each measurement. */
function courseOf(behaviour: Behaviour, count: number, random: Random): ReadingValue[] {
  const values: ReadingValue[] = [];
  let bad = random.chance(0.4);
  while (values.length < count) {
    const [least, most] = bad ? behaviour.badFor : behaviour.calmFor;
    const sample = bad ? behaviour.bad : behaviour.calm;
    for (let left = random.whole(least, most); left > 0; left -= 1) values.push(sample(random));
    bad = !bad;
  }
  return values.slice(0, count);
}

/** Counts what devices without a clock have said, so that no two of their values are the same. */
let said = 0;

/**
 * The messages of a bin whose device has no clock. Each value is used once, so that it can be told by it whether the
 * cloud has the message, and how often.
 */
export function unstampedMessages(
  asset: string,
  count: number,
  round: number,
  random: Random,
): Message[] {
  return Array.from({ length: count }, () => {
    said += 1;
    // Five digits behind the point tell values apart, whatever lies before it.
    const own = (said % 100_000) / 100_000;
    const fill = random.pick([20, 50, 70, 82, 97]) + own;
    const temperature = random.pick([18, 25, 38, 61]) + own;
    const qos = random.pick([1, 2] as const);
    const bare = random.chance(0.3);
    const values = { fill_pct: exact(fill), ...(bare ? {} : { temp_c: exact(temperature) }) };
    return {
      topic: bare ? `caretaker/${asset}/fill_pct` : `caretaker/${asset}`,
      payload: bare ? String(values.fill_pct) : JSON.stringify(values),
      qos,
      at: null,
      values: new Map(Object.entries(values).map(([metric, v]) => [`${asset}/${metric}`, v])),
      round,
    };
  });
}

function exact(value: number): number {
  return Number(value.toFixed(5));
}
