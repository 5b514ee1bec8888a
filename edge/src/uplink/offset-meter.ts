import type { Clock } from '@caretaker/readings/base';
import type { Reply } from '@caretaker/readings/uplink';

/** The cloud's clock as seen from here. */
export interface CloudTime {
  /** UTC epoch milliseconds of the cloud's clock when our monotonic one was at 0. */
  readonly base: number;
  /** The true base is within so many milliseconds of it, if neither clock has stepped since. */
  readonly uncertainty: number;
}

interface Sample extends CloudTime {
  /** Of our monotonic clock. */
  readonly at: number;
}

/** The best of so many answers counts: the one that was on the way for the shortest time. */
const SAMPLES = 16;
/** Answers to older questions than the last so many no longer count. */
const MOST_ASKED = 4;
const LONGEST_MS = 10 * 60_000;
/** Times in messages are whole milliseconds, at both ends. */
const ROUNDING_MS = 1;
/** Crystals of cheap machines drift by less. */
const DRIFT = 1e-4;

/**
 * Measures the cloud's clock as NTP does [RFC 5905, 8]: a question carries a number, its answer says when it came and
 * when the answer left. Half of the time on the way may have been in either direction, so the quickest answer says most.
 * Reckoned against the monotonic clock, a measurement survives steps of this machine's wall clock.
 */
export class OffsetMeter {
  readonly #clock: Clock;
  #samples: Sample[] = [];
  /** Questions without an answer, and when they were asked. */
  #asked = new Map<number, number>();
  #next: number;

  /** @param first number of the first question; best not that of an earlier start, whose answers may still come */
  constructor(clock: Clock, first: number) {
    this.#clock = clock;
    this.#next = first;
  }

  /** A question that is sent now. */
  probe(): number {
    const probe = this.#next;
    this.#next += 1;
    this.#asked.set(probe, this.#clock.monotonic());
    for (const old of this.#asked.keys()) if (old <= probe - MOST_ASKED) this.#asked.delete(old);
    return probe;
  }

  /** @returns whether the answer told anything. */
  answer({ probe, received, sent }: Extract<Reply, { type: 'clock' }>): boolean {
    const asked = this.#asked.get(probe);
    if (asked === undefined) return false;
    this.#asked.delete(probe);
    const at = this.#clock.monotonic();
    const onTheWay = at - asked - (sent - received);
    if (sent < received || onTheWay < -ROUNDING_MS) return false;
    const base = (received + sent - asked - at) / 2;
    const sample = { base, uncertainty: Math.max(0, onTheWay) / 2 + ROUNDING_MS, at };
    const best = this.best;
    // Both cannot be right: the cloud's clock was set meanwhile.
    if (best !== null && Math.abs(base - best.base) > sample.uncertainty + best.uncertainty) {
      this.#samples = [];
    }
    this.#samples.push(sample);
    if (this.#samples.length > SAMPLES) this.#samples.shift();
    return true;
  }

  /** The best that is known now; null before the first answer, and when none has come for ten minutes. */
  get best(): CloudTime | null {
    const now = this.#clock.monotonic();
    let best: CloudTime | null = null;
    for (const { base, uncertainty: then, at } of this.#samples) {
      if (now - at > LONGEST_MS) continue;
      const uncertainty = then + (now - at) * DRIFT;
      if (best === null || uncertainty < best.uncertainty) best = { base, uncertainty };
    }
    return best;
  }
}
