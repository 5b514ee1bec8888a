import type { Reading, ReadingValue } from '@caretaker/readings';
import type { EnginePoint, Layout } from './layout.ts';

/** How long a gateway's complete-to must pass without a reading of a device that empties its buffer. */
const quiet = 10_000;
/**
 * A reading received later than this after it was measured comes from a buffer, milliseconds. Clocks of devices
 * and slow networks stay below it; a device whose clock is slower by more waits `quiet` for what time alone
 * brings, and rules without a hold wait for nothing.
 */
const buffered = 60_000;

/** What is known of each point and gateway, whichever rules use them. */
export class Inputs {
  /** Time of the newest reading of each point; −Infinity before the first. */
  readonly lastAt: Float64Array;
  readonly lastReceived: Float64Array;
  /** 1 while the newest reading tells that the device is emptying a buffer, or is history. */
  readonly catchingUp: Uint8Array;
  /** Complete-to of each gateway. */
  readonly complete: Float64Array;
  private readonly layout: Layout;

  constructor(layout: Layout) {
    this.layout = layout;
    const n = layout.points.length;
    this.lastAt = new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
    this.lastReceived = new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
    this.catchingUp = new Uint8Array(n);
    this.complete = new Float64Array(layout.gateways.length).fill(Number.NEGATIVE_INFINITY);
  }

  /** The value as a number; NaN when it is not of the point's type or must not be judged at its age. */
  encode(point: EnginePoint, reading: Reading): number {
    const tooOld = !point.ageless && reading.at < reading.received - this.layout.horizon;
    return tooOld ? Number.NaN : this.number(point, reading.value);
  }

  /** Notes a reading newer than all before it. */
  newest(number: number, reading: Reading): void {
    this.lastAt[number] = reading.at;
    const old = reading.received - reading.at > buffered;
    this.catchingUp[number] = old || reading.history ? 1 : 0;
  }

  /** Until when nothing is said by time alone because a device of these points catches up; 0: said now. */
  holdsBack(points: readonly number[], complete: number): number {
    let until = Number.POSITIVE_INFINITY;
    for (const p of points) {
      if (this.catchingUp[p] === 0) continue;
      const calm = (this.lastReceived[p] as number) + quiet;
      if (complete < calm && calm < until) until = calm;
    }
    return until === Number.POSITIVE_INFINITY ? 0 : until;
  }

  /** The value as a number; NaN when it is not of the point's type. */
  number(point: EnginePoint, value: ReadingValue): number {
    if (point.type !== null && typeof value !== point.type) return Number.NaN;
    if (typeof value === 'number') return Number.isFinite(value) ? value : Number.NaN;
    return typeof value === 'string' ? this.layout.words.encode(value) : Number(value);
  }
}
