import type { Estate } from '@caretaker/devices/model';
import type { Clock } from '@caretaker/readings/base';
import type { Tx } from '../db/database.ts';
import type { Directory } from '../estates/directory.ts';
import { Turns } from '../host/turns.ts';
import type { Audit, Detail } from '../identity/deed.ts';
import type { InForce } from './in-force.ts';

/** Who changes something: the name that is shown, and the actor of the audit log. */
export interface Author {
  readonly name: string;
  readonly actor: string;
}

export interface GapParts {
  readonly inForce: InForce;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly audit: Audit;
  /** What goes on between two frames of an estate, after which it is judged by what is in force then. */
  readonly renew: (estate: string, change: () => Promise<void>) => Promise<void>;
  /** Time up to which readings of an estate were judged, or were said to be complete. */
  readonly judgedTo: (estate: Estate) => number;
}

/** A device's clock may run ahead by this much; beyond it, a time is no reason to let a change wait. */
export const ahead = 5 * 60_000;

/** Where changes take place: one after another, while nothing is judged, and with a word to the audit log. */
export class Gap {
  readonly #parts: GapParts;
  readonly #turns = new Turns();

  constructor(parts: GapParts) {
    this.#parts = parts;
  }

  /** `between` of all estates. */
  everywhere<T>(change: (earliest: number) => Promise<T>): Promise<T> {
    return this.between([...this.#parts.directory.estates.values()], change);
  }

  /** Runs `change` while none of the estates judges anything, with the earliest time it may count from. */
  async between<T>(
    estates: readonly Estate[],
    change: (earliest: number) => Promise<T>,
  ): Promise<T> {
    const { inForce, clock, judgedTo, renew } = this.#parts;
    let result: T | undefined;
    const run = estates.reduceRight<() => Promise<void>>(
      (inner, estate) => () => renew(estate.id, inner),
      async () => {
        const now = clock.now();
        const judged = Math.max(now, ...estates.map((estate) => judgedTo(estate) + 1));
        // A clock that was set back must not put this before what came into force at once when that was said.
        const atOnce = inForce.versions.all.filter(
          ({ effective, recorded }) => effective <= Math.min(now, recorded) + ahead,
        );
        const said = atOnce.map(({ effective }) => effective);
        result = await change(Math.max(0, ...said, Math.min(judged, now + ahead)));
      },
    );
    await run();
    return result as T;
  }

  audit(tx: Tx, by: Author, action: string, object: string, detail: Detail): Promise<void> {
    const { audit, clock } = this.#parts;
    return audit(tx, { at: clock.now(), actor: by.actor, action, object, detail });
  }

  /** Runs one after another. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.run(work);
  }
}
