import type { ReadingColumns } from '@caretaker/standards/engine';
import { beyond, calmTop, minute } from './engine-estate.ts';

/** A fixed start, so that every run judges the same readings. */
export const start = Date.UTC(2026, 0, 1);
/** Readings of one call of the engine: a frame of a busy gateway. */
const frame = 2_000;
/** Half of the readings that cross a limit go beyond it, the other half come back. */
const excursions = 0.005;
/** One excursion in ten lasts until its rules detect it. */
const lasting = 0.1;
const longest = 8;

/** Small, fast and the same everywhere (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Readings of all points once a minute, each minute in another random order, measured one after another. One
 * reading in a hundred crosses the limits of its point.
 */
export class Load {
  readonly #points: Int32Array;
  /** Readings for which a point still stays beyond its limits. */
  readonly #left: Uint8Array;
  readonly #random = randomOf(1);
  /** The engine's number of each point, to be permuted. */
  readonly #order: Int32Array;
  #round = 0;

  constructor(points: Int32Array) {
    this.#points = points;
    this.#order = Int32Array.from(points.keys());
    this.#left = new Uint8Array(points.length);
  }

  get rounds(): number {
    return this.#round;
  }

  /** The end of the last round made. */
  get time(): number {
    return start + this.#round * minute;
  }

  /** The frames of the next round, made before they are measured. */
  next(): ReadingColumns[] {
    const n = this.#points.length;
    this.#shuffle();
    const at = Float64Array.from({ length: n }, (_, k) => Math.floor(this.time + (k * minute) / n));
    const place = Int32Array.from(this.#order, (p) => this.#points[p] as number);
    const value = Float64Array.from(this.#order, (p) => this.#value(p));
    this.#round += 1;
    const history = new Uint8Array(n);
    return Array.from({ length: Math.ceil(n / frame) }, (_, f) => {
      const from = f * frame;
      const to = Math.min(n, from + frame);
      return {
        length: to - from,
        point: place.slice(from, to),
        at: at.slice(from, to),
        received: at.slice(from, to),
        value: value.slice(from, to),
        history: history.slice(from, to),
      };
    });
  }

  /** Values are eighths, so that sums of them are exact. */
  #value(point: number): number {
    const random = this.#random;
    const left = this.#left[point] as number;
    if (left > 0) {
      this.#left[point] = left - 1;
      return beyond + Math.floor(random() * 80) / 8;
    }
    if (random() >= excursions) return calmTop - Math.floor(random() * 80) / 8;
    this.#left[point] = random() < lasting ? longest : 0;
    return beyond;
  }

  #shuffle(): void {
    const order = this.#order;
    for (let k = order.length - 1; k > 0; k -= 1) {
      const other = Math.floor(this.#random() * (k + 1));
      const held = order[k] as number;
      order[k] = order[other] as number;
      order[other] = held;
    }
  }
}
