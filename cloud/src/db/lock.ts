import { DatabaseSync } from 'node:sqlite';
import { CaretakerError } from '@caretaker/readings/base';
import pg from 'pg';
import { unavailable } from './database.ts';

/** Frees what was taken; the system frees it too when the process dies. */
export type Release = () => Promise<void>;

/**
 * Takes a data folder for this process alone, by the operating system's own file lock, so that nothing is
 * left to clean up after a crash.
 * @throws CaretakerError `CLOUD_DATA_IN_USE`
 */
export function lockFolder(file: string): Release {
  const holder = new DatabaseSync(file);
  try {
    holder.exec('pragma locking_mode = exclusive; pragma journal_mode = delete; begin exclusive;');
  } catch (cause) {
    holder.close();
    throw inUse(`The data folder of ${file}`, cause);
  }
  return async () => holder.close();
}

/**
 * Takes a PostgreSQL database for this process alone: two clouds would hand out positions twice.
 * @throws CaretakerError `CLOUD_DATA_IN_USE`, `CLOUD_DATABASE_UNAVAILABLE`
 */
export async function lockPostgres(url: string): Promise<Release> {
  const client = new pg.Client({ connectionString: url });
  // The session ends when the server goes away; every query then fails anyway and is retried.
  client.on('error', () => {});
  if (!(await tryLock(client))) {
    await client.end();
    throw inUse('The PostgreSQL database', undefined);
  }
  return () => client.end();
}

async function tryLock(client: pg.Client): Promise<boolean> {
  try {
    await client.connect();
    const { rows } = await client.query<{ held: boolean }>(
      "select pg_try_advisory_lock(hashtext('caretaker-cloud')) as held",
    );
    return rows[0]?.held === true;
  } catch (cause) {
    await client.end().catch(() => {});
    throw unavailable(cause);
  }
}

function inUse(what: string, cause: unknown): CaretakerError {
  return new CaretakerError(
    {
      code: 'CLOUD_DATA_IN_USE',
      message: `${what} is in use by another cloud process.`,
      next: 'Stop the other one, or give this one its own CARETAKER_DATA or DATABASE_URL.',
    },
    { cause },
  );
}
