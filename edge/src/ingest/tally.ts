import type { Ignored } from '@caretaker/devices/decode';

/** What became of device messages since start: each is exactly one of the three. */
export interface MessageCounts {
  /** At least one reading. */
  readonly accepted: number;
  /** No reading, and at least one fault. */
  readonly quarantined: number;
  /** Neither, by the reason. */
  readonly ignored: Readonly<Record<Ignored, number>>;
}

/** Counts what becomes of messages. */
export class Tally {
  #accepted = 0;
  #quarantined = 0;
  readonly #ignored: Record<Ignored, number> = {
    sign: 0,
    presence: 0,
    retained: 0,
    simulated: 0,
    empty: 0,
    duplicate: 0,
  };

  count(readings: number, faults: number, ignored: Ignored | null): void {
    if (readings > 0) this.#accepted += 1;
    else if (faults > 0) this.#quarantined += 1;
    else this.#ignored[ignored ?? 'empty'] += 1;
  }

  get counts(): MessageCounts {
    return {
      accepted: this.#accepted,
      quarantined: this.#quarantined,
      ignored: { ...this.#ignored },
    };
  }
}
