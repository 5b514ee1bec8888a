import type { Log } from '@caretaker/readings/base';
import type { Database } from '../db/database.ts';
import { notTakenIn, takeIn } from './search.ts';

/** Tickets that one transaction takes in: others wait for it. */
const perTurn = 50;

/**
 * Makes tickets of before searchable, beside the work of the day: those that are older than the search, and all of
 * them when texts come to be reduced to other words.
 * @returns when it is done, and how to end it before
 */
export function takeInOlder(
  database: Database,
  log: Log,
): { readonly done: Promise<void>; stop(): Promise<void> } {
  let ended = false;
  const work = async () => {
    for (let after: number | null = 0; after !== null && !ended; ) {
      const { ids, last } = await notTakenIn(database.read, after, perTurn);
      if (ids.length > 0) {
        await database.write(async (tx) => {
          const rows = await tx.selectFrom('tickets').selectAll().where('id', 'in', ids).execute();
          for (const row of rows) await takeIn(tx, row);
        });
      }
      after = last;
    }
  };
  const done = work().catch((error: unknown) => {
    log.error({ error: String(error) }, 'older tickets could not be made searchable');
  });
  return {
    done,
    stop() {
      ended = true;
      return done;
    },
  };
}
