import { HOUR } from '../store/rollup.ts';
import type { Interval } from '../store/stretch.ts';

/** The hours of points whose rollups do not say everything. */
export class DirtyHours {
  readonly #points = new Map<string, Set<number>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(point: string, hour: number): boolean {
    return this.#points.get(point)?.has(hour) === true;
  }

  /** By point. */
  get hours(): ReadonlyMap<string, ReadonlySet<number>> {
    return this.#points;
  }

  add(point: string, hour: number): void {
    const hours = this.#points.get(point);
    if (hours === undefined) this.#points.set(point, new Set([hour]));
    else if (hours.has(hour)) return;
    else hours.add(hour);
    this.#size += 1;
  }

  delete(point: string, { from, to }: Interval): void {
    const hours = this.#points.get(point);
    if (hours === undefined) return;
    for (const hour of [...hours]) {
      if (hour >= from && hour < to && hours.delete(hour)) this.#size -= 1;
    }
    if (hours.size === 0) this.#points.delete(point);
  }

  /** The points with a dirty hour before `until`, by their ids. */
  points(until: number): string[] {
    const points: string[] = [];
    for (const [point, hours] of this.#points) {
      for (const hour of hours) {
        if (hour >= until) continue;
        points.push(point);
        break;
      }
    }
    return points.sort();
  }

  /** Dirty hours of any of these points in that time, ascending; hours less than `gap` apart make one stretch. */
  stretches(points: Iterable<string>, { from, to }: Interval, gap = 0): Interval[] {
    const hours = new Set<number>();
    for (const point of points) {
      for (const hour of this.#points.get(point) ?? []) {
        if (hour + HOUR > from && hour < to) hours.add(hour);
      }
    }
    const stretches: { from: number; to: number }[] = [];
    for (const hour of Float64Array.from(hours).sort()) {
      const last = stretches.at(-1);
      if (last !== undefined && hour - last.to <= gap) last.to = hour + HOUR;
      else stretches.push({ from: hour, to: hour + HOUR });
    }
    return stretches;
  }
}
