import { CaretakerError } from '@caretaker/readings/base';
import { Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { type Database, type DatabaseConfig, dialectOf, unavailable } from './database.ts';
import { type Engine, migrations } from './migrations.ts';
import type { Tables } from './schema.ts';

/**
 * Opens the database of a cloud that may be running, to read beside it: nothing is written, and its schema stays
 * as it is.
 * @throws CaretakerError `CLOUD_DATABASE_UNAVAILABLE`; `CLOUD_DATABASE_OLDER`, `CLOUD_DATABASE_NEWER` when its
 *   schema is of another version of Caretaker
 */
export async function openReadOnly(config: DatabaseConfig): Promise<Database> {
  const read = new Kysely<Tables>({ dialect: dialectOf(config, true) });
  try {
    await refuseOther(read, config.engine);
  } catch (cause) {
    await read.destroy();
    throw cause instanceof CaretakerError ? cause : unavailable(cause);
  }
  return {
    read,
    write: () => Promise.reject(new Error('the database was opened for reading only')),
    async ping() {
      await sql`select 1`.execute(read);
    },
    close: () => read.destroy(),
  };
}

async function refuseOther(db: Kysely<Tables>, engine: Engine): Promise<void> {
  const known = await new Migrator({ db, provider: migrations(engine) }).getMigrations();
  const missing = known.filter((one) => one.executedAt === undefined).map((one) => one.name);
  if (missing.length > 0) {
    throw new CaretakerError({
      code: 'CLOUD_DATABASE_OLDER',
      message: `The database is of an older version of Caretaker: it lacks ${missing.join(', ')}.`,
      next: 'Start the cloud of this version once, which brings it up to date; or use the version that runs.',
    });
  }
  const done = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  const names = new Set(known.map((one) => one.name));
  const more = done.rows.map((row) => row.name).filter((name) => !names.has(name));
  if (more.length === 0) return;
  throw new CaretakerError({
    code: 'CLOUD_DATABASE_NEWER',
    message: `The database is of a newer version of Caretaker: it has ${more.join(', ')} as well.`,
    next: 'Use the command of the version that runs.',
  });
}
