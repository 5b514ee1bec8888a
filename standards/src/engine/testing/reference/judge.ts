import type { Reading, ReadingValue } from '@caretaker/readings';
import type { Count, Rule, Share } from '../../../rules/clause.ts';
import { breaches, isClear, isWorse, judgedValue } from './figures.ts';
import type { Leaf, Node, Resolved } from './resolve.ts';
import {
  and,
  holdsUntil,
  not,
  or,
  type ReferenceCalendar,
  type ReferencePoint,
  type Truth,
} from './world.ts';

/** No window holds more readings than this. */
const most = 4_096;

/** A span of time with one set of numbers; spans of one machine have the same leaves. */
export interface Span {
  readonly resolved: Resolved;
  readonly version: string;
  /** Exclusive. */
  readonly until: number;
}

export interface Moment {
  readonly time: number;
  readonly opens: Truth;
  readonly clears: Truth;
}

/** Says what is true at an instant, from all readings up to it. */
export class Judge {
  private readonly spans: readonly Span[];
  private readonly calendar: ReferenceCalendar;
  readonly inputs: readonly ReferencePoint[];

  constructor(spans: readonly Span[], calendar: ReferenceCalendar) {
    this.spans = spans;
    this.calendar = calendar;
    this.inputs = [...new Set(this.spans[0]?.resolved.leaves.map((leaf) => leaf.point))];
  }

  /** The numbers in force at an instant. */
  span(time: number): Span {
    return this.spans.find((s) => time < s.until) as Span;
  }

  rule(time: number): Rule {
    return this.span(time).resolved.rule;
  }

  moment(time: number): Moment {
    const { when, only, clearWhen } = this.span(time).resolved;
    const breach = this.truth(when, time, false);
    const over =
      clearWhen === null ? not(this.truth(when, time, true)) : this.truth(clearWhen, time, false);
    const guard = only === null ? true : this.truth(only, time, false);
    return { time, opens: and([breach, guard]), clears: and([over, not(breach), guard]) };
  }

  /** Value of the first metric of `when` at an instant, or null when it is not known. */
  primary(time: number): { value: ReadingValue | null; isReading: boolean } {
    const { clause, point } = this.leaf(0, time);
    const found = newest(point, time);
    if (found === null) return { value: null, isReading: false };
    const readings = upTo(point, time);
    const value = clause.share
      ? this.shareOf(0, clause.share, readings)
      : judgedValue(clause, readings);
    return { value, isReading: found.at === time };
  }

  worse(value: ReadingValue, than: ReadingValue, time: number): boolean {
    return isWorse(this.leaf(0, time).clause, value, than);
  }

  /** Whether everything known at an instant is a record of the past. */
  history(time: number): boolean {
    return this.inputs.every((p) => upTo(p, time).at(-1)?.history ?? true);
  }

  /** Instants at which an `absent` of some leaf may become true: this long after each reading. */
  flips(): number[] {
    return this.spans.flatMap(({ resolved }) =>
      resolved.leaves.flatMap(({ clause, point }) =>
        clause.absent === undefined ? [] : point.readings.map((r) => r.at + (clause.absent ?? 0)),
      ),
    );
  }

  private leaf(index: number, time: number): Leaf {
    return this.span(time).resolved.leaves[index] as Leaf;
  }

  private truth(node: Node, time: number, stay: boolean): Truth {
    if (node.op === 'all') return and(node.of.map((n) => this.truth(n, time, stay)));
    if (node.op === 'any') return or(node.of.map((n) => this.truth(n, time, stay)));
    if (node.op === 'not') return not(this.truth(node.of, time, stay));
    if (node.op === 'calendar') return this.calendar.at(node.calendar, time);
    const { clause, point } = this.leaf(node.leaf, time);
    const found = newest(point, time);
    if (found === null) return null;
    const readings = upTo(point, time);
    if (clause.absent !== undefined) return this.absent(node.leaf, readings, time);
    if (clause.share) return this.share(node.leaf, clause.share, readings, stay);
    if (clause.count) return this.counted(node.leaf, clause.count, readings, stay);
    const value = judgedValue(clause, readings);
    if (value === null) return null;
    return breaches(clause, value) || (stay && !isClear(clause, value));
  }

  /** Whether the k-th of the readings satisfies its comparison, by the numbers in force at its own time. */
  private satisfies(leaf: number, readings: readonly Reading[], k: number): boolean {
    const reading = readings[k] as Reading;
    const { clause } = this.leaf(leaf, reading.at);
    if (clause.changed !== undefined) return k > 0 && readings[k - 1]?.value !== reading.value;
    return breaches(clause, reading.value);
  }

  private clear(leaf: number, readings: readonly Reading[], k: number): boolean {
    const reading = readings[k] as Reading;
    const { clause } = this.leaf(leaf, reading.at);
    return clause.changed === undefined
      ? isClear(clause, reading.value)
      : !this.satisfies(leaf, readings, k);
  }

  private absent(leaf: number, readings: readonly Reading[], time: number): boolean {
    const last = readings.findLast((_, k) => this.satisfies(leaf, readings, k)) ?? readings[0];
    return time >= (last?.at ?? 0) + (this.leaf(leaf, time).clause.absent ?? 0);
  }

  private share(leaf: number, share: Share, readings: readonly Reading[], stay: boolean): Truth {
    const part = this.shareOf(leaf, share, readings);
    if (part === null) return null;
    const breach = part >= share.atLeast;
    if (!stay || breach || share.clear === undefined) return breach;
    return !(part < share.clear);
  }

  /** Part of the known time of the window at the newest reading during which the comparison held. */
  private shareOf(leaf: number, share: Share, readings: readonly Reading[]): number | null {
    const { point } = this.leaf(leaf, 0);
    const now = readings.at(-1)?.at ?? 0;
    const from = now - share.window;
    let known = 0;
    let held = 0;
    for (const [k, reading] of readings.slice(0, -1).entries()) {
      if (k < readings.length - 1 - most) continue;
      const next = readings[k + 1]?.at ?? now;
      const until = Math.min(next, holdsUntil(point, reading.at));
      const span = Math.max(0, until - Math.max(from, reading.at));
      known += span;
      if (this.satisfies(leaf, readings, k)) held += span;
    }
    if (known === 0 || known < (share.coverage ?? 0.5) * share.window) return null;
    return held / known;
  }

  private counted(leaf: number, count: Count, readings: readonly Reading[], stay: boolean): Truth {
    const now = readings.at(-1)?.at ?? 0;
    const { within, during } = count;
    const young = [...readings.keys()].filter(
      (k) => within === undefined || (readings[k] as Reading).at > now - within,
    );
    const counts = (k: number) =>
      during === undefined || this.calendar.at(during, (readings[k] as Reading).at);
    const last = young.slice(-(count.of ?? most));
    const bad = last.filter((k) => counts(k) && this.satisfies(leaf, readings, k)).length;
    if (count.share !== undefined) {
      if (last.length < (count.minimum ?? count.of ?? 1)) return null;
      const part = bad / last.length;
      return part >= count.share || (stay && !(part < (count.clearShare ?? count.share)));
    }
    const breach = bad >= (count.least ?? 1);
    if (!stay || breach) return breach;
    if (count.clearLeast === undefined) return false;
    const good = young
      .slice(-(count.clearOf ?? count.of ?? most))
      .filter((k) => !counts(k) || this.clear(leaf, readings, k)).length;
    return good < count.clearLeast;
  }
}

function upTo(point: ReferencePoint, time: number): readonly Reading[] {
  return point.readings.filter((r) => r.at <= time);
}

/** The reading whose value holds at an instant. */
function newest(point: ReferencePoint, time: number): Reading | null {
  const reading = upTo(point, time).at(-1);
  if (reading === undefined) return null;
  return time >= holdsUntil(point, reading.at) ? null : reading;
}
