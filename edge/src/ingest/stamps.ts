import type { ReadingValue } from '@caretaker/readings';

interface Last {
  /** Latest time that we gave; 0 when the device always stamps. */
  given: number;
  /** The newest reading that the device stamped. */
  at: number;
  value: ReadingValue | undefined;
}

/** What must be remembered per point to give times and to find conflicts. */
export class Stamps {
  readonly #last = new Map<string, Last>();
  #floor: number;

  /** @param floor no unstamped reading before the last restart has a later time, UTC epoch milliseconds. */
  constructor(floor: number) {
    this.#floor = floor;
  }

  /** A time for an unstamped reading: its receipt, or the next free millisecond after the point's last. */
  give(point: string, received: number): number {
    const last = this.#of(point);
    let at = received > last.given ? received : last.given + 1;
    if (at === last.at) at += 1;
    last.given = at;
    return at;
  }

  /** False when the device has said another value for the same instant just before. */
  agrees(point: string, at: number, value: ReadingValue): boolean {
    const last = this.#of(point);
    if (last.at === at && last.value !== undefined) return last.value === value;
    if (at > last.at) {
      last.at = at;
      last.value = value;
    }
    return true;
  }

  /** Time has changed its meaning: every point goes on behind the floor. */
  rebase(floor: number): void {
    this.#floor = floor;
    for (const last of this.#last.values()) last.given = floor;
  }

  /** The journal has refused readings: what devices said in them counts as not said. */
  forgetValues(): void {
    for (const last of this.#last.values()) last.value = undefined;
  }

  #of(point: string): Last {
    let last = this.#last.get(point);
    if (last === undefined) {
      last = { given: this.#floor, at: 0, value: undefined };
      this.#last.set(point, last);
    }
    return last;
  }
}
