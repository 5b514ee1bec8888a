import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CaretakerError } from '@caretaker/readings/base';
import { countGuess, type Guesses, waitLeft } from '@caretaker/readings/secrets';

const OWNER_ONLY = 0o600;
/** The command line writes for milliseconds, and seldom; meanwhile the whole gateway waits. */
const LOCK_PATIENCE_MS = 1_000;
const FORGOTTEN_AFTER = 24 * 3_600_000;

/** Something that is guessed at, and how many wrong guesses it bears before they are slowed down. */
export interface Guarded {
  readonly key: string;
  readonly free: number;
}

export interface SessionRow {
  readonly started: number;
  readonly used: number;
  /** How it began. */
  readonly by: 'password' | 'code';
}

/**
 * `local.sqlite` in the gateway's data folder: the password, one-time codes, sessions and wrong guesses of its
 * local administrator. The gateway and the command line may both have it open.
 */
export class LocalDatabase {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** @throws CaretakerError `EDGE_LOCAL_UNAVAILABLE`, `EDGE_FILE_NOT_PRIVATE` */
  static async open(directory: string): Promise<LocalDatabase> {
    const file = path.join(directory, 'local.sqlite');
    await (await open(file, 'a', OWNER_ONLY)).close();
    if (((await stat(file)).mode & 0o077) !== 0) throw notPrivate(file);
    const database = new DatabaseSync(file, { timeout: LOCK_PATIENCE_MS });
    try {
      database.exec(SCHEMA);
    } catch (cause) {
      database.close();
      throw unavailable(file, cause);
    }
    return new LocalDatabase(database);
  }

  close(): void {
    this.#database.close();
  }

  password(): string | null {
    const row = this.#database.prepare('SELECT password FROM administrator').get();
    return row === undefined ? null : String(row.password);
  }

  /** Ends every session. */
  setPassword(hash: string): void {
    this.#write(() => {
      this.#database
        .prepare('INSERT OR REPLACE INTO administrator (one, password) VALUES (1, ?)')
        .run(hash);
      this.#database.exec('DELETE FROM session; DELETE FROM guesses');
    });
  }

  /** In place of any code before it. */
  setCode(digest: string, at: number): void {
    this.#write(() => {
      this.#database.exec('DELETE FROM code');
      this.#database.prepare('INSERT INTO code (digest, created) VALUES (?, ?)').run(digest, at);
    });
  }

  /** @returns whether it was there; afterwards it is not. */
  takeCode(digest: string, since: number): boolean {
    const remove = 'DELETE FROM code WHERE digest = ? AND created > ?';
    return Number(this.#database.prepare(remove).run(digest, since).changes) > 0;
  }

  addSession(digest: string, by: SessionRow['by'], at: number): void {
    this.#database
      .prepare('INSERT INTO session (digest, started, used, by) VALUES (?, ?, ?, ?)')
      .run(digest, at, at, by);
  }

  session(digest: string): SessionRow | null {
    const row = this.#database.prepare('SELECT * FROM session WHERE digest = ?').get(digest);
    if (row === undefined) return null;
    const by = row.by === 'code' ? 'code' : 'password';
    return { started: Number(row.started), used: Number(row.used), by };
  }

  useSession(digest: string, at: number): void {
    this.#database.prepare('UPDATE session SET used = ? WHERE digest = ?').run(at, digest);
  }

  endSession(digest: string): void {
    this.#database.prepare('DELETE FROM session WHERE digest = ?').run(digest);
  }

  endOldSessions(startedBefore: number): void {
    this.#database.prepare('DELETE FROM session WHERE started < ?').run(startedBefore);
  }

  /**
   * Counts an attempt before its outcome is known, unless it has to wait.
   * @returns milliseconds to wait; 0 when it was counted
   */
  charge(guarded: readonly Guarded[], at: number): number {
    const before = guarded.map(({ key }) => this.#guesses(key));
    const wait = waitLeft(before, at);
    if (wait > 0) return wait;
    this.#write(() => {
      this.#database.prepare('DELETE FROM guesses WHERE last < ?').run(at - FORGOTTEN_AFTER);
      for (const [index, { key, free }] of guarded.entries()) {
        const { failures, last, until } = countGuess(before[index], free, at);
        this.#database
          .prepare('INSERT OR REPLACE INTO guesses VALUES (?, ?, ?, ?)')
          .run(key, failures, last, until);
      }
    });
    return 0;
  }

  /** The attempt was right: nothing is held against who made it. */
  forgive(guarded: readonly Guarded[]): void {
    for (const { key } of guarded) {
      this.#database.prepare('DELETE FROM guesses WHERE key = ?').run(key);
    }
  }

  #guesses(key: string): Guesses | undefined {
    const row = this.#database.prepare('SELECT * FROM guesses WHERE key = ?').get(key);
    if (row === undefined) return undefined;
    return { failures: Number(row.failures), last: Number(row.last), until: Number(row.until) };
  }

  #write(change: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      change();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  BEGIN IMMEDIATE;
  CREATE TABLE IF NOT EXISTS administrator (
    one INTEGER PRIMARY KEY CHECK (one = 1), password TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS code (digest TEXT PRIMARY KEY, created INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS session (
    digest TEXT PRIMARY KEY, started INTEGER NOT NULL, used INTEGER NOT NULL, by TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS guesses (
    key TEXT PRIMARY KEY, failures INTEGER NOT NULL, last INTEGER NOT NULL, until INTEGER NOT NULL
  ) STRICT;
  COMMIT;
`;

function notPrivate(file: string): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_FILE_NOT_PRIVATE',
    message: `Others than its owner may read or change ${file}.`,
    next: `Think whether somebody has read it; then chmod 600 ${file}`,
    where: file,
  });
}

function unavailable(file: string, cause: unknown): CaretakerError {
  return new CaretakerError(
    {
      code: 'EDGE_LOCAL_UNAVAILABLE',
      message: `What is kept of the local administrator in ${file} cannot be opened.`,
      next: 'If it is damaged, move it away and set a new password with "caretaker edge-admin".',
      where: file,
    },
    { cause },
  );
}
