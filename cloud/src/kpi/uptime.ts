import type { Text } from '@caretaker/readings/base';
import { countsFrom } from '@caretaker/standards/overlay';
import type { BucketsOfTime, Stretch } from '../contract/index.ts';
import { type Interval, layOver, type Segment } from './intervals.ts';

/** An episode as far as uptime goes. */
export interface Outage {
  readonly id: number;
  readonly onset: number;
  readonly end: number | null;
  readonly effect: 'down' | 'degraded' | 'unknown';
  readonly why: Text;
}

/** Planned work as far as uptime goes: [from, to). */
export interface PlannedSpan {
  readonly from: number;
  readonly to: number;
  /** What a person wrote; the same in either language. */
  readonly reason?: string;
}

export interface UptimeInput {
  /** The window, UTC epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Nothing is known after this: complete-to of the gateway, at most now. */
  readonly knownTo: number;
  /** Nothing is known before this: the first readings that decide; null when there are none. */
  readonly knownFrom: number | null;
  /** An open outage lasts until here, so that it counts. */
  readonly now: number;
  readonly outages: readonly Outage[];
  readonly planned: readonly PlannedSpan[];
}

export interface Uptime {
  readonly time: BucketsOfTime;
  /** Times it went down within the window. */
  readonly failures: number;
  readonly stretches: readonly Stretch[];
}

type Bucket = Stretch['bucket'];
interface Cause {
  readonly episode: number | null;
  readonly reason: Text;
}

const reasons = {
  up: { en: 'Works', zh: '正常' },
  planned: { en: 'Planned work', zh: '计划作业' },
  before: { en: 'No readings yet', zh: '尚无读数' },
  after: { en: 'Nothing received since', zh: '此后未收到数据' },
} as const satisfies Record<string, Text>;

/**
 * Shares a window out among up, down, planned and unknown time: down before planned before unknown before
 * up; degraded is a part of up. The four add up to the window exactly. What goes down within planned work is
 * planned until the work is over; what was down before it stays down, so that no work hides a failure.
 */
export function uptime(input: UptimeInput): Uptime {
  const { from, to } = input;
  const segments = layOver<Bucket, Cause>(
    from,
    to,
    [
      { bucket: 'down', intervals: outagesOf(input, 'down') },
      { bucket: 'planned', intervals: plannedOf(input) },
      { bucket: 'unknown', intervals: [...unseen(input), ...outagesOf(input, 'unknown')] },
      { bucket: 'degraded', intervals: outagesOf(input, 'degraded') },
    ],
    'up',
  );
  const sum = (bucket: Bucket) =>
    segments.reduce((total, s) => total + (s.bucket === bucket ? s.to - s.from : 0), 0);
  const degraded = sum('degraded');
  return {
    time: {
      required: to - from,
      up: sum('up') + degraded,
      degraded,
      down: sum('down'),
      planned: sum('planned'),
      unknown: sum('unknown'),
    },
    failures: failuresOf(input),
    stretches: segments.map(stretchOf),
  };
}

function outagesOf(input: UptimeInput, effect: Outage['effect']): Interval<Cause>[] {
  return input.outages
    .filter((outage) => outage.effect === effect)
    .map(({ id, onset, end, why }) => ({
      from: effect === 'down' ? countsFrom(onset, input.planned) : onset,
      to: end ?? input.now,
      cause: { episode: id, reason: why },
    }))
    .filter(({ from, to }) => from <= to);
}

function plannedOf({ planned }: UptimeInput): Interval<Cause>[] {
  return planned.map(({ from, to, reason }) => {
    const { en, zh } = reasons.planned;
    const said = reason === undefined ? '' : `: ${reason}`;
    return because({ from, to }, { en: `${en}${said}`, zh: `${zh}${said}` });
  });
}

function because(span: { readonly from: number; readonly to: number }, reason: Text) {
  return { ...span, cause: { episode: null, reason } };
}

function unseen({ from, to, knownFrom, knownTo }: UptimeInput): Interval<Cause>[] {
  if (knownFrom === null) return [because({ from, to }, reasons.before)];
  return [
    because({ from, to: knownFrom }, reasons.before),
    because({ from: knownTo, to }, reasons.after),
  ];
}

/** Outages that overlap or touch are one failure; it counts where it began. */
function failuresOf(input: UptimeInput): number {
  const down = outagesOf(input, 'down').sort((a, b) => a.from - b.from);
  let failures = 0;
  let until = -Infinity;
  for (const outage of down) {
    if (outage.from > until && outage.from >= input.from && outage.from < input.to) failures += 1;
    until = Math.max(until, outage.to);
  }
  return failures;
}

function stretchOf({ bucket, from, to, causes }: Segment<Bucket, Cause>): Stretch {
  const episodes = causes.flatMap(({ episode }) => (episode === null ? [] : [episode]));
  return { bucket, from, to, episodes, reason: causes[0]?.reason ?? reasons.up };
}

const none: BucketsOfTime = { required: 0, up: 0, degraded: 0, down: 0, planned: 0, unknown: 0 };

/** Summed time: a group's share is weighted by nothing but time. */
export function addTimes(times: readonly BucketsOfTime[]): BucketsOfTime {
  return times.reduce(
    (sum, t) => ({
      required: sum.required + t.required,
      up: sum.up + t.up,
      degraded: sum.degraded + t.degraded,
      down: sum.down + t.down,
      planned: sum.planned + t.planned,
      unknown: sum.unknown + t.unknown,
    }),
    none,
  );
}

/** Worst first: most down, then most unknown, then by name. */
export function byWorst<T>(timeOf: (entry: T) => BucketsOfTime, nameOf: (entry: T) => string) {
  const share = (time: BucketsOfTime, part: number) => part / Math.max(1, time.required);
  return (a: T, b: T): number => {
    const [x, y] = [timeOf(a), timeOf(b)];
    return (
      share(y, y.down) - share(x, x.down) ||
      share(y, y.unknown) - share(x, x.unknown) ||
      share(y, y.degraded) - share(x, x.degraded) ||
      (nameOf(a) < nameOf(b) ? -1 : 1)
    );
  };
}
