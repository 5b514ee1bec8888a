import type { Frame } from '@caretaker/readings/frame';
import type { Position } from '../inbox/place.ts';

/** Up to where each journal of an estate's gateways is accepted. */
export class Positions {
  #of: Map<string, Position>;
  /** First sequence of journals that nobody introduced, after we asked for their beginning. */
  readonly #strangers = new Map<string, number>();

  constructor(of = new Map<string, Position>()) {
    this.#of = of;
  }

  /** Begins anew with what the database says. */
  load(of: Map<string, Position>): void {
    this.#of = of;
  }

  get(gateway: string, journal: string): Position | undefined {
    return this.#of.get(keyOf(gateway, journal));
  }

  set(gateway: string, position: Position): void {
    this.#of.set(keyOf(gateway, position.journal), position);
  }

  /**
   * A journal that did not introduce itself, as happens when a broker in between hid our restart from it.
   * From its beginning it can be taken; otherwise it is asked for the beginning once, and what it then sends
   * first is all it has.
   * @returns null when it is to be asked
   */
  adopt({
    gateway,
    journal,
    first,
  }: Pick<Frame, 'gateway' | 'journal' | 'first'>): Position | null {
    const key = keyOf(gateway, journal);
    if (first !== 1 && this.#strangers.get(key) !== first) {
      this.#strangers.set(key, first);
      return null;
    }
    this.#strangers.delete(key);
    return { journal, accepted: first - 1, newest: first - 1 };
  }
}

function keyOf(gateway: string, journal: string): string {
  return `${gateway}\n${journal}`;
}
