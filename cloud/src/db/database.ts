import { CaretakerError } from '@caretaker/readings/base';
import {
  type Dialect,
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  sql,
  type Transaction,
} from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import { type Engine, migrations } from './migrations.ts';
import type { Tables } from './schema.ts';
import { openSqlite } from './sqlite.ts';
import { PatientSqliteDialect } from './turns.ts';

export type Tx = Transaction<Tables>;
/** Connections for reading, or a transaction. */
export type Db = Kysely<Tables>;

/** For the few statements that the two databases spell differently. */
export function engineOf(db: Db): Engine {
  return db.getExecutor().adapter instanceof PostgresAdapter ? 'postgres' : 'sqlite';
}

/** The relational store: reads go beside each other, writes one after another. */
export interface Database {
  readonly read: Kysely<Tables>;
  /**
   * Runs `work` in one transaction. Writers of this process wait for each other, so a transaction never
   * sees another one half done and no retry on serialisation failures is needed.
   */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export type DatabaseConfig =
  | { readonly engine: 'sqlite'; readonly file: string }
  | { readonly engine: 'postgres'; readonly url: string };

/**
 * Opens the database and brings its schema up to date.
 * @throws CaretakerError `CLOUD_DATABASE_UNAVAILABLE`
 */
export async function openDatabase(config: DatabaseConfig): Promise<Database> {
  const read = new Kysely<Tables>({ dialect: dialectOf(config) });
  try {
    await migrate(read, config.engine);
  } catch (cause) {
    await read.destroy();
    throw unavailable(cause);
  }
  let tail: Promise<unknown> = Promise.resolve();
  return {
    read,
    write(work) {
      const turn = tail.then(() => read.transaction().execute(work));
      tail = turn.catch(() => {});
      return turn;
    },
    async ping() {
      await sql`select 1`.execute(read);
    },
    async close() {
      await tail;
      await read.destroy();
    },
  };
}

/** @param cause what the database or its driver says */
export function unavailable(cause: unknown): CaretakerError {
  return new CaretakerError(
    {
      code: 'CLOUD_DATABASE_UNAVAILABLE',
      message: `The database could not be opened: ${told(cause)}`,
      next: 'Check that it runs and that DATABASE_URL is right, or the rights on the data folder.',
    },
    { cause },
  );
}

function told(cause: unknown): string {
  // A name with several addresses fails at each of them, and the whole says nothing.
  if (cause instanceof AggregateError && cause.message === '') {
    return cause.errors.map(told).join('; ');
  }
  return cause instanceof Error ? cause.message : String(cause);
}

/** @param readOnly the database itself refuses every write of these connections */
export function dialectOf(config: DatabaseConfig, readOnly = false): Dialect {
  if (config.engine === 'sqlite') {
    return new PatientSqliteDialect({ database: async () => openSqlite(config.file, readOnly) });
  }
  const pool = new pg.Pool({
    connectionString: config.url,
    max: 8,
    types: { getTypeParser: typeParser },
    ...(readOnly ? { options: '-c default_transaction_read_only=on' } : {}),
  });
  // An idle connection that the server closes must not end the process.
  pool.on('error', () => {});
  return new PostgresDialect({ pool });
}

/** int8 as a number: our largest integers are epoch milliseconds and counts, far below 2^53. */
const typeParser: typeof pg.types.getTypeParser = ((oid: number, format?: 'text' | 'binary') =>
  oid === pg.types.builtins.INT8 && format !== 'binary'
    ? Number
    : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser;

async function migrate(db: Kysely<Tables>, engine: Engine): Promise<void> {
  const migrator = new Migrator({ db, provider: migrations(engine) });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
