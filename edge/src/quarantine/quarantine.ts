import { createHash } from 'node:crypto';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { CaretakerError, type Clock, type Fault } from '@caretaker/readings/base';
import type { QuarantineEntry } from '@caretaker/readings/uplink';

/** One message, or one value in it, that could not become a reading. */
export interface Refused {
  readonly client: string;
  readonly topic: string;
  readonly fault: Fault;
  readonly payload: Uint8Array;
  /** Gateway clock, UTC epoch milliseconds. */
  readonly received: number;
}

/** Told once what became of an entry. */
export type Kept = (error: Error | null) => void;

export interface QuarantineOptions {
  readonly file: string;
  readonly clock: Clock;
  /** Rows kept; beyond it the least recently seen one goes. */
  readonly rows?: number;
}

const DEFAULT_ROWS = 1_000;
const SAMPLE_BYTES = 1_024;
const TEXT_LENGTH = 512;
/** A flood of bad messages costs one commit in this time, and waits for it: that slows only its sender. */
const GROUP_MS = 20;

interface Waiting {
  readonly refused: Refused;
  count: number;
}

/**
 * Bad messages by (client, topic, code), on disk before their sender is acknowledged: repeats raise a count,
 * and the newest payload's start is kept for whoever has to find the cause.
 */
export class Quarantine {
  readonly #options: QuarantineOptions;
  readonly #changed = new Set<string>();
  readonly #rows: number;
  #database: DatabaseSync | null = null;
  #upsert: StatementSync | null = null;
  #waiting = new Map<string, Waiting>();
  #told: Kept[] = [];
  #scheduled: (() => void) | null = null;
  #total = 0;
  #dropped = 0;

  constructor(options: QuarantineOptions) {
    this.#options = options;
    this.#rows = options.rows ?? DEFAULT_ROWS;
  }

  /**
   * Opens the file and holds it alone, which also keeps a second gateway off the same folder.
   * @throws CaretakerError `EDGE_DATA_IN_USE`.
   */
  start(): void {
    const database = new DatabaseSync(this.#options.file);
    try {
      database.exec(`
        PRAGMA locking_mode = EXCLUSIVE;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        BEGIN IMMEDIATE;
        CREATE TABLE IF NOT EXISTS entry (
          id TEXT PRIMARY KEY, code TEXT NOT NULL, reason TEXT NOT NULL, client TEXT NOT NULL,
          topic TEXT NOT NULL, count INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
          sample BLOB NOT NULL, bytes INTEGER NOT NULL, seen INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX IF NOT EXISTS entry_seen ON entry (seen);
        CREATE TABLE IF NOT EXISTS tally (
          one INTEGER PRIMARY KEY CHECK (one = 1), total INTEGER NOT NULL, dropped INTEGER NOT NULL,
          seen INTEGER NOT NULL
        ) STRICT;
        INSERT OR IGNORE INTO tally VALUES (1, 0, 0, 0);
        COMMIT;
      `);
    } catch (cause) {
      database.close();
      throw unavailable(this.#options.file, cause);
    }
    this.#database = database;
    this.#upsert = database.prepare(UPSERT);
    const tally = database.prepare('SELECT total, dropped FROM tally').get();
    this.#total = Number(tally?.total ?? 0);
    this.#dropped = Number(tally?.dropped ?? 0);
  }

  /** Messages and values ever quarantined. */
  get total(): number {
    return this.#total;
  }

  /** Rows that had to make room for others. */
  get dropped(): number {
    return this.#dropped;
  }

  add(refused: Refused, kept: Kept): void {
    const id = identity(refused);
    const before = this.#waiting.get(id);
    this.#waiting.set(id, { refused, count: (before?.count ?? 0) + 1 });
    this.#told.push(kept);
    this.#scheduled ??= this.#options.clock.after(GROUP_MS, () => this.#flush());
  }

  #flush(): void {
    this.#scheduled = null;
    const waiting = this.#waiting;
    const told = this.#told;
    this.#waiting = new Map();
    this.#told = [];
    const error = this.#write(waiting);
    for (const kept of told) kept(error);
  }

  #write(waiting: ReadonlyMap<string, Waiting>): Error | null {
    const database = this.#database;
    if (database === null || this.#upsert === null) return closedError();
    let total = this.#total;
    try {
      database.exec('BEGIN IMMEDIATE');
      for (const [id, { refused, count }] of waiting) {
        this.#upsert.run(rowOf(id, refused, count));
        total += count;
      }
      const dropped = Number(database.prepare(TRIM).run(this.#rows).changes);
      database.prepare(TALLY).run(total, this.#dropped + dropped, waiting.size);
      database.exec('COMMIT');
      this.#total = total;
      this.#dropped += dropped;
      for (const id of waiting.keys()) this.#changed.add(id);
      return null;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** All entries, the most recently seen last. */
  entries(): QuarantineEntry[] {
    return this.#select('SELECT * FROM entry ORDER BY seen').map(entryOf);
  }

  /** The entries that have changed since this was last called. */
  takeChanged(): QuarantineEntry[] {
    if (this.#changed.size === 0) return [];
    const changed = this.entries().filter((entry) => this.#changed.has(entry.id));
    this.#changed.clear();
    return changed;
  }

  #select(sql: string) {
    if (this.#database === null) throw closedError();
    return this.#database.prepare(sql).all();
  }

  stop(): void {
    this.#scheduled?.();
    if (this.#waiting.size > 0) this.#flush();
    this.#database?.close();
    this.#database = null;
  }
}

const UPSERT = `
  INSERT INTO entry VALUES
    ($id, $code, $reason, $client, $topic, $count, $received, $received, $sample, $bytes,
     (SELECT seen + 1 FROM tally))
  ON CONFLICT (id) DO UPDATE SET
    reason = excluded.reason, count = count + excluded.count, last = excluded.last,
    sample = excluded.sample, bytes = excluded.bytes, seen = excluded.seen`;
const TRIM = `
  DELETE FROM entry WHERE id IN (
    SELECT id FROM entry ORDER BY seen LIMIT max(0, (SELECT count(*) FROM entry) - ?))`;
const TALLY = 'UPDATE tally SET total = ?, dropped = ?, seen = seen + 1 + ?';

function rowOf(id: string, { fault, client, topic, payload, received }: Refused, count: number) {
  return {
    id,
    code: fault.code,
    reason: sentenceOf(fault).slice(0, TEXT_LENGTH),
    client: client.slice(0, TEXT_LENGTH),
    topic: topic.slice(0, TEXT_LENGTH),
    count,
    received,
    sample: payload.subarray(0, SAMPLE_BYTES),
    bytes: payload.length,
  };
}

function sentenceOf({ message, next }: Fault): string {
  return next === undefined ? message : `${message}; ${next}`;
}

function entryOf(row: Record<string, unknown>): QuarantineEntry {
  const sample = row.sample instanceof Uint8Array ? row.sample : new Uint8Array();
  return {
    id: String(row.id),
    code: String(row.code),
    reason: String(row.reason),
    client: String(row.client),
    topic: String(row.topic),
    count: Number(row.count),
    first: Number(row.first),
    last: Number(row.last),
    sample: Buffer.from(sample).toString('base64'),
    bytes: Number(row.bytes),
  };
}

function identity({ client, topic, fault }: Refused): string {
  const parts = [client, topic, fault.code].map((part) => `${part.length}:${part}`);
  return createHash('sha256').update(parts.join('')).digest('hex').slice(0, 16);
}

function unavailable(file: string, cause: unknown): CaretakerError {
  const busy = cause instanceof Error && 'errcode' in cause && cause.errcode === 5;
  return busy
    ? new CaretakerError(
        {
          code: 'EDGE_DATA_IN_USE',
          message: 'Another gateway is already using this data folder.',
          next: 'Stop it, or set CARETAKER_DATA to another folder.',
          where: file,
        },
        { cause },
      )
    : new CaretakerError(
        {
          code: 'EDGE_QUARANTINE_UNAVAILABLE',
          message: 'The quarantine file cannot be opened.',
          next: 'If it is damaged, move it away; it holds refused messages only.',
          where: file,
        },
        { cause },
      );
}

function closedError(): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_QUARANTINE_CLOSED',
    message: 'The quarantine is closed.',
  });
}
