import type { Clock } from '@caretaker/readings/base';

/** Bytes of one frame at most; the cloud refuses packets of four times that. */
const LARGEST_FRAME = 1_000_000;
/** With a cap a frame takes this long on the wire, so that what is urgent waits no longer. */
const FRAME_SECONDS = 0.5;
const SMALLEST_FRAME = 4_000;
const MOST_READINGS = 5_000;
const FEWEST_READINGS = 20;
/** Of the first frame, and twice as many with each: what writes them is slow before it has run for a while. */
const FIRST_READINGS = 500;
/** Frames on the way at a time: so many to begin with, and one more for each that is quickly acknowledged. */
const FIRST_WINDOW = 2;
const LARGEST_WINDOW = 8;
/** An acknowledgement that takes longer shows a queue that what is urgent would have to wait behind. */
const SLOW_MS = 2_000;

/**
 * How much may be under way to the cloud: a cap on bytes per second, and a window of frames that shrinks when
 * acknowledgements take long. Status messages and alarms are not held back by it.
 */
export class Pace {
  readonly #clock: Clock;
  /** Null without a cap. */
  readonly #bytesPerMs: number | null;
  readonly #burst: number;
  /** May be less than nothing: a frame is sent whole. */
  #tokens: number;
  #filledAt: number;
  #window = FIRST_WINDOW;
  /** Bytes that a reading takes in a frame, as the last frames had it. */
  #each = 0;
  #most = FIRST_READINGS;

  /** @param kilobits per second that frames may take; null for as much as there is */
  constructor(clock: Clock, kilobits: number | null) {
    this.#clock = clock;
    this.#bytesPerMs = kilobits === null ? null : kilobits / 8;
    this.#burst = this.frameBytes;
    this.#tokens = this.#burst;
    this.#filledAt = clock.monotonic();
  }

  /** Frames that may be on the way. */
  get window(): number {
    return this.#window;
  }

  get frameBytes(): number {
    if (this.#bytesPerMs === null) return LARGEST_FRAME;
    const wanted = this.#bytesPerMs * 1_000 * FRAME_SECONDS;
    return Math.min(LARGEST_FRAME, Math.max(SMALLEST_FRAME, wanted));
  }

  /** Readings that one frame will have room for, as far as one can tell before it is written. */
  get frameReadings(): number {
    if (this.#each === 0) return this.#bytesPerMs === null ? this.#most : FEWEST_READINGS;
    const fit = Math.floor(this.frameBytes / this.#each);
    return Math.min(this.#most, Math.max(FEWEST_READINGS, fit));
  }

  /** Milliseconds until the next frame may go. */
  get wait(): number {
    if (this.#bytesPerMs === null) return 0;
    const now = this.#clock.monotonic();
    const earned = (now - this.#filledAt) * this.#bytesPerMs;
    this.#tokens = Math.min(this.#burst, this.#tokens + earned);
    this.#filledAt = now;
    return this.#tokens > 0 ? 0 : Math.ceil(1 - this.#tokens / this.#bytesPerMs);
  }

  sent(bytes: number, readings: number): void {
    this.#tokens -= bytes;
    if (readings === 0) return;
    if (readings >= this.#most) this.#most = Math.min(MOST_READINGS, 2 * this.#most);
    const each = bytes / readings;
    // Grows at once and shrinks slowly: a frame too large is written again.
    this.#each = each > this.#each ? each : this.#each + (each - this.#each) / 8;
  }

  /** A frame was acknowledged so many milliseconds after it was sent. */
  acknowledged(afterMs: number): void {
    if (afterMs > SLOW_MS) this.#window = Math.max(1, Math.floor(this.#window / 2));
    else if (this.#window < LARGEST_WINDOW) this.#window += 1;
  }

  /** A new connection, which may go another way. */
  restart(): void {
    this.#window = FIRST_WINDOW;
  }
}
