import { DatabaseSync } from 'node:sqlite';
import { CaretakerError } from '../base/index.ts';

/** "CTKR": tells our files from those of other programs. */
const APPLICATION = 0x43544b52;
const SCHEMA = 1;

/** Flag bits of `reading.flags`. */
export const STAMPED = 1;
export const HISTORY = 2;

/** Types of `series.type`. */
export const TYPES = ['number', 'state', 'flag'] as const;

/*
 * `reading.value`: REAL for numbers, TEXT for states, INTEGER 0 or 1 for flags. `lag` is received − at, which
 * takes fewer bytes than the instant. `span` spares a search of all readings for the first and the newest.
 */
const TABLES = `
  CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    point TEXT NOT NULL UNIQUE,
    type INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE reading (
    series INTEGER NOT NULL REFERENCES series (id),
    at INTEGER NOT NULL,
    value ANY NOT NULL,
    lag INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    PRIMARY KEY (series, at)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE span (
    series INTEGER PRIMARY KEY REFERENCES series (id),
    first INTEGER NOT NULL,
    last INTEGER NOT NULL
  ) STRICT;
`;

/**
 * Opens the readings file for writing and creates its tables if it is new.
 * @throws CaretakerError `READINGS_STORE_NEWER`, `READINGS_STORE_FOREIGN`.
 */
export function openForWriting(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  try {
    checkOwner(database, file);
    // FULL: what was committed survives a power cut. A checkpoint each 20,000 pages instead of 1,000 doubles
    // the rate of large batches (51k to 88k rows/s measured).
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = 20000;
      PRAGMA cache_size = -32000;
    `);
    createTables(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens the readings file for reading only, beside a writer. */
export function openForReading(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true });
  database.exec('PRAGMA cache_size = -16000; PRAGMA busy_timeout = 5000');
  return database;
}

function checkOwner(database: DatabaseSync, file: string): void {
  const application = pragma(database, 'application_id');
  const schema = pragma(database, 'user_version');
  const tables = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() !== undefined;
  if (application !== APPLICATION && tables) {
    throw new CaretakerError({
      code: 'READINGS_STORE_FOREIGN',
      message: 'This file belongs to another program',
      next: 'Give another file; this one was left as it is.',
      where: file,
    });
  }
  if (schema > SCHEMA) {
    throw new CaretakerError({
      code: 'READINGS_STORE_NEWER',
      message: `The readings file has schema ${schema}; this program knows schema ${SCHEMA}`,
      next: 'Start the newer program that wrote it, or give another file.',
      where: file,
    });
  }
}

function createTables(database: DatabaseSync): void {
  if (pragma(database, 'user_version') === SCHEMA) return;
  database.exec(`
    BEGIN IMMEDIATE;
    ${TABLES}
    PRAGMA application_id = ${APPLICATION};
    PRAGMA user_version = ${SCHEMA};
    COMMIT;
  `);
}

function pragma(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
  const row = database.prepare(`PRAGMA ${name}`).get() as Record<string, number>;
  return row[name] as number;
}
