import { DatabaseSync } from 'node:sqlite';
import { CaretakerError } from '../base/index.ts';
import { HOUR } from '../store/rollup.ts';

/** "CTKR": tells our files from those of other programs. */
const APPLICATION = 0x43544b52;
const SCHEMA = 2;

/** Bits of `marks`. */
export const STAMPED = 1;
export const HISTORY = 2;

/** Types of `series.type`. */
export const TYPES = ['number', 'state', 'flag'] as const;

/** Milliseconds of a slot of the landing. */
export const SLOT = 60_000;
export const SLOTS_AN_HOUR = HOUR / SLOT;
/** `hour.id` is series × this + hours since 1970: hours of one point lie together, in time order. */
const HOURS_A_SERIES = 2 ** 22;

/**
 * The id of the hour of a series that `instant` lies in; of an instant beyond all hours that of the next series'
 * first one.
 */
export function hourId(series: number, instant: number): number {
  const hour = Math.floor(instant / HOUR);
  return series * HOURS_A_SERIES + Math.min(Math.max(0, hour), HOURS_A_SERIES);
}

/** The beginning of the hour with this id. */
export function hourOfId(id: number): number {
  return (id % HOURS_A_SERIES) * HOUR;
}

/*
 * Readings land in `landing`, by slots of a minute and then by point: what comes together lies together, so that
 * a batch changes few pages however many points there are. One table by point and time takes 45,000 rows/s at
 * 10,000 points and still falls, for it changes a page a row. When an hour is over, the readings of each point in
 * it are folded into one row of `hour`, about five bytes each, with their rollup beside them. A reading is in one
 * of the two, never in both.
 *
 * `value` in `landing` and `newest`: REAL for numbers, TEXT for states, INTEGER 0 or 1 for flags. `lag` is
 * received − at, which takes fewer bytes than the instant. `hour.readings` is null once the raw readings are gone.
 * `newest` has the newest reading of each point and the first instant, to spare a search. `mark` has `raw_from`,
 * before which raw readings are gone, `stripped_to`, up to which their bytes are, and `folds`, the number of times
 * that something was folded.
 */
const TABLES = `
  CREATE TABLE landing (
    slot INTEGER NOT NULL,
    series INTEGER NOT NULL,
    ms INTEGER NOT NULL,
    value ANY NOT NULL,
    lag INTEGER NOT NULL,
    marks INTEGER NOT NULL,
    PRIMARY KEY (slot, series, ms)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE hour (
    id INTEGER PRIMARY KEY,
    rollup BLOB NOT NULL,
    readings BLOB
  ) STRICT;
  CREATE TABLE newest (
    series INTEGER PRIMARY KEY,
    first INTEGER NOT NULL,
    at INTEGER NOT NULL,
    value ANY NOT NULL,
    lag INTEGER NOT NULL,
    marks INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO mark VALUES ('raw_from', 0), ('stripped_to', 0), ('folds', 0);
`;

const SERIES = `
  CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    point TEXT NOT NULL UNIQUE,
    type INTEGER NOT NULL
  ) STRICT;
`;

/** Of schema 1, whose readings lay in `reading (series, at, value, lag, flags)` and `span (series, first, last)`. */
const FROM_1 = `
  INSERT INTO newest
    SELECT span.series, span.first, at, value, lag, flags
    FROM span JOIN reading ON reading.series = span.series AND reading.at = span.last;
  DROP TABLE span;
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

/**
 * Opens the readings file for reading only, beside a writer.
 * @throws CaretakerError `READINGS_STORE_NEWER`, `READINGS_STORE_FOREIGN`, `READINGS_STORE_OLDER`.
 */
export function openForReading(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    database.exec('PRAGMA cache_size = -16000; PRAGMA busy_timeout = 5000');
    checkOwner(database, file);
    if (pragma(database, 'user_version') === SCHEMA && !isOfSchema1(database)) return database;
    throw new CaretakerError({
      code: 'READINGS_STORE_OLDER',
      message: 'The readings file is of an older version and has not been brought to this one',
      next: 'Start Caretaker once with it: that does it.',
      where: file,
    });
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Whether readings of schema 1 wait to be folded. */
export function isOfSchema1(database: DatabaseSync): boolean {
  const found = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'reading'").get();
  return found !== undefined;
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
  const schema = pragma(database, 'user_version');
  if (schema === SCHEMA) return;
  database.exec(`
    BEGIN IMMEDIATE;
    ${schema === 0 ? SERIES : ''}
    ${TABLES}
    ${schema === 1 ? FROM_1 : ''}
    PRAGMA application_id = ${APPLICATION};
    PRAGMA user_version = ${SCHEMA};
    COMMIT;
  `);
}

function pragma(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
  const row = database.prepare(`PRAGMA ${name}`).get() as Record<string, number>;
  return row[name] as number;
}

export function markIn(database: DatabaseSync, name: 'raw_from' | 'stripped_to' | 'folds'): number {
  return Number(database.prepare('SELECT value FROM mark WHERE name = ?').get(name)?.value ?? 0);
}
