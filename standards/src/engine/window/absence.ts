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
  private times: number[] = [];

  constructor(leaf: Leaf, codes: ReadonlySet<number>, reach: number) {
    this.leaf = leaf;
    this.codes = codes;
    this.reach = Math.max(reach, leaf.absent);
  }

  push(at: number, value: number): void {
    const { reach } = this;
    const satisfied = this.satisfies(value);
    const times = satisfied ? [] : this.times;
    if (satisfied || Number.isNaN(this.since)) this.since = at;
    while (times.length > 1 && (times[1] as number) <= at - reach) times.shift();
    const last = times.at(-1);
    if (last === undefined || at - last >= reach / marks) times.push(at);
    this.times = times;
    this.value = value;
    this.judge(at);
  }

  refill(at: number, value: number): void {
    this.push(at, value);
  }

  renumber(leaf: Leaf, codes: ReadonlySet<number>, at: number): void {
    this.leaf = leaf;
    this.codes = codes;
    if (!Number.isNaN(this.since)) this.judge(at);
  }

  oldest(): number {
    return this.times[0] ?? Number.POSITIVE_INFINITY;
  }

  clear(): void {
    this.times = [];
    this.since = Number.NaN;
    this.value = Number.NaN;
    this.breach = unknown;
    this.stays = unknown;
    this.flipAt = Number.POSITIVE_INFINITY;
  }

  /** The times, then `since`, and last `flipAt` with the newest reading. */
  save(): [Float64Array, Float64Array] {
    const value = new Float64Array(this.times.length + 2);
    value[value.length - 1] = this.value;
    return [Float64Array.from([...this.times, this.since, this.flipAt]), value];
  }

  load(at: Float64Array, value: Float64Array): void {
    this.clear();
    const last = at.length - 1;
    if (last < 2) return;
    this.times = [...at.subarray(0, last - 1)];
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
