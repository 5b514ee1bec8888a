import type { Leaf } from '../../rules/resolve.ts';
import { no, unknown, yes } from '../kleene.ts';
import { Aggregate } from './aggregate.ts';
import { Buckets } from './buckets.ts';
import { breaches, cleared } from './compare.ts';
import type { Memory } from './memory.ts';

const noCodes: ReadonlySet<number> = new Set();
const nothing = new Float64Array(0);

/** A figure over a window, held against its own past where there is a baseline. */
export class Over implements Memory {
  value = Number.NaN;
  breach: number = unknown;
  readonly flipAt = Number.POSITIVE_INFINITY;
  private leaf: Leaf;
  /** Null for the bare value. */
  private readonly aggregate: Aggregate | null;
  private readonly buckets: Buckets | null;
  /** Figures of readings that are in the window already, but have not been judged: [next, foreseen). */
  private figures: Float64Array = nothing;
  private next = 0;
  private foreseen = 0;

  constructor(leaf: Leaf) {
    this.leaf = leaf;
    this.aggregate = leaf.over === 'value' ? null : new Aggregate(leaf);
    this.buckets = leaf.baseline === null ? null : new Buckets(leaf.baseline);
  }

  push(at: number, value: number): void {
    if (this.next < this.foreseen) {
      this.next += 1;
      this.judge(this.figures[this.next - 1] as number);
      return;
    }
    const figure = this.aggregate === null ? value : this.aggregate.push(at, value);
    this.judge(this.buckets === null ? figure : this.buckets.push(at, value, figure));
  }

  foresee(
    at: Float64Array,
    value: Float64Array,
    from: number,
    to: number,
    room: Float64Array,
  ): void {
    if (this.aggregate === null) room.set(value.subarray(from, to));
    else this.aggregate.run(at, value, from, to, room);
    this.buckets?.run(at, value, from, to, room);
    this.figures = room;
    this.next = 0;
    this.foreseen = to - from;
  }

  run(_: Float64Array, __: Float64Array, from: number, to: number, truth: number): number {
    const begin = this.next;
    this.next = Math.min(begin + to - from, this.changes(begin + to - from, truth) + 1);
    this.judge(this.figures[this.next - 1] as number);
    return from + this.next - begin;
  }

  steady(_: Float64Array, from: number, to: number, truth: number): number {
    return from + this.changes(this.next + to - from, truth) - this.next;
  }

  /** The place before `end` of the next foreseen figure that breaches otherwise than `truth`; `end` for none. */
  private changes(end: number, truth: number): number {
    const { figures, leaf } = this;
    let k = this.next;
    for (; k < end; k += 1) {
      const figure = figures[k] as number;
      const is = Number.isNaN(figure) ? unknown : breaches(leaf, noCodes, figure) ? yes : no;
      if (is !== truth) return k;
    }
    return end;
  }

  refill(at: number, value: number): void {
    this.push(at, value);
  }

  /** Asked for where something has changed only, so it is not kept. */
  get stays(): number {
    if (this.breach !== no) return this.breach;
    return cleared(this.leaf, noCodes, this.value) ? no : yes;
  }

  renumber(leaf: Leaf): void {
    this.leaf = leaf;
    this.judge(this.value);
  }

  oldest(): number {
    const window = this.aggregate?.oldest() ?? Number.POSITIVE_INFINITY;
    return Math.min(window, this.buckets?.oldest() ?? Number.POSITIVE_INFINITY);
  }

  clear(): void {
    this.foreseen = 0;
    this.aggregate?.clear();
    this.buckets?.clear();
    this.judge(Number.NaN);
  }

  /** The window, the buckets, and last how many readings the window holds with the value judged. */
  save(): [Float64Array, Float64Array] {
    const size = this.aggregate?.size ?? 0;
    const more = (this.buckets?.saved ?? 0) + 1;
    const [at, value] = this.aggregate?.save(more) ?? [
      new Float64Array(more),
      new Float64Array(more),
    ];
    this.buckets?.save(at, value, size);
    at[at.length - 1] = size;
    value[value.length - 1] = this.value;
    return [at, value];
  }

  load(at: Float64Array, value: Float64Array): void {
    this.clear();
    const last = at.length - 1;
    if (last < 0) return;
    const size = at[last] as number;
    for (let i = 0; i < size; i += 1) this.aggregate?.take(at[i] as number, value[i] as number);
    this.buckets?.load(at, value, size, last);
    this.judge(value[last] as number);
  }

  private judge(value: number): void {
    this.value = value;
    if (Number.isNaN(value)) this.breach = unknown;
    else this.breach = breaches(this.leaf, noCodes, value) ? yes : no;
  }
}
