import type { Reading, ReadingValue } from '@caretaker/readings';
import type { CalendarSpec, Clause, Rule } from '../../rules/clause.ts';

/**
 * Judges by the words of docs/engine.md and by nothing else: sorts everything and computes each verdict
 * anew from all readings. Slow on purpose; shares no code with the engine, only the types of a rule.
 */
export interface ReferencePoint {
  readonly metric: string;
  readonly silentAfter: number | null;
  /** Unique by `at`, ascending. */
  readonly readings: readonly Reading[];
}

export interface ReferenceCalendar {
  at(spec: CalendarSpec, time: number): boolean;
  /** Every instant in [from, to] at which it changes. */
  edges(spec: CalendarSpec, from: number, to: number): number[];
}

export interface ReferenceEpisode {
  onset: number;
  detected: number;
  end: number | null;
  worst: ReadingValue | null;
  worstAt: number | null;
  history: boolean;
}

type Truth = boolean | null;

interface Moment {
  readonly time: number;
  readonly opens: Truth;
  readonly clears: Truth;
}

const and = (list: readonly Truth[]): Truth =>
  list.includes(false) ? false : list.includes(null) ? null : true;
const or = (list: readonly Truth[]): Truth =>
  list.includes(true) ? true : list.includes(null) ? null : false;
const not = (x: Truth): Truth => (x === null ? null : !x);

export function referenceEpisodes(
  rule: Rule,
  points: readonly ReferencePoint[],
  calendar: ReferenceCalendar,
  until: number,
): ReferenceEpisode[] {
  if (rule.when === undefined) return [];
  const used = metricsOf(rule);
  const inputs = points.filter((p) => used.includes(p.metric));
  const times = inputs.flatMap((p) => p.readings.map((r) => r.at));
  if (times.length === 0) return [];
  const first = Math.min(...times);
  const end = Math.max(until, ...times);
  const expiries = inputs.flatMap((p) =>
    p.silentAfter === null ? [] : p.readings.map((r) => r.at + (p.silentAfter ?? 0)),
  );
  const edges = calendarsOf(rule).flatMap((spec) => calendar.edges(spec, first, end));
  const instants = [...new Set([...times, ...expiries, ...edges])]
    .filter((t) => t >= first && t <= end)
    .sort((a, b) => a - b);
  const judge = new Judge(rule, rule.when, inputs, calendar);
  const moments = instants.map((time) => judge.moment(time));
  return new Walk(rule, moments, judge, end).episodes();
}

/** The silence of one point, from its readings alone. */
export function referenceSilence(point: ReferencePoint, until: number): ReferenceEpisode[] {
  const limit = point.silentAfter;
  if (limit === null) return [];
  return point.readings.flatMap((reading, k) => {
    const next = point.readings[k + 1]?.at ?? null;
    const onset = reading.at + limit;
    const silent = next === null ? onset <= until : onset < next;
    const { history } = reading;
    return silent
      ? [{ onset, detected: onset, end: next, worst: null, worstAt: null, history }]
      : [];
  });
}

class Judge {
  private readonly rule: Rule;
  private readonly when: Clause;
  readonly inputs: readonly ReferencePoint[];
  private readonly calendar: ReferenceCalendar;

  constructor(
    rule: Rule,
    when: Clause,
    inputs: readonly ReferencePoint[],
    calendar: ReferenceCalendar,
  ) {
    this.rule = rule;
    this.when = when;
    this.inputs = inputs;
    this.calendar = calendar;
  }

  moment(time: number): Moment {
    const breach = this.truth(this.when, time, false);
    const over =
      this.rule.clearWhen === undefined
        ? not(this.truth(this.when, time, true))
        : this.truth(this.rule.clearWhen, time, false);
    const guard = this.rule.only === undefined ? true : this.truth(this.rule.only, time, false);
    return {
      time,
      opens: and([breach, guard]),
      clears: and([over, not(breach), guard]),
    };
  }

  /** Value of the first metric of `when` at an instant, or null when it is not known. */
  primary(time: number): { value: ReadingValue | null; isReading: boolean } {
    const clause = firstLeaf(this.when);
    const found = this.newest(clause.metric ?? '', time);
    if (found === null) return { value: null, isReading: false };
    const value = aggregates(clause)
      ? this.aggregate(clause, found.at)
      : (found.value as ReadingValue);
    return { value, isReading: found.at === time };
  }

  worse(value: ReadingValue, than: ReadingValue): boolean {
    const clause = firstLeaf(this.when);
    if (typeof value !== 'number' || typeof than !== 'number') return false;
    if (clause.outside !== undefined) {
      const [low, high] = clause.outside;
      const distance = (x: number) => Math.max(x - high, low - x);
      return distance(value) > distance(than);
    }
    const upward = clause.above !== undefined || clause.atLeast !== undefined;
    return upward ? value > than : value < than;
  }

  /** Whether everything known at an instant is a record of the past. */
  history(time: number): boolean {
    return this.inputs.every((p) => p.readings.findLast((r) => r.at <= time)?.history ?? true);
  }

  private truth(clause: Clause, time: number, stay: boolean): Truth {
    if (clause.all) return and(clause.all.map((c) => this.truth(c, time, stay)));
    if (clause.any) return or(clause.any.map((c) => this.truth(c, time, stay)));
    if (clause.not) return not(this.truth(clause.not, time, stay));
    if (clause.calendar) return this.calendar.at(clause.calendar, time);
    const found = this.newest(clause.metric ?? '', time);
    if (found === null) return null;
    if (clause.count !== undefined) return this.counted(clause, found.at, stay);
    const value = aggregates(clause) ? this.aggregate(clause, found.at) : found.value;
    if (value === null) return null;
    return breaches(clause, value) || (stay && !isClear(clause, value));
  }

  private newest(metric: string, time: number): Reading | null {
    const point = this.inputs.find((p) => p.metric === metric);
    const reading = point?.readings.findLast((r) => r.at <= time);
    if (point === undefined || reading === undefined) return null;
    const limit = point.silentAfter;
    return limit !== null && time >= reading.at + limit ? null : reading;
  }

  private upTo(metric: string, time: number): Reading[] {
    const point = this.inputs.find((p) => p.metric === metric);
    return point?.readings.filter((r) => r.at <= time) ?? [];
  }

  private aggregate(clause: Clause, time: number): number | null {
    const from = time - (clause.window ?? 0);
    const values = this.upTo(clause.metric ?? '', time)
      .filter((r) => r.at > from)
      .map((r) => Number(r.value));
    if (values.length < (clause.minSamples ?? 1)) return null;
    const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
    switch (clause.over) {
      case 'min':
        return Math.min(...values);
      case 'max':
        return Math.max(...values);
      case 'sum':
        return sum(values);
      case 'leq':
        return 10 * Math.log10(sum(values.map((v) => 10 ** (v / 10))) / values.length);
      default:
        return sum(values) / values.length;
    }
  }

  private counted(clause: Clause, time: number, stay: boolean): boolean {
    const count = clause.count ?? { least: 1 };
    const all = this.upTo(clause.metric ?? '', time).filter(
      (r) => count.within === undefined || r.at > time - count.within,
    );
    const counts = (r: Reading) =>
      count.during === undefined || this.calendar.at(count.during, r.at);
    const bad = all
      .slice(-(count.of ?? 4_096))
      .filter((r) => counts(r) && breaches(clause, r.value)).length;
    const breach = bad >= (count.least ?? 1);
    if (!stay || breach) return breach;
    if (count.clearLeast === undefined) return false;
    const good = all
      .slice(-(count.clearOf ?? count.of ?? 4_096))
      .filter((r) => !counts(r) || isClear(clause, r.value)).length;
    return good < count.clearLeast;
  }
}

/** Walks the moments once, looking for holds that were fulfilled. */
class Walk {
  private readonly rule: Rule;
  private readonly moments: readonly Moment[];
  private readonly judge: Judge;
  private readonly last: number;
  private k = 0;

  constructor(rule: Rule, moments: readonly Moment[], judge: Judge, last: number) {
    this.rule = rule;
    this.moments = moments;
    this.judge = judge;
    this.last = last;
  }

  episodes(): ReferenceEpisode[] {
    const found: ReferenceEpisode[] = [];
    while (this.k < this.moments.length) {
      if (this.moments[this.k]?.opens !== true) {
        this.k += 1;
        continue;
      }
      const start = this.k;
      const detected = this.hold('opens', this.rule.for);
      if (detected === null) continue;
      const clear = this.clearing();
      const episode: ReferenceEpisode = {
        onset: this.moments[start]?.time ?? 0,
        detected: detected.at,
        end: clear.end,
        worst: null,
        worstAt: null,
        history: true,
      };
      this.witness(episode, start, detected.index, clear.skipped);
      found.push(episode);
    }
    return found;
  }

  /**
   * From the moment k, at which `what` is true: when it has been true for `hold` without being false in
   * between; unknown time does not count. Leaves k at the moment behind it, or at the one that broke it.
   */
  private hold(what: 'opens' | 'clears', hold: number): { at: number; index: number } | null {
    let held = 0;
    for (; this.k < this.moments.length; this.k += 1) {
      const moment = this.moments[this.k] as Moment;
      const next = this.moments[this.k + 1]?.time ?? Number.POSITIVE_INFINITY;
      if (moment[what] === false) return null;
      if (moment[what] === null) continue;
      const fulfilled = moment.time + hold - held;
      if (fulfilled < next && fulfilled <= this.last) {
        const index = this.k;
        this.k += 1;
        return { at: fulfilled, index };
      }
      held += next - moment.time;
    }
    return null;
  }

  /** The end of the episode, and the moments that belong to a clearing and tell nothing of the worst. */
  private clearing(): { end: number | null; skipped: Set<number> } {
    const skipped = new Set<number>();
    while (this.k < this.moments.length) {
      if (this.moments[this.k]?.clears !== true) {
        this.k += 1;
        continue;
      }
      const start = this.k;
      const cleared = this.hold('clears', this.rule.clearFor);
      for (let j = start; j < this.k; j += 1) skipped.add(j);
      if (cleared !== null) return { end: this.moments[start]?.time ?? null, skipped };
    }
    return { end: null, skipped };
  }

  private witness(episode: ReferenceEpisode, start: number, detected: number, skip: Set<number>) {
    for (let j = start; j < this.k; j += 1) {
      const { time } = this.moments[j] as Moment;
      if (j <= detected && !this.judge.history(time)) episode.history = false;
      if (skip.has(j)) continue;
      const { value, isReading } = this.judge.primary(time);
      if (value === null || (!isReading && j !== start)) continue;
      if (episode.worst === null || this.judge.worse(value, episode.worst)) {
        episode.worst = value;
        episode.worstAt = time;
      }
    }
  }
}

function aggregates(clause: Clause): boolean {
  return clause.over !== undefined && clause.over !== 'value';
}

function breaches(clause: Clause, value: ReadingValue): boolean {
  if (clause.is !== undefined) return [clause.is].flat().includes(value);
  const x = Number(value);
  if (clause.outside) return x < clause.outside[0] || x > clause.outside[1];
  if (clause.above !== undefined) return x > Number(clause.above);
  if (clause.atLeast !== undefined) return x >= Number(clause.atLeast);
  if (clause.below !== undefined) return x < Number(clause.below);
  return x <= Number(clause.atMost);
}

function isClear(clause: Clause, value: ReadingValue): boolean {
  const x = Number(value);
  if (clause.clearInside) return x >= clause.clearInside[0] && x <= clause.clearInside[1];
  if (clause.clear === undefined) return !breaches(clause, value);
  const upward = clause.above !== undefined || clause.atLeast !== undefined;
  return upward ? x < Number(clause.clear) : x > Number(clause.clear);
}

function clausesOf(rule: Rule): Clause[] {
  return [rule.when, rule.only, rule.clearWhen].filter((c) => c !== undefined).flatMap(flatten);
}

function flatten(clause: Clause): Clause[] {
  const inner = [...(clause.all ?? []), ...(clause.any ?? []), ...(clause.not ? [clause.not] : [])];
  return [clause, ...inner.flatMap(flatten)];
}

function metricsOf(rule: Rule): string[] {
  return clausesOf(rule).flatMap((c) => c.metric ?? []);
}

function calendarsOf(rule: Rule): CalendarSpec[] {
  return clausesOf(rule).flatMap((c) => c.calendar ?? []);
}

function firstLeaf(clause: Clause): Clause {
  return flatten(clause).find((c) => c.metric !== undefined) ?? clause;
}
