import type { Reading, ReadingStore } from '@caretaker/readings';
import type { Localised } from './localiser.ts';
import { heldOf, type Refused } from './refused.ts';

/** What became of a frame's readings in the store. */
export interface Stored extends Localised, Refused {
  /** Those that the store holds: what is judged. */
  readonly held: readonly Reading[];
  readonly duplicates: number;
}

/** Step 1: keeps the readings that the estate declares, durable when it resolves, and idempotent. */
export async function storeLocalised(store: ReadingStore, local: Localised): Promise<Stored> {
  const { known } = local;
  const written = known.length === 0 ? null : await store.write(known);
  const { conflicts = [], refused: unkept = [], duplicates = 0 } = written ?? {};
  return { ...local, held: heldOf(known, written), conflicts, unkept, duplicates };
}
