import type { ReadingColumns } from '../engine.ts';
import type { Judge } from './judge.ts';
import { Lanes } from './lanes.ts';
import type { Late } from './late.ts';
import { holdsFor, type PointClass } from './layout.ts';
import type { Look } from './look.ts';
import { field, fields, flag, halfHour } from './points.ts';
import type { Program } from './program.ts';
import { bit, idle, quietMask } from './states.ts';

/**
 * A reading received later than this after it was measured comes from a buffer, milliseconds. Clocks of devices
 * and slow networks stay below it; a device whose clock is slower by more waits for what time alone brings, and
 * rules without a hold wait for nothing.
 */
const buffered = 60_000;

const never = Number.NEGATIVE_INFINITY;

/** Fields of `Intake.bounds`: values on [low, high] breach none of the simple rules. */
const bound = {
  low: 0,
  high: 1,
  silentAfter: 2,
  /** Not 0 where there is more than simple rules. */
  more: 3,
} as const;
const bounds = 4;
/** Rows whose records are read ahead; a power of two. */
const block = 64;

/** Takes readings in: decides which are new, which are late, and which change nothing. */
export class Intake {
  private readonly judge: Judge;
  private readonly late: Late;
  private readonly look: Look;
  private readonly records: Float64Array;
  private readonly classOf: Int32Array;
  /** By class: numbers that a reading is compared with, side by side. */
  private readonly bounds: Float64Array;
  /** A reading received at most this long after it was measured is news, and young enough to be judged. */
  private readonly fresh: number;
  /** Where a block of rows puts what it read ahead. */
  private readonly fetched = new Float64Array(block);
  private readonly lanes: Lanes;

  constructor(judge: Judge, late: Late, look: Look) {
    this.judge = judge;
    this.late = late;
    this.look = look;
    const { classes, classOf, horizon, feedsFirst } = judge.layout;
    this.records = judge.points.records;
    this.classOf = classOf;
    this.bounds = new Float64Array(classes.length * bounds);
    for (const [k, of] of classes.entries()) {
      this.bounds.set(
        // Where the limit changes, no reading is plainly quiet.
        [
          of.low,
          of.high,
          of.silences === null ? of.silentAfter : never,
          of.programs.length - of.simple,
        ],
        k * bounds,
      );
    }
    for (let p = 0; p < classOf.length; p += 1) {
      if (feedsFirst[p] === feedsFirst[p + 1]) continue;
      this.bounds[(classOf[p] as number) * bounds + bound.more] = 1;
    }
    this.fresh = Math.min(buffered, horizon);
    this.lanes = new Lanes(judge, this.fresh);
  }

  /**
   * Judges readings in the order of their time; of one time, in the order given. What costs is the way to the
   * records of so many points: the loop calls nothing for a quiet reading, so that the next ones are under way.
   */
  take(columns: ReadingColumns): void {
    const {
      length,
      point,
      at: ats,
      received: receipts,
      value: values,
      history: histories,
    } = columns;
    const { records, bounds: limits, fresh, late } = this;
    const { latest, points } = this.judge;
    const order = timeOrder(columns);
    if (this.takesLong(columns, order)) return;
    /** Start of the half hour of the row, which moves with time. */
    let half = Number.NEGATIVE_INFINITY;
    let nextHalf = half;
    for (let row = 0; row < length; row += 1) {
      if ((row & (block - 1)) === 0) this.fetch(point, order, row, Math.min(length, row + block));
      const k = order === null ? row : (order[row] as number);
      const p = point[k] as number;
      if (p < 0) continue;
      const at = ats[k] as number;
      const received = receipts[k] as number;
      const value = values[k] as number;
      const history = histories[k] as number;
      if (at >= nextHalf) {
        half = Math.floor(at / halfHour) * halfHour;
        nextHalf = half + halfHour;
      }
      const o = p * fields;
      const last = records[o + field.at] as number;
      const is = records[o + field.is] as number;
      const of = (is >> 4) * bounds;
      const silentAfter = limits[of + bound.silentAfter] as number;
      // Almost every reading: newer, news, and on the quiet side of every limit.
      if (
        (is & 15) === flag.armed &&
        at > last &&
        value >= (limits[of + bound.low] as number) &&
        value <= (limits[of + bound.high] as number) &&
        at - last <= silentAfter &&
        at + silentAfter > latest &&
        received - at <= fresh &&
        history === 0 &&
        !late.any
      ) {
        if (limits[of + bound.more] !== 0) this.takeMore(p, at, value, 0);
        if (last < half) points.moved(p, last, at);
        records[o + field.at] = at;
        records[o + field.value] = value;
      } else this.takeSlow(p, at, received, value, history);
    }
  }

  /** Does the same for columns in order of time with many readings of few points. @returns whether these are such */
  private takesLong(columns: ReadingColumns, order: Uint32Array | null): boolean {
    const { lanes } = this;
    if (order !== null || this.late.any || !lanes.suits(columns)) return false;
    const { length, point, at, received, value, history } = columns;
    for (let row = lanes.pass(columns, 0); row < length; row = lanes.pass(columns, row + 1)) {
      const p = point[row] as number;
      if (p < 0) continue;
      const instant = at[row] as number;
      if (
        history[row] === 0 &&
        this.isCalm(p, instant, received[row] as number, value[row] as number)
      ) {
        this.takeCalm(p, instant, value[row] as number);
      } else {
        lanes.leave(p);
        this.takeSlow(
          p,
          instant,
          received[row] as number,
          value[row] as number,
          history[row] as number,
        );
      }
    }
    lanes.finish();
    return true;
  }

  /** Whether a reading that is no history changes nothing but the windows of a point that can have a lane. */
  private isCalm(p: number, at: number, received: number, value: number): boolean {
    const { records, bounds: limits, judge, late } = this;
    const { calm, latest } = judge;
    const o = p * fields;
    const is = records[o + field.is] as number;
    const last = records[o + field.at] as number;
    const of = (is >> 4) * bounds;
    const silentAfter = limits[of + bound.silentAfter] as number;
    if ((is & 15) !== flag.armed || late.any) return false;
    if (at <= last || at - last > silentAfter || at + silentAfter <= latest) return false;
    if (received - at > this.fresh) return false;
    const low = limits[of + bound.low] as number;
    if (!(value >= low && value <= (limits[of + bound.high] as number))) return false;
    if (limits[of + bound.more] === 0) return this.lanes.enter(p, at);
    const holds = calm.holds(p, at, value, latest) || calm.goesOn(p, at, value, latest);
    return holds && this.lanes.enter(p, at);
  }

  /** Such a reading. */
  private takeCalm(p: number, at: number, value: number): void {
    const { records, lanes, judge } = this;
    const o = p * fields;
    const last = records[o + field.at] as number;
    lanes.keep(p, at, value);
    if (lanes.watches(p)) this.takeWide(p, at, value, 0, true);
    if (Math.floor(at / halfHour) !== Math.floor(last / halfHour)) judge.points.moved(p, last, at);
    records[o + field.at] = at;
    records[o + field.value] = value;
    lanes.open(
      p,
      at,
      this.bounds[((records[o + field.is] as number) >> 4) * bounds + bound.more] !== 0,
    );
  }

  /** Reads the records of the rows to come, all at once: one after another each would be waited for. */
  private fetch(point: Int32Array, order: Uint32Array | null, from: number, to: number): void {
    const { records, fetched } = this;
    for (let row = from; row < to; row += 1) {
      const p = point[order === null ? row : (order[row] as number)] as number;
      if (p < 0) continue;
      const o = p * fields;
      // Its first and its last number: a record may lie on two lines of the cache.
      const sum = (records[o + field.at] as number) + (records[o + field.is] as number);
      fetched[row & (block - 1)] = sum;
    }
  }

  private takeSlow(p: number, at: number, received: number, value: number, history: number): void {
    if (Number.isNaN(value)) return;
    const { judge, records } = this;
    const { layout } = judge;
    const of = layout.classes[this.classOf[p] as number] as PointClass;
    if (!of.ageless && at < received - layout.horizon) return;
    const o = p * fields;
    const last = records[o + field.at] as number;
    if (at === last) return;
    if (this.late.any) this.refuseBusy(p);
    if (at < last) {
      if ((judge.points.flags(p) & flag.catchingUp) !== 0) judge.points.heard(p, received);
      judge.points.noted(p, last, at);
      this.takeLate(p, at);
      return;
    }
    const until = at + holdsFor(of, at);
    this.takeSimple(p, of, at, value, history);
    if (this.bounds[(this.classOf[p] as number) * bounds + bound.more] !== 0) {
      this.takeMore(p, at, value, history);
    }
    if (Math.floor(at / halfHour) !== Math.floor(last / halfHour)) judge.points.moved(p, last, at);
    records[o + field.at] = at;
    records[o + field.value] = value;
    const before = judge.points.flags(p);
    const catchingUp = received - at > buffered || history === 1 ? flag.catchingUp : 0;
    if (catchingUp !== 0) judge.points.heard(p, received);
    else if ((before & flag.catchingUp) !== 0) judge.points.emptying.delete(p);
    const kept = before & (flag.armed | flag.active);
    judge.points.flag(p, kept | catchingUp | (history === 1 ? flag.history : 0));
    if (until <= judge.latest) {
      // It is silent already, and will be said to be: the next reading must unsay it.
      this.look.touchPoint(p);
      judge.points.rouse(p);
    }
    // A shorter limit may let this one end before the last one would have.
    const sooner = of.silences !== null && until < last + holdsFor(of, last);
    if ((before & flag.armed) === 0 || sooner) this.look.arm(p, until);
  }

  private takeLate(p: number, at: number): void {
    const { first, feedsFirst, feeds } = this.judge.layout;
    for (let i = first[p] as number; i < (first[p + 1] as number); i += 1) this.late.add(i, at);
    const { widePrograms } = this.judge.layout;
    for (let k = feedsFirst[p] as number; k < (feedsFirst[p + 1] as number); k += 1) {
      const w = feeds[k] as number;
      if (this.concerns(widePrograms[w] as Program, w, at)) {
        this.late.add(this.judge.narrow + w, at);
      }
    }
  }

  /** Whether a reading older than others can change what a program says. */
  private concerns({ timeline }: Program, w: number, at: number): boolean {
    if (timeline === null) return true;
    const over = at >= timeline.stop && (this.judge.generals.reading[w] as number) >= timeline.stop;
    return at >= timeline.from && !over;
  }

  private takeSimple(p: number, of: PointClass, at: number, value: number, history: number): void {
    const { judge } = this;
    const { bytes } = judge.states;
    const first = judge.layout.first[p] as number;
    const last = this.records[p * fields + field.at] as number;
    const holds = at - last <= of.silentAfter && at + of.silentAfter > judge.latest;
    let active = false;
    for (let k = 0; k < of.simple; k += 1) {
      const i = first + k;
      const program = of.programs[k] as Program;
      const calm = holds && ((bytes[i] as number) & quietMask) === idle;
      if (calm && value >= program.low && value <= program.high) continue;
      if (this.late.any && this.late.joins(i, at)) continue;
      judge.simple(i, program, judge.points, p, at, value, history);
      // What is shown of it is brought up to date without another reading.
      if (((bytes[i] as number) & bit.phase) !== 0) active = true;
    }
    const flags = judge.points.flags(p);
    judge.points.flag(p, active ? flags | flag.active : flags & ~flag.active);
  }

  /** Rules that are more than a comparison with the newest reading. */
  private takeMore(p: number, at: number, value: number, history: number): void {
    const { judge, late } = this;
    const { calm } = judge;
    if (late.any) {
      this.takeNarrow(p, at, value, history, null);
      this.takeWide(p, at, value, history, false);
      return;
    }
    const calms = calm.holds(p, at, value, judge.latest);
    const of = this.classOf[p] as number;
    this.takeNarrow(p, at, value, history, calms ? (calm.watchful[of] as Int32Array) : null);
    this.takeWide(p, at, value, history, calms);
    if (!calms && !late.any) calm.settle(p, at, value);
  }

  /** Those of this point alone. @param only places of those to look at; null for all */
  private takeNarrow(
    p: number,
    at: number,
    value: number,
    history: number,
    only: Int32Array | null,
  ): void {
    const { judge, late } = this;
    const { layout } = judge;
    const of = layout.classes[this.classOf[p] as number] as PointClass;
    const first = layout.first[p] as number;
    const g = (layout.firstGeneral[p] as number) - of.simple;
    const count = only === null ? of.programs.length - of.simple : only.length;
    for (let n = 0; n < count; n += 1) {
      const k = only === null ? of.simple + n : (only[n] as number);
      const program = of.programs[k] as Program;
      if (late.any && late.joins(first + k, at)) continue;
      judge.general(first + k, g + k, program, judge.points, p, at, value, history);
    }
  }

  /** Those of several points. @param calm whether those that remember nothing stay as they are */
  private takeWide(p: number, at: number, value: number, history: number, calm: boolean): void {
    const { judge, late } = this;
    const { layout, generals, narrow } = judge;
    const { reading } = generals;
    const { watchfulWide } = judge.calm;
    const { feedsFirst, feeds, wideFirst, widePoints, widePrograms } = layout;
    const end = feedsFirst[p + 1] as number;
    for (let f = feedsFirst[p] as number; f < end; f += 1) {
      const w = feeds[f] as number;
      const i = narrow + w;
      if (late.any && late.joins(i, at)) continue;
      if (at < (reading[w] as number)) {
        if (this.concerns(widePrograms[w] as Program, w, at)) late.add(i, at);
        continue;
      }
      reading[w] = at;
      if (calm && watchfulWide[w] === 0) continue;
      const from = wideFirst[w] as number;
      let input = 0;
      while (widePoints[from + input] !== p) input += 1;
      const program = widePrograms[w] as Program;
      const number = generals.narrow + w;
      judge.wide.reading(
        i,
        number,
        program,
        judge.points,
        widePoints,
        from,
        input,
        at,
        value,
        history,
      );
    }
  }

  private refuseBusy(p: number): void {
    const { first, feedsFirst, feeds } = this.judge.layout;
    for (let i = first[p] as number; i < (first[p + 1] as number); i += 1) this.late.refuseBusy(i);
    for (let k = feedsFirst[p] as number; k < (feedsFirst[p + 1] as number); k += 1) {
      this.late.refuseBusy(this.judge.narrow + (feeds[k] as number));
    }
  }
}

/** Rows by time; null when they are in that order already. */
function timeOrder({ at, length }: ReadingColumns): Uint32Array | null {
  let k = 1;
  while (k < length && (at[k] as number) >= (at[k - 1] as number)) k += 1;
  if (k >= length) return null;
  const order = Uint32Array.from({ length }, (_, row) => row);
  return order.sort((a, b) => (at[a] as number) - (at[b] as number) || a - b);
}
