import { maxReadings } from '../../rules/clause.ts';
import type { Leaf, LeafShare } from '../../rules/resolve.ts';
import { no, unknown, yes } from '../kleene.ts';
import { breaches } from './compare.ts';
import type { Memory } from './memory.ts';
import { Ring } from './ring.ts';

/**
 * The share of the known time in (t − window, t] during which the comparison held. Times are whole milliseconds,
 * so that their sums are exact whatever came and went.
 */
export class TimeShare implements Memory {
  /** The share. */
  value = Number.NaN;
  breach: number = unknown;
  stays: number = unknown;
  readonly flipAt = Number.POSITIVE_INFINITY;
  private leaf: Leaf;
  private share: LeafShare;
  private codes: ReadonlySet<number>;
  private readonly silentAfter: number | ((at: number) => number);
  /** 1 where the comparison holds. The oldest may lie before the window, when its value reaches into it. */
  private readonly ring = new Ring();
  /** Of all spans from one reading held to the next, milliseconds. */
  private known = 0;
  private held = 0;

  constructor(
    leaf: Leaf,
    share: LeafShare,
    codes: ReadonlySet<number>,
    silentAfter: number | ((at: number) => number),
  ) {
    this.leaf = leaf;
    this.share = share;
    this.codes = codes;
    this.silentAfter = silentAfter;
  }

  push(at: number, value: number): void {
    this.take(at, breaches(this.leaf, this.codes, value) ? 1 : 0);
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
    this.share = leaf.share ?? this.share;
    this.codes = codes;
    this.judge(this.value);
  }

  oldest(): number {
    return this.ring.oldest();
  }

  clear(): void {
    this.ring.clear();
    this.known = 0;
    this.held = 0;
    this.judge(Number.NaN);
  }

  save(): [Float64Array, Float64Array] {
    return this.ring.save();
  }

  load(at: Float64Array, value: Float64Array): void {
    this.clear();
    for (let i = 0; i < at.length; i += 1) this.take(at[i] as number, value[i] as number);
  }

  private take(at: number, holds: 0 | 1 | number): void {
    const { ring } = this;
    const from = at - this.share.window;
    if (ring.size > maxReadings) this.shift();
    ring.push(at, holds);
    if (ring.size > 1) this.add(ring.size - 2, 1);
    while (ring.size > 1 && ring.at(1) <= from) this.shift();
    // Of the oldest span only what lies within the window counts.
    const cut = ring.size > 1 ? Math.min(Math.max(0, from - ring.at(0)), this.span(0)) : 0;
    const known = this.known - cut;
    const held = this.held - cut * ring.value(0);
    const enough = known > 0 && known >= this.share.coverage * this.share.window;
    this.judge(enough ? held / known : Number.NaN);
  }

  private shift(): void {
    this.add(0, -1);
    this.ring.shift();
  }

  private add(i: number, sign: 1 | -1): void {
    const span = this.span(i) * sign;
    this.known += span;
    this.held += span * this.ring.value(i);
  }

  /** How long the i-th reading held, milliseconds; there is one after it. */
  private span(i: number): number {
    const { ring, silentAfter } = this;
    const at = ring.at(i);
    const limit = typeof silentAfter === 'number' ? silentAfter : silentAfter(at);
    return Math.min(ring.at(i + 1) - at, limit);
  }

  private judge(share: number): void {
    this.value = share;
    if (Number.isNaN(share)) {
      this.breach = unknown;
      this.stays = unknown;
      return;
    }
    const breach = share >= this.share.atLeast;
    const clear = this.share.clear === null ? !breach : share < this.share.clear;
    this.breach = breach ? yes : no;
    this.stays = breach || !clear ? yes : no;
  }
}
