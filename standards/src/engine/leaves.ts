import { maxReadings } from '../catalogue/schema.ts';
import type { Leaf } from '../rules/resolve.ts';
import { no, unknown, yes } from './kleene.ts';
import type { Slot } from './layout.ts';
import { Ring } from './ring.ts';

/** Fields of a leaf slot, one row of numbers each. */
export const leaf = {
  /** Time of the last reading; −Infinity before the first. */
  at: 0,
  /** From here on the value is unknown. */
  until: 1,
  /** The value judged: the reading, or the aggregate over the window. NaN when there is none. */
  value: 2,
  /** Kleene: breaching at the limit. */
  breach: 3,
  /** Kleene: not yet beyond the clear limit. */
  stays: 4,
  /** 1 when the last reading was history. */
  history: 5,
} as const;
export const leafFields = 6;

/** A count leaf's memory of one reading. */
const breaching = 1;
const onClearSide = 2;

/** The inputs of all instances: the newest value of each leaf and the windows behind it. */
export class Leaves {
  readonly cells: Float64Array;
  readonly rings: (Ring | null)[];
  private readonly slots: readonly Slot[];
  private readonly silentAfter: Float64Array;

  /** @param silentAfter of the point of each slot, milliseconds. */
  constructor(slots: readonly Slot[], silentAfter: Float64Array) {
    this.slots = slots;
    this.silentAfter = silentAfter;
    this.cells = new Float64Array(slots.length * leafFields);
    this.rings = slots.map((slot) => (slot.leaf === null ? null : ringFor(slot.leaf)));
    for (let slot = 0; slot < slots.length; slot += 1) this.clear(slot);
  }

  /** As before the first reading. */
  clear(slot: number): void {
    const o = slot * leafFields;
    this.cells[o + leaf.at] = Number.NEGATIVE_INFINITY;
    this.cells[o + leaf.until] = Number.POSITIVE_INFINITY;
    this.cells[o + leaf.value] = Number.NaN;
    this.cells[o + leaf.breach] = unknown;
    this.cells[o + leaf.stays] = unknown;
    this.cells[o + leaf.history] = 1;
    this.rings[slot]?.clear();
  }

  /** Takes a reading newer than the last one of this slot. */
  apply(slot: number, at: number, value: number, history: boolean): void {
    const o = slot * leafFields;
    const cells = this.cells;
    cells[o + leaf.at] = at;
    cells[o + leaf.until] = at + (this.silentAfter[slot] as number);
    cells[o + leaf.value] = value;
    cells[o + leaf.history] = history ? 1 : 0;
    const { leaf: spec, is, during } = this.slots[slot] as Slot;
    if (spec === null) return;
    const ring = this.rings[slot] ?? null;
    if (ring === null) {
      this.compare(o, spec, is, value);
    } else if (spec.count !== null) {
      this.count(o, spec, ring, at, encodeCounted(spec, is, value, during?.at(at) ?? true));
    } else {
      this.aggregate(o, spec, ring, at, value);
    }
  }

  /** Puts a reading back into the window behind a slot whose newest value is already known. */
  refill(slot: number, at: number, value: number): void {
    const ring = this.rings[slot];
    const { leaf: spec, is, during } = this.slots[slot] as Slot;
    if (ring === null || ring === undefined || spec === null) return;
    const kept =
      spec.count === null
        ? weight(spec, value)
        : encodeCounted(spec, is, value, during?.at(at) ?? true);
    ring.push(at, kept);
    this.trim(spec, ring, at);
  }

  private trim(spec: Leaf, ring: Ring, at: number): void {
    const span = spec.count === null ? spec.window : spec.count.within;
    if (span > 0) ring.dropTo(at - span);
  }

  private compare(o: number, spec: Leaf, is: ReadonlySet<number>, value: number): void {
    const breach = breaches(spec, is, value);
    this.cells[o + leaf.breach] = breach ? yes : no;
    this.cells[o + leaf.stays] = breach || !cleared(spec, is, value) ? yes : no;
  }

  private aggregate(o: number, spec: Leaf, ring: Ring, at: number, value: number): void {
    ring.push(at, weight(spec, value));
    this.trim(spec, ring, at);
    if (ring.size < spec.minSamples) {
      this.cells[o + leaf.value] = Number.NaN;
      this.cells[o + leaf.breach] = unknown;
      this.cells[o + leaf.stays] = unknown;
      return;
    }
    const over = combine(spec, ring);
    this.cells[o + leaf.value] = over;
    this.compare(o, spec, new Set(), over);
  }

  private count(o: number, spec: Leaf, ring: Ring, at: number, kept: number): void {
    ring.push(at, kept);
    this.trim(spec, ring, at);
    const count = spec.count as NonNullable<Leaf['count']>;
    const breach = tally(ring, count.of, breaching) >= count.least;
    const clear =
      count.clearLeast === 0
        ? !breach
        : tally(ring, count.clearOf, onClearSide) >= count.clearLeast;
    this.cells[o + leaf.breach] = breach ? yes : no;
    this.cells[o + leaf.stays] = breach || !clear ? yes : no;
  }
}

function ringFor(spec: Leaf): Ring | null {
  if (spec.count !== null) {
    return new Ring(Math.min(maxReadings, Math.max(spec.count.of, spec.count.clearOf)));
  }
  return spec.over === 'value' ? null : new Ring(maxReadings);
}

/** What a window keeps of a reading: sound levels as energy, so that the mean is a plain one. */
function weight(spec: Leaf, value: number): number {
  return spec.over === 'leq' ? 10 ** (value / 10) : value;
}

/** From oldest to newest every time, never incrementally: the result must not depend on history. */
function combine(spec: Leaf, ring: Ring): number {
  const n = ring.size;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i += 1) {
    const x = ring.get(i);
    sum += x;
    if (x < min) min = x;
    if (x > max) max = x;
  }
  if (spec.over === 'min') return min;
  if (spec.over === 'max') return max;
  if (spec.over === 'sum') return sum;
  return spec.over === 'leq' ? 10 * Math.log10(sum / n) : sum / n;
}

function tally(ring: Ring, of: number, bit: number): number {
  let n = 0;
  for (let i = Math.max(0, ring.size - of); i < ring.size; i += 1) {
    if ((ring.get(i) & bit) !== 0) n += 1;
  }
  return n;
}

function encodeCounted(
  spec: Leaf,
  is: ReadonlySet<number>,
  value: number,
  counts: boolean,
): number {
  const breach = counts && breaches(spec, is, value) ? breaching : 0;
  return breach | (!counts || cleared(spec, is, value) ? onClearSide : 0);
}

function breaches(spec: Leaf, is: ReadonlySet<number>, value: number): boolean {
  switch (spec.comparison) {
    case 'above':
      return value > spec.limit;
    case 'atLeast':
      return value >= spec.limit;
    case 'below':
      return value < spec.limit;
    case 'atMost':
      return value <= spec.limit;
    case 'outside':
      return value < spec.outside[0] || value > spec.outside[1];
    case 'is':
      return is.has(value);
    case 'changed':
      return false;
  }
}

function cleared(spec: Leaf, is: ReadonlySet<number>, value: number): boolean {
  if (spec.comparison === 'outside') {
    if (spec.clearInside === null) return !breaches(spec, is, value);
    return value >= spec.clearInside[0] && value <= spec.clearInside[1];
  }
  if (spec.clear === null || spec.comparison === 'is') return !breaches(spec, is, value);
  const upward = spec.comparison === 'above' || spec.comparison === 'atLeast';
  return upward ? value < spec.clear : value > spec.clear;
}
