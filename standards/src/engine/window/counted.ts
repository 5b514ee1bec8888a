import type { Calendar } from '../../calendar/index.ts';
import { maxReadings } from '../../rules/clause.ts';
import type { Leaf, LeafCount } from '../../rules/resolve.ts';
import { no, unknown, yes } from '../kleene.ts';
import { breaches, cleared } from './compare.ts';
import type { Memory } from './memory.ts';
import { Ring } from './ring.ts';

/** What is kept of one reading. */
const breaching = 1;
const onClearSide = 2;

/** How many of the last readings breach, and how many are on the clear side. */
export class Counted implements Memory {
  /** The newest reading. */
  value = Number.NaN;
  breach: number = unknown;
  stays: number = unknown;
  readonly flipAt = Number.POSITIVE_INFINITY;
  private leaf: Leaf;
  private count: LeafCount;
  private codes: ReadonlySet<number>;
  private readonly during: Calendar | null;
  private readonly bound: number;
  private readonly ring = new Ring();
  /** Breaching among the last `of`. */
  private bad = 0;
  /** On the clear side among the last `clearOf`. */
  private good = 0;
  /** Time of the last reading that was dropped: what the oldest one held is compared with. */
  private before = Number.POSITIVE_INFINITY;

  constructor(leaf: Leaf, count: LeafCount, codes: ReadonlySet<number>, during: Calendar | null) {
    this.leaf = leaf;
    this.count = count;
    this.codes = codes;
    this.during = during;
    this.bound = Math.min(maxReadings, Math.max(count.of, count.clearOf));
  }

  push(at: number, value: number): void {
    const kept = this.kept(at, value);
    this.value = value;
    this.take(at, kept);
    this.judge();
  }

  foresee(): void {}

  run(at: Float64Array, value: Float64Array, from: number, to: number, truth: number): number {
    for (let k = from; k < to; k += 1) {
      this.push(at[k] as number, value[k] as number);
      if (this.breach !== truth) return k + 1;
    }
    return to;
  }

  steady(_: Float64Array, from: number): number {
    return from;
  }

  refill(at: number, value: number): void {
    this.push(at, value);
  }

  renumber(leaf: Leaf, codes: ReadonlySet<number>): void {
    this.leaf = leaf;
    this.count = leaf.count ?? this.count;
    this.codes = codes;
    if (this.ring.size > 0) this.judge();
  }

  oldest(): number {
    return this.leaf.comparison === 'changed'
      ? Math.min(this.before, this.ring.oldest())
      : this.ring.oldest();
  }

  clear(): void {
    this.ring.clear();
    this.bad = 0;
    this.good = 0;
    this.before = Number.POSITIVE_INFINITY;
    this.value = Number.NaN;
    this.breach = unknown;
    this.stays = unknown;
  }

  /** What is kept of each reading, and last `before` with the newest reading. */
  save(): [Float64Array, Float64Array] {
    const [at, value] = this.ring.save(1);
    at[at.length - 1] = this.before;
    value[value.length - 1] = this.value;
    return [at, value];
  }

  load(at: Float64Array, value: Float64Array): void {
    this.clear();
    const last = at.length - 1;
    if (last < 1) return;
    for (let i = 0; i < last; i += 1) this.take(at[i] as number, value[i] as number);
    this.before = at[last] as number;
    this.value = value[last] as number;
    this.judge();
  }

  private kept(at: number, value: number): number {
    const { leaf, codes } = this;
    const counts = this.during === null || this.during.at(at);
    if (leaf.comparison === 'changed') {
      const changed = counts && !Number.isNaN(this.value) && value !== this.value;
      return changed ? breaching : onClearSide;
    }
    const breach = counts && breaches(leaf, codes, value) ? breaching : 0;
    return breach | (!counts || cleared(leaf, codes, value) ? onClearSide : 0);
  }

  private take(at: number, kept: number): void {
    const { ring, count } = this;
    if (ring.size >= count.of) this.bad -= ring.value(ring.size - count.of) & breaching;
    if (ring.size >= count.clearOf) {
      this.good -= (ring.value(ring.size - count.clearOf) & onClearSide) >> 1;
    }
    if (ring.size === this.bound) this.shift();
    ring.push(at, kept);
    this.bad += kept & breaching;
    this.good += (kept & onClearSide) >> 1;
    if (count.within === 0) return;
    while (ring.at(0) <= at - count.within) {
      if (ring.size <= count.of) this.bad -= ring.value(0) & breaching;
      if (ring.size <= count.clearOf) this.good -= (ring.value(0) & onClearSide) >> 1;
      this.shift();
    }
  }

  private shift(): void {
    this.before = this.ring.at(0);
    this.ring.shift();
  }

  private judge(): void {
    const { count } = this;
    const held = Math.min(count.of, this.ring.size);
    if (count.share !== null && held < count.minimum) {
      this.breach = unknown;
      this.stays = unknown;
      return;
    }
    const part = this.bad / held;
    const breach = count.share === null ? this.bad >= count.least : part >= count.share;
    const clear = this.clears(breach, part);
    this.breach = breach ? yes : no;
    this.stays = breach || !clear ? yes : no;
  }

  private clears(breach: boolean, part: number): boolean {
    const { share, clearShare, clearLeast } = this.count;
    if (share !== null) return clearShare === null ? !breach : part < clearShare;
    return clearLeast === 0 ? !breach : this.good >= clearLeast;
  }
}
