import type { Over } from '../../rules/clause.ts';
import { maxReadings } from '../../rules/clause.ts';
import type { Leaf } from '../../rules/resolve.ts';
import { Extreme } from './extreme.ts';
import { Ring } from './ring.ts';
import { Sorted } from './sorted.ts';
import { ExactSum } from './sum.ts';

/** What a window keeps beside its readings, so that its figure is at hand without going through them. */
interface Figure {
  /** The newest reading of the ring has come. */
  added(value: number, sequence: number): void;
  /** The oldest reading of the ring is about to go. */
  dropped(value: number, sequence: number): void;
  /** NaN when unknown; the ring holds at least one reading. */
  value(): number;
  clear(): void;
}

/**
 * The figure over the readings in (t − window, t], at most the newest 4,096, at each reading at t. A pure function
 * of these readings: the same whatever was in the window before.
 */
export class Aggregate {
  private readonly ring = new Ring();
  private readonly figure: Figure;
  private readonly window: number;
  private readonly minSamples: number;
  private readonly energy: boolean;

  constructor(leaf: Leaf) {
    this.window = leaf.window;
    this.minSamples = leaf.minSamples;
    this.energy = leaf.over === 'leq';
    this.figure = figureOf(leaf, this.ring);
  }

  /** Takes the next reading and returns the figure; NaN when unknown. */
  push(at: number, value: number): number {
    return this.take(at, this.energy ? 10 ** (value / 10) : value);
  }

  /** Takes readings [from, to) and puts the figure at each into `figures`, from its start on. */
  run(
    at: Float64Array,
    value: Float64Array,
    from: number,
    to: number,
    figures: Float64Array,
  ): void {
    for (let k = from; k < to; k += 1) {
      const reading = value[k] as number;
      figures[k - from] = this.take(at[k] as number, this.energy ? 10 ** (reading / 10) : reading);
    }
  }

  /** The same with a value as `save` gives it: sound levels as energy. */
  take(at: number, value: number): number {
    const { ring, figure } = this;
    if (ring.size === maxReadings) this.drop();
    ring.push(at, value);
    figure.added(value, (ring.first + ring.size - 1) | 0);
    const from = at - this.window;
    while (ring.at(0) <= from) this.drop();
    return ring.size < this.minSamples ? Number.NaN : figure.value();
  }

  oldest(): number {
    return this.ring.oldest();
  }

  clear(): void {
    this.ring.clear();
    this.figure.clear();
  }

  save(more = 0): [Float64Array, Float64Array] {
    return this.ring.save(more);
  }

  get size(): number {
    return this.ring.size;
  }

  private drop(): void {
    this.figure.dropped(this.ring.value(0), this.ring.first);
    this.ring.shift();
  }
}

function figureOf(leaf: Leaf, ring: Ring): Figure {
  switch (leaf.over) {
    case 'min':
    case 'max':
    case 'range':
    case 'rise':
    case 'fall':
      return new Extremes(ring, leaf.over);
    case 'rate':
      return new Rate(ring);
    case 'percentile':
      return new Percentile(leaf.percentile);
    default:
      return new Sum(ring, leaf.over);
  }
}

/** Sums of this many of it cannot overflow. */
const wild = Number.MAX_VALUE / maxReadings / 4;

class Sum implements Figure {
  private readonly sum = new ExactSum();
  private readonly ring: Ring;
  private readonly over: Over;
  /** Values in the window that are too large to be added exactly. */
  private wild = 0;

  constructor(ring: Ring, over: Over) {
    this.ring = ring;
    this.over = over;
  }

  added(value: number): void {
    if (Math.abs(value) < wild) this.sum.add(value);
    else this.wild += 1;
  }

  dropped(value: number): void {
    if (Math.abs(value) < wild) this.sum.add(-value);
    else this.wild -= 1;
  }

  value(): number {
    const { size } = this.ring;
    const sum = this.wild === 0 ? this.sum.value() : this.plain();
    if (this.over === 'sum') return sum;
    return this.over === 'leq' ? 10 * Math.log10(sum / size) : sum / size;
  }

  clear(): void {
    this.sum.clear();
    this.wild = 0;
  }

  private plain(): number {
    let sum = 0;
    for (let i = 0; i < this.ring.size; i += 1) sum += this.ring.value(i);
    return sum;
  }
}

class Extremes implements Figure {
  private readonly ring: Ring;
  private readonly over: Over;
  private readonly low: Extreme | null;
  private readonly high: Extreme | null;

  constructor(ring: Ring, over: Over) {
    this.ring = ring;
    this.over = over;
    this.low = over === 'max' || over === 'fall' ? null : new Extreme(ring, -1);
    this.high = over === 'min' || over === 'rise' ? null : new Extreme(ring, 1);
  }

  added(_: number, sequence: number): void {
    this.low?.added(sequence);
    this.high?.added(sequence);
  }

  dropped(_: number, sequence: number): void {
    this.low?.dropped(sequence);
    this.high?.dropped(sequence);
  }

  value(): number {
    const { over, ring } = this;
    const low = this.low?.value() ?? Number.NaN;
    const high = this.high?.value() ?? Number.NaN;
    if (over === 'min') return low;
    if (over === 'max') return high;
    if (over === 'range') return high - low;
    const newest = ring.value(ring.size - 1);
    return over === 'rise' ? newest - low : high - newest;
  }

  clear(): void {
    this.low?.clear();
    this.high?.clear();
  }
}

const hour = 3_600_000;

class Rate implements Figure {
  private readonly ring: Ring;

  constructor(ring: Ring) {
    this.ring = ring;
  }

  added(): void {}
  dropped(): void {}
  clear(): void {}

  /** Per hour; one reading alone has none. */
  value(): number {
    const { ring } = this;
    const last = ring.size - 1;
    if (last === 0) return Number.NaN;
    return (ring.value(last) - ring.value(0)) / ((ring.at(last) - ring.at(0)) / hour);
  }
}

class Percentile implements Figure {
  private readonly sorted = new Sorted();
  private readonly percentile: number;

  constructor(percentile: number) {
    this.percentile = percentile;
  }

  added(value: number): void {
    this.sorted.add(value);
  }

  dropped(value: number): void {
    this.sorted.remove(value);
  }

  /** Nearest rank. Multiplied before it is divided: 7 % of 100 is the 7th, not the 8th by a rounding error. */
  value(): number {
    return this.sorted.at(Math.ceil((this.percentile * this.sorted.size) / 100) - 1);
  }

  clear(): void {
    this.sorted.clear();
  }
}
