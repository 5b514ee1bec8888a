import type { Tx } from '../db/database.ts';
import type { Position } from '../inbox/place.ts';

/** A frame as it was taken, for a restart to judge again what came since the last snapshot. */
export interface TakenFrame {
  readonly estate: string;
  readonly gateway: string;
  /** Readings at its beginning that had been accepted before. */
  readonly skipped: number;
  /** Up to when time has passed for the gateway with it; null when it has not. */
  readonly advanced: number | null;
  readonly frame: Uint8Array;
}

/** @returns its number: later ones have larger numbers */
export async function saveFrame(tx: Tx, taken: TakenFrame): Promise<number> {
  const { id } = await tx
    .insertInto('inbox')
    .values(taken)
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function savePosition(tx: Tx, gateway: string, position: Position): Promise<void> {
  const { journal, accepted, newest } = position;
  await tx
    .insertInto('positions')
    .values({ gateway, journal, accepted, newest })
    .onConflict((conflict) =>
      conflict.columns(['gateway', 'journal']).doUpdateSet({ accepted, newest }),
    )
    .execute();
}
