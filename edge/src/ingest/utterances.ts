import type { Taken } from './taken.ts';

/** Names that are remembered: what is delivered again comes soon or not at all. */
const MOST_KEPT = 20_000;

/** Tells messages that say again what was said, by the name that their network gives each utterance. */
export class Utterances {
  /** Of those that are safe on disk, the oldest first. */
  readonly #kept = new Set<string>();
  /** Of those on their way there, whoever waits for it, too. */
  readonly #waiting = new Map<string, Taken[]>();

  /**
   * Whether it was said before. If so, `taken` is called as soon as what was said first is safe on disk.
   */
  repeats(name: string, taken: Taken): boolean {
    if (this.#kept.has(name)) {
      taken(null);
      return true;
    }
    const waiting = this.#waiting.get(name);
    waiting?.push(taken);
    return waiting !== undefined;
  }

  /** It is said for the first time. @returns what is to be told when it is safe on disk */
  begin(name: string, taken: Taken): Taken {
    const waiting: Taken[] = [];
    this.#waiting.set(name, waiting);
    return (error) => {
      this.#waiting.delete(name);
      if (error === null) this.#keep(name);
      taken(error);
      for (const one of waiting) one(error);
    };
  }

  #keep(name: string): void {
    this.#kept.add(name);
    if (this.#kept.size <= MOST_KEPT) return;
    const [oldest] = this.#kept;
    if (oldest !== undefined) this.#kept.delete(oldest);
  }
}
