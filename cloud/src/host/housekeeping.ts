import type { Database } from '../db/database.ts';

const day = 24 * 3_600_000;

/** Lets go of what nobody will ask for again: answers to repeated requests, and pages long sent. */
export async function housekeeping(database: Database, now: number): Promise<void> {
  await database.write(async (tx) => {
    await tx
      .deleteFrom('idempotency')
      .where('at', '<', now - 7 * day)
      .execute();
    await tx
      .deleteFrom('outbox')
      .where('done', '<', now - 90 * day)
      .execute();
  });
}
