import type { Layout } from './layout.ts';

/** Fields of a point's record. */
export const field = {
  /** Time of the newest reading; −Infinity before the first. */
  at: 0,
  value: 1,
  /** Its class, and its flags in the lowest four bits: beside its values, where they cost nothing to read. */
  is: 2,
} as const;
export const fields = 3;

/** Bits of a point's flags. */
export const flag = {
  /** The newest reading tells that the device is emptying a buffer, or is history. */
  catchingUp: 1,
  /** The newest reading is history. */
  history: 2,
  /** A look at the end of its value is queued. */
  armed: 4,
  /** Some simple rule of it is not idle. */
  active: 8,
} as const;

export const halfHour = 1_800_000;
export const day = 86_400_000;
/** Half hours of today and of all yesterday, and days. */
const keptHalves = 96;
const keptDays = 64;
const dayWord = 3;
export const bitWords = 5;

/** What is known of every point, whichever rules use it: its newest reading, and when it had others. */
export class Points {
  readonly records: Float64Array;
  /** Which of the last half hours (three words) and days (two words) had a reading. */
  readonly bits: Int32Array;
  /** The newest day with a reading of those that no bit stands for any more; −1 for none. */
  readonly older: Map<number, number> = new Map();
  /** When the newest reading of a device that is emptying a buffer was received. */
  readonly emptying: Map<number, number> = new Map();

  constructor(layout: Layout) {
    const n = layout.points.length;
    this.records = new Float64Array(n * fields);
    this.bits = new Int32Array(n * bitWords);
    for (let p = 0; p < n; p += 1) {
      this.records[p * fields + field.at] = Number.NEGATIVE_INFINITY;
      this.records[p * fields + field.value] = Number.NaN;
      this.records[p * fields + field.is] = (layout.classOf[p] as number) * 16;
    }
  }

  flags(p: number): number {
    return (this.records[p * fields + field.is] as number) & 15;
  }

  flag(p: number, flags: number): void {
    const o = p * fields + field.is;
    this.records[o] = ((this.records[o] as number) & ~15) | flags;
  }

  at(p: number): number {
    return this.records[p * fields + field.at] as number;
  }

  /** When a reading of the point was received last; known only while its device is catching up. */
  received(p: number): number {
    return this.emptying.get(p) ?? Number.NEGATIVE_INFINITY;
  }

  /** Notes that a reading was received of a point whose device is catching up. */
  heard(p: number, received: number): void {
    if (received > this.received(p)) this.emptying.set(p, received);
  }

  /** Has the next reading look at each simple rule of the point. */
  rouse(p: number): void {
    this.flag(p, this.flags(p) | flag.active);
  }

  /** Notes that a newest reading at `at` follows one at `before`, in another half hour. */
  moved(p: number, before: number, at: number): void {
    const o = p * bitWords;
    this.shift(o, before, at, halfHour, keptHalves);
    const from = Math.floor(before / day);
    const to = Math.floor(at / day);
    if (from === to) return;
    this.rememberOlder(p, before, to);
    this.shift(o + dayWord, before, at, day, keptDays);
  }

  /** Notes a reading older than the newest one. */
  noted(p: number, newest: number, at: number): void {
    this.note(p * bitWords, newest, at, halfHour, keptHalves);
    if (!this.note(p * bitWords + dayWord, newest, at, day, keptDays)) {
      const of = Math.floor(at / day);
      if (of > (this.older.get(p) ?? -1)) this.older.set(p, of);
    }
  }

  /** From here on half hours are told apart, before it only days. */
  fineFrom(p: number): number {
    return (Math.floor(this.at(p) / day) - 1) * day;
  }

  /**
   * Where the last `count` readings before `time` begin at the latest: the start of a half hour or day. The
   * earliest there is when there are fewer, and Infinity when there is none. Before `fineFrom`, readings of the
   * day of `time` are not looked for.
   */
  reach(p: number, time: number, count: number): number {
    let left = count;
    let found = Number.POSITIVE_INFINITY;
    const fine = this.fineFrom(p);
    const last = Math.floor(this.at(p) / halfHour);
    for (let b = Math.min(last, Math.ceil(time / halfHour) - 1); left > 0; b -= 1) {
      if (b * halfHour < fine) break;
      if (!this.has(p * bitWords, b, keptHalves)) continue;
      left -= 1;
      found = b * halfHour;
    }
    const today = Math.floor(this.at(p) / day);
    const edge = Math.floor(Math.min(time, fine) / day);
    for (let d = edge - 1; left > 0 && d > today - keptDays; d -= 1) {
      if (!this.has(p * bitWords + dayWord, d, keptDays)) continue;
      left -= 1;
      found = d * day;
    }
    const older = this.older.get(p);
    if (left === 0 || older === undefined || (older + 1) * day > time) return found;
    return left === 1 ? older * day : Number.NEGATIVE_INFINITY;
  }

  /** Whether bits tell everything about readings before `time`. */
  covers(p: number, time: number): boolean {
    const first = (Math.floor(this.at(p) / day) - keptDays + 1) * day;
    const older = this.older.get(p);
    return time > first || older === undefined || (older + 1) * day <= time;
  }

  private has(o: number, bucket: number, kept: number): boolean {
    const k = ((bucket % kept) + kept) % kept;
    return ((this.bits[o + (k >>> 5)] as number) & (1 << (k & 31))) !== 0;
  }

  private set(o: number, bucket: number, kept: number, value: boolean): void {
    const k = ((bucket % kept) + kept) % kept;
    const w = o + (k >>> 5);
    const mask = 1 << (k & 31);
    this.bits[w] = value ? (this.bits[w] as number) | mask : (this.bits[w] as number) & ~mask;
  }

  private shift(o: number, before: number, at: number, span: number, kept: number): void {
    const to = Math.floor(at / span);
    const from = before === Number.NEGATIVE_INFINITY ? to - kept : Math.floor(before / span);
    // Nearly always the next one, of a point that speaks: nothing lies between.
    if (from !== to - 1) {
      for (let b = Math.max(from + 1, to - kept + 1); b < to; b += 1) this.set(o, b, kept, false);
    }
    this.set(o, to, kept, true);
  }

  private note(o: number, newest: number, at: number, span: number, kept: number): boolean {
    const bucket = Math.floor(at / span);
    if (bucket <= Math.floor(newest / span) - kept) return false;
    this.set(o, bucket, kept, true);
    return true;
  }

  /** Keeps the newest day that falls out of the bits when the newest reading moves to day `to`. */
  private rememberOlder(p: number, before: number, to: number): void {
    if (before === Number.NEGATIVE_INFINITY) return;
    const from = Math.floor(before / day);
    for (let d = Math.min(from, to - keptDays); d > from - keptDays; d -= 1) {
      if (!this.has(p * bitWords + dayWord, d, keptDays)) continue;
      this.older.set(p, d);
      return;
    }
  }
}
