import type { Clock } from '@caretaker/readings/base';

/** A step back longer than this is a correction of the clock, not a jitter of it. */
const JITTER_MS = 60_000;

/**
 * The time of receipt: the gateway's clock, made never to go back by small steps, because "all received up
 * to T" must stay true once it was said.
 */
export class GatewayClock {
  readonly #clock: Clock;
  #last: number;

  /** @param last the newest receipt already journalled, UTC epoch milliseconds. */
  constructor(clock: Clock, last: number) {
    this.#clock = clock;
    this.#last = last;
  }

  now(): number {
    const now = this.#clock.now();
    if (now >= this.#last || this.#last - now > JITTER_MS) this.#last = now;
    return this.#last;
  }
}
