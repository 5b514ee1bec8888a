import type { DatabaseSync } from 'node:sqlite';

/** All of `work` or nothing, durable when this returns. */
export function writeIn<T>(database: DatabaseSync, work: () => T): T {
  return within(database, 'BEGIN IMMEDIATE', work);
}

/** Everything that `work` reads is of one moment: what is folded meanwhile is neither missed nor seen twice. */
export function readIn<T>(database: DatabaseSync, work: () => T): T {
  return database.isTransaction ? work() : within(database, 'BEGIN', work);
}

function within<T>(database: DatabaseSync, begin: string, work: () => T): T {
  database.exec(begin);
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk has rolled back already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
