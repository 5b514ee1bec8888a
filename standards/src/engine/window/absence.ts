import type { Leaf } from '../../rules/resolve.ts';
import { no, unknown, yes } from '../kleene.ts';
import { breaches } from './compare.ts';
import type { Memory } from './memory.ts';

/** Times kept to one absence, so that filling again need not go back much further than the absence itself. */
const marks = 8;

/** True from `absent` after the last reading that satisfied the comparison; before any, after the first reading. */
export class Absence implements Memory {
  /** The newest reading. */
  value = Number.NaN;
  breach: number = unknown;
  stays: number = unknown;
  flipAt = Number.POSITIVE_INFINITY;
  private leaf: Leaf;
  private codes: ReadonlySet<number>;
  /** The longest absence of any numbers that it may be given. */
  private readonly reach: number;
  /** The last reading that satisfied, or the first one of all; NaN before any. */
  private since = Number.NaN;
  /**
   * Readings in order, of which the first would decide as well: that one, or, once `reach` has passed since, any
   * that lies so far back. The others are there to take its place.
   */
  private times = new Float64Array(marks);
  private count = 0;

  constructor(leaf: Leaf, codes: ReadonlySet<number>, reach: number) {
    this.leaf = leaf;
    this.codes = codes;
    this.reach = Math.max(reach, leaf.absent);
  }

  push(at: number, value: number): void {
    if (this.count === 0 || this.satisfies(value)) {
      this.since = at;
      this.times[0] = at;
      this.count = 1;
    } else this.keep(at);
    this.value = value;
    this.judge(at);
  }

  foresee(): void {}

  run(at: Float64Array, value: Float64Array, from: number, to: number, truth: number): number {
    for (let k = from; k < to; k += 1) {
      this.push(at[k] as number, value[k] as number);
      if (this.breach !== truth) return k + 1;
    }
    return to;
  }

  /** Before `flipAt` nothing makes it true; once it is, only a reading that satisfies ends it. */
  steady(value: Float64Array, from: number, to: number, truth: number): number {
    if (truth === no) return to;
    if (truth === unknown || this.leaf.comparison === 'changed') return from;
    let k = from;
    while (k < to && !breaches(this.leaf, this.codes, value[k] as number)) k += 1;
    return k;
  }

  refill(at: number, value: number): void {
    this.push(at, value);
  }

  /** Keeps the time of a reading that did not satisfy, if it may take the place of the first. */
  private keep(at: number): void {
    const { reach, times } = this;
    const edge = at - reach;
    let gone = 0;
    while (gone + 1 < this.count && (times[gone + 1] as number) <= edge) gone += 1;
    if (gone > 0) {
      times.copyWithin(0, gone, this.count);
      this.count -= gone;
    }
    if (at - (times[this.count - 1] as number) < reach / marks) return;
    if (this.count === times.length) this.hold([...times], this.count * 2);
    this.times[this.count] = at;
    this.count += 1;
  }

  private hold(times: ArrayLike<number>, room: number): void {
    this.times = new Float64Array(Math.max(room, marks));
    this.times.set(times);
  }

  renumber(leaf: Leaf, codes: ReadonlySet<number>, at: number): void {
    this.leaf = leaf;
    this.codes = codes;
    if (!Number.isNaN(this.since)) this.judge(at);
  }

  oldest(): number {
    return this.count === 0 ? Number.POSITIVE_INFINITY : (this.times[0] as number);
  }

  clear(): void {
    this.count = 0;
    this.since = Number.NaN;
    this.value = Number.NaN;
    this.breach = unknown;
    this.stays = unknown;
    this.flipAt = Number.POSITIVE_INFINITY;
  }

  /** The times, then `since`, and last `flipAt` with the newest reading. */
  save(): [Float64Array, Float64Array] {
    const { count } = this;
    const at = new Float64Array(count + 2);
    at.set(this.times.subarray(0, count));
    at[count] = this.since;
    at[count + 1] = this.flipAt;
    const value = new Float64Array(count + 2);
    value[count + 1] = this.value;
    return [at, value];
  }

  load(at: Float64Array, value: Float64Array): void {
    this.clear();
    const last = at.length - 1;
    if (last < 2) return;
    this.count = last - 1;
    this.hold(at.subarray(0, this.count), this.count);
    this.since = at[last - 1] as number;
    this.value = value[last] as number;
    this.flipAt = at[last] as number;
    this.breach = this.flipAt === Number.POSITIVE_INFINITY ? yes : no;
    this.stays = this.breach;
  }

  private satisfies(value: number): boolean {
    if (this.leaf.comparison !== 'changed') return breaches(this.leaf, this.codes, value);
    return !Number.isNaN(this.value) && value !== this.value;
  }

  private judge(at: number): void {
    const flip = this.since + this.leaf.absent;
    const absent = at >= flip;
    this.breach = absent ? yes : no;
    this.stays = this.breach;
    this.flipAt = absent ? Number.POSITIVE_INFINITY : flip;
  }
}
