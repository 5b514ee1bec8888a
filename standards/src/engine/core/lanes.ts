import type { ReadingColumns } from '../engine.ts';
import { band, bandFields } from './calm.ts';
import type { Judge } from './judge.ts';
import type { PointClass } from './layout.ts';
import { field, fields, halfHour } from './points.ts';
import { Runs } from './runs.ts';

const none = -1;
/** Readings of one point that wait at most; with their values they stay in a processor's nearest cache. */
const room = 512;
/** So many points at most. */
const mostLanes = 256;
/** Lanes are worth having where of the first rows one in 32, and more than a few, are of the first point. */
const sample = 256;
const oneIn = 32;
const few = 4;

/** Fields of a lane. */
const lane = {
  /** Time of the newest reading. */
  last: 0,
  /** Readings before it, on [low, high] and within the silence limit of the last one pass. */
  until: 1,
  low: 2,
  high: 3,
  silentAfter: 4,
  /** Since it was opened, nothing but passing has happened, when this is the present round. */
  round: 5,
  /** 1 where rules of the point have windows. */
  windows: 6,
} as const;
const laneFields = 8;

/**
 * Where columns hold many readings of few points, as those of the past do, those of calm points pass on lanes: a
 * look at a few numbers side by side tells that a reading changes nothing but windows. What these need waits, and is
 * judged in runs. It makes no difference, for rules of one point that have windows look at no other.
 */
export class Lanes {
  private readonly judge: Judge;
  private readonly runs: Runs;
  /** A reading received at most this long after it was measured passes, milliseconds. */
  private readonly fresh: number;
  /** By point; made when first needed. */
  private laneOf = new Int32Array(0);
  private readonly points: number[] = [];
  private lanes = new Float64Array(0);
  /** 1 where a rule of several points has windows, and takes readings as they come. */
  private watching = new Uint8Array(0);
  /** How many readings wait, and time and value of the one before them. */
  private counts = new Int32Array(0);
  private before = new Float64Array(0);
  /** `room` each. */
  private at = new Float64Array(0);
  private value = new Float64Array(0);
  private round = 0;

  constructor(judge: Judge, fresh: number) {
    this.judge = judge;
    this.runs = new Runs(judge);
    this.fresh = fresh;
  }

  /** Whether it is worth while. @param columns in order of time */
  suits({ length, point }: ReadingColumns): boolean {
    if (length < few || this.judge.blind.size > 0) return false;
    const rows = Math.min(length, sample);
    let same = 0;
    for (let row = 0; row < rows; row += 1) if (point[row] === point[0]) same += 1;
    if (same < few || same * oneIn < rows) return false;
    if (this.laneOf.length === 0) {
      this.laneOf = new Int32Array(this.judge.layout.points.length).fill(none);
    }
    return true;
  }

  /** Lets rows pass. @returns the first one from `from` on that does not */
  pass(columns: ReadingColumns, from: number): number {
    const { length, point, at: ats, received: receipts, value: values, history } = columns;
    const { laneOf, lanes, round, fresh, counts } = this;
    const { records } = this.judge.points;
    for (let row = from; row < length; row += 1) {
      const p = point[row] as number;
      const k = p < 0 ? none : (laneOf[p] as number);
      if (k < 0) return row;
      const l = k * laneFields;
      const at = ats[row] as number;
      const received = receipts[row] as number;
      const value = values[row] as number;
      const last = lanes[l + lane.last] as number;
      const passes =
        at > last &&
        at < (lanes[l + lane.until] as number) &&
        value >= (lanes[l + lane.low] as number) &&
        value <= (lanes[l + lane.high] as number) &&
        at - last <= (lanes[l + lane.silentAfter] as number) &&
        (lanes[l + lane.round] as number) === round &&
        received - at <= fresh &&
        history[row] === 0;
      if (!passes) return row;
      if (lanes[l + lane.windows] === 1) {
        const n = counts[k] as number;
        if (n === 0) this.begin(k, p);
        this.at[k * room + n] = at;
        this.value[k * room + n] = value;
        counts[k] = n + 1;
        if (n + 1 === room) this.flush(p);
      }
      lanes[l + lane.last] = at;
      const o = p * fields;
      records[o + field.at] = at;
      records[o + field.value] = value;
    }
    return length;
  }

  /**
   * Whether a point has a lane or can have one: a reading at `at`, judged so far by none of its rules, is the newest
   * of all that they see.
   */
  enter(p: number, at: number): boolean {
    if ((this.laneOf[p] as number) !== none) return true;
    if (this.points.length === mostLanes) return false;
    const { layout, generals, calm } = this.judge;
    const { feedsFirst, feeds } = layout;
    let watching = false;
    for (let f = feedsFirst[p] as number; f < (feedsFirst[p + 1] as number); f += 1) {
      const w = feeds[f] as number;
      if (at < (generals.reading[w] as number)) return false;
      if (calm.watchfulWide[w] === 1) watching = true;
    }
    const k = this.points.length;
    if (k === this.counts.length) this.grow();
    this.points.push(p);
    this.laneOf[p] = k;
    this.counts[k] = 0;
    this.watching[k] = Number(watching);
    const c = layout.classOf[p] as number;
    const windows = (calm.watchful[c] as Int32Array).length > 0;
    this.lanes[k * laneFields + lane.windows] = Number(windows);
    return true;
  }

  /** Whether rules of several points have to see each reading of a point that has a lane. */
  watches(p: number): boolean {
    return this.watching[this.laneOf[p] as number] === 1;
  }

  /** Keeps a reading of a calm point that has a lane for its windows; its record is still that of the one before. */
  keep(p: number, at: number, value: number): void {
    const k = this.laneOf[p] as number;
    if (this.lanes[k * laneFields + lane.windows] === 0) return;
    const n = this.counts[k] as number;
    if (n === 0) this.begin(k, p);
    this.at[k * room + n] = at;
    this.value[k * room + n] = value;
    this.counts[k] = n + 1;
    if (n + 1 === room) this.flush(p);
  }

  /** Opens the lane of a calm point whose newest reading is at `at`. @param rules whether any has more than a limit */
  open(p: number, at: number, rules: boolean): void {
    const k = this.laneOf[p] as number;
    if (this.watching[k] === 1) return;
    const { layout, calm } = this.judge;
    const { low, high, silentAfter } = layout.classes[layout.classOf[p] as number] as PointClass;
    const { lanes } = this;
    const { bands } = calm;
    const l = k * laneFields;
    const b = p * bandFields;
    // What is kept of half hours is noted where one ends.
    const half = (Math.floor(at / halfHour) + 1) * halfHour;
    lanes[l + lane.last] = at;
    lanes[l + lane.until] = rules ? Math.min(half, bands[b + band.until] as number) : half;
    lanes[l + lane.low] = rules ? Math.max(low, bands[b + band.low] as number) : low;
    lanes[l + lane.high] = rules ? Math.min(high, bands[b + band.high] as number) : high;
    lanes[l + lane.silentAfter] = silentAfter;
    lanes[l + lane.round] = this.round;
  }

  /** Judges what waits of a point, and closes all lanes, before a reading of it is judged in the ordinary way. */
  leave(p: number): void {
    this.flush(p);
    this.round += 1;
  }

  /** Judges all that waits, at the end of the columns. */
  finish(): void {
    const { layout, generals, points } = this.judge;
    const { feedsFirst, feeds } = layout;
    for (const p of this.points) {
      this.flush(p);
      this.laneOf[p] = none;
      const at = points.at(p);
      for (let f = feedsFirst[p] as number; f < (feedsFirst[p + 1] as number); f += 1) {
        const w = feeds[f] as number;
        if (at > (generals.reading[w] as number)) generals.reading[w] = at;
      }
    }
    this.points.length = 0;
    this.round += 1;
  }

  private begin(k: number, p: number): void {
    const { records } = this.judge.points;
    this.before[k * 2] = records[p * fields + field.at] as number;
    this.before[k * 2 + 1] = records[p * fields + field.value] as number;
  }

  private flush(p: number): void {
    const k = this.laneOf[p] as number;
    if (k === none || this.counts[k] === 0) return;
    const { at, value, before, runs } = this;
    const from = k * room;
    const to = from + (this.counts[k] as number);
    const last = { at: before[k * 2] as number, value: before[k * 2 + 1] as number };
    runs.take(p, { at, value, from, to, before: last });
    this.counts[k] = 0;
  }

  private grow(): void {
    const count = Math.max(4, this.counts.length * 2);
    this.counts = Int32Array.from({ length: count }, (_, k) => this.counts[k] ?? 0);
    this.watching = Uint8Array.from({ length: count }, (_, k) => this.watching[k] ?? 0);
    this.lanes = wider(this.lanes, count * laneFields);
    this.before = wider(this.before, count * 2);
    this.at = wider(this.at, count * room);
    this.value = wider(this.value, count * room);
  }
}

function wider(numbers: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const more = new Float64Array(length);
  more.set(numbers);
  return more;
}
