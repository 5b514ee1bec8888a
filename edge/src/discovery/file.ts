import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import type { LearntPoint } from '@caretaker/devices/decode';
import type { Format } from '@caretaker/devices/model';
import { CaretakerError } from '@caretaker/readings/base';

/** One row of the inbox as it is kept. */
export interface Row {
  readonly id: string;
  readonly format: Format;
  readonly device: string | null;
  readonly aliases: readonly string[];
  readonly name: string | null;
  readonly topic: string;
  readonly count: number;
  /** Gateway clock, UTC epoch milliseconds. */
  readonly first: number;
  readonly last: number;
  /** The start of the newest payload. */
  readonly sample: Uint8Array;
  readonly bytes: number;
  readonly ignored: boolean;
  /** Everything that was seen of its messages, merged: devices do not say all in each. */
  readonly seen: unknown;
  /** What is suggested, as JSON has it; null for nothing. */
  readonly suggestion: unknown;
}

/**
 * `discovery.sqlite` in the gateway's data folder. What is in it can be learnt again from the devices, except what
 * somebody ignores, so a commit does not wait for the disk.
 */
export class DiscoveryFile {
  readonly #database: DatabaseSync;
  readonly #get: StatementSync;
  readonly #put: StatementSync;

  /** @throws CaretakerError `EDGE_DISCOVERY_UNAVAILABLE` */
  constructor(file: string) {
    const database = new DatabaseSync(file);
    try {
      database.exec(SCHEMA);
      // Opening reads little more than its first page.
      const { quick_check: found } = database.prepare('PRAGMA quick_check(1)').get() ?? {};
      if (found !== 'ok') throw new Error(String(found));
    } catch (cause) {
      database.close();
      throw unavailable(file, cause);
    }
    this.#database = database;
    this.#get = database.prepare('SELECT * FROM talker WHERE id = ?');
    this.#put = database.prepare(PUT);
  }

  /** The one heard last first. */
  all(): Row[] {
    return this.#database.prepare('SELECT * FROM talker ORDER BY last DESC, id').all().map(rowOf);
  }

  get(id: string): Row | null {
    const row = this.#get.get(id);
    return row === undefined ? null : rowOf(row);
  }

  /**
   * Writes rows and makes room: the one that was quiet for longest goes first, and those that are ignored only when
   * they are more than half of all.
   * @returns ids of the rows that made room
   */
  put(rows: readonly Row[], most: number): string[] {
    return this.#write(() => {
      for (const row of rows) {
        this.#put.run({
          ...row,
          aliases: JSON.stringify(row.aliases),
          ignored: row.ignored ? 1 : 0,
          seen: JSON.stringify(row.seen),
          suggestion: row.suggestion === null ? null : JSON.stringify(row.suggestion),
        });
      }
      const over = this.#count('') - most;
      if (over <= 0) return [];
      const old = this.#database.prepare(OLDEST).all(Math.floor(most / 2), over);
      const ids = old.map(({ id }) => String(id));
      this.#remove(ids);
      return ids;
    });
  }

  remove(ids: readonly string[]): void {
    this.#write(() => this.#remove(ids));
  }

  /** @returns whether there is such a row */
  ignore(id: string, ignored: boolean): boolean {
    const change = this.#database.prepare('UPDATE talker SET ignored = ? WHERE id = ?');
    return Number(change.run(ignored ? 1 : 0, id).changes) > 0;
  }

  get listed(): number {
    return this.#count('WHERE NOT ignored');
  }

  /** What sources have described, the one that spoke last at the end. */
  lessons(): [string, readonly LearntPoint[]][] {
    const rows = this.#database.prepare('SELECT source, points FROM lesson ORDER BY rowid').all();
    return rows.map(({ source, points }) => [String(source), JSON.parse(String(points))]);
  }

  /** Keeps what sources describe; without any points there is nothing to be kept. */
  keepLessons(lessons: readonly (readonly [string, readonly LearntPoint[]])[]): void {
    this.#write(() => {
      const remove = this.#database.prepare('DELETE FROM lesson WHERE source = ?');
      const add = this.#database.prepare('INSERT INTO lesson (source, points) VALUES (?, ?)');
      for (const [source, points] of lessons) {
        remove.run(source);
        if (points.length > 0) add.run(source, JSON.stringify(points));
      }
    });
  }

  close(): void {
    this.#database.close();
  }

  #count(where: '' | 'WHERE NOT ignored'): number {
    const counted = this.#database.prepare(`SELECT count(*) AS n FROM talker ${where}`).get();
    return Number(counted?.n ?? 0);
  }

  #remove(ids: readonly string[]): void {
    const remove = this.#database.prepare('DELETE FROM talker WHERE id = ?');
    for (const id of ids) remove.run(id);
  }

  #write<T>(change: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const made = change();
      this.#database.exec('COMMIT');
      return made;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS talker (
    id TEXT PRIMARY KEY, format TEXT NOT NULL, device TEXT, aliases TEXT NOT NULL, name TEXT, topic TEXT NOT NULL,
    count INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, sample BLOB NOT NULL,
    bytes INTEGER NOT NULL, ignored INTEGER NOT NULL, seen TEXT NOT NULL, suggestion TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS talker_last ON talker (last);
  CREATE TABLE IF NOT EXISTS lesson (source TEXT NOT NULL UNIQUE, points TEXT NOT NULL) STRICT;
`;
const PUT = `
  INSERT OR REPLACE INTO talker VALUES
    ($id, $format, $device, $aliases, $name, $topic, $count, $first, $last, $sample, $bytes, $ignored, $seen, $suggestion)`;
const OLDEST = `
  SELECT id FROM talker
  ORDER BY ignored AND (SELECT count(*) FROM talker WHERE ignored) <= ?, last, id LIMIT ?`;

function rowOf(row: Record<string, SQLOutputValue>): Row {
  const text = (value: SQLOutputValue | undefined) => (typeof value === 'string' ? value : null);
  return {
    id: String(row.id),
    // Written by us alone, from a decoder.
    format: String(row.format) as Format,
    device: text(row.device),
    aliases: JSON.parse(String(row.aliases)),
    name: text(row.name),
    topic: String(row.topic),
    count: Number(row.count),
    first: Number(row.first),
    last: Number(row.last),
    sample: row.sample instanceof Uint8Array ? row.sample : new Uint8Array(),
    bytes: Number(row.bytes),
    ignored: row.ignored === 1,
    seen: JSON.parse(String(row.seen)),
    suggestion: row.suggestion === null ? null : JSON.parse(String(row.suggestion)),
  };
}

function unavailable(file: string, cause: unknown): CaretakerError {
  return new CaretakerError(
    {
      code: 'EDGE_DISCOVERY_UNAVAILABLE',
      message: 'The list of devices that no mapping names cannot be opened.',
      next: 'Check the rights to the data folder, and that its disk is not full.',
      where: file,
    },
    { cause },
  );
}
