import { renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { QueuedPacket, Waiting } from './queues.ts';

/** A message that the broker keeps for whoever subscribes later. */
export interface Retained {
  readonly topic: string;
  readonly qos: number;
  readonly payload: Uint8Array;
}

/** What a client with a persistent session has asked for. */
export interface Kept {
  readonly client: string;
  /** When it was last connected, UTC epoch milliseconds. */
  readonly seen: number;
  readonly filters: readonly { readonly topic: string; readonly qos: number }[];
}

/** Something as it is now; null when it is gone. */
export interface Changes {
  readonly retained: ReadonlyMap<string, Retained | null>;
  readonly sessions: ReadonlyMap<string, Kept | null>;
  readonly queued: readonly { client: string; place: number; packet: QueuedPacket | null }[];
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA journal_size_limit = 4194304;
  CREATE TABLE IF NOT EXISTS retained (
    topic TEXT PRIMARY KEY, qos INTEGER NOT NULL, payload BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS session (
    client TEXT PRIMARY KEY, seen INTEGER NOT NULL, filters TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS queued (
    client TEXT NOT NULL, place INTEGER NOT NULL, cmd TEXT NOT NULL, topic TEXT NOT NULL,
    qos INTEGER NOT NULL, payload BLOB NOT NULL, message INTEGER, broker TEXT NOT NULL, counter INTEGER NOT NULL,
    PRIMARY KEY (client, place)
  ) STRICT, WITHOUT ROWID;
`;

/** `sessions.sqlite` in the gateway's data folder. */
export class SessionFile {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** @param onDamaged told why the file was put aside and an empty one begun */
  static open(file: string, onDamaged: (reason: unknown) => void): SessionFile {
    try {
      return SessionFile.#open(file);
    } catch (error) {
      onDamaged(error);
      for (const end of ['', '-wal', '-shm']) {
        try {
          renameSync(`${file}${end}`, `${file}${end}.damaged`);
        } catch {
          // Not every one of them exists.
        }
      }
      return SessionFile.#open(file);
    }
  }

  static #open(file: string): SessionFile {
    const database = new DatabaseSync(file);
    try {
      database.exec(SCHEMA);
      const opened = new SessionFile(database);
      // A damaged page shows when it is read.
      opened.retained();
      for (const { client } of opened.sessions()) opened.queued(client);
      return opened;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  retained(): Retained[] {
    const rows = this.#database.prepare('SELECT topic, qos, payload FROM retained').all();
    return rows.map((row) => ({
      topic: String(row.topic),
      qos: Number(row.qos),
      payload: row.payload as Uint8Array,
    }));
  }

  sessions(): Kept[] {
    const rows = this.#database.prepare('SELECT client, seen, filters FROM session').all();
    return rows.map((row) => ({
      client: String(row.client),
      seen: Number(row.seen),
      filters: JSON.parse(String(row.filters)) as Kept['filters'],
    }));
  }

  /** What waits for a client, the oldest first. */
  queued(client: string): Waiting[] {
    const rows = this.#database
      .prepare('SELECT * FROM queued WHERE client = ? ORDER BY place')
      .all(client);
    return rows.map((row) => ({
      place: Number(row.place),
      packet: {
        cmd: String(row.cmd),
        topic: String(row.topic),
        qos: Number(row.qos),
        payload: Buffer.from(row.payload as Uint8Array),
        brokerId: String(row.broker),
        brokerCounter: Number(row.counter),
        ...(row.message === null ? {} : { messageId: Number(row.message) }),
      },
    }));
  }

  write({ retained, sessions, queued }: Changes): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      this.#writeRetained(retained);
      this.#writeSessions(sessions);
      this.#writeQueued(queued);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#database.close();
  }

  #writeRetained(changes: Changes['retained']): void {
    const put = this.#database.prepare('INSERT OR REPLACE INTO retained VALUES (?, ?, ?)');
    const remove = this.#database.prepare('DELETE FROM retained WHERE topic = ?');
    for (const [topic, now] of changes) {
      if (now === null) remove.run(topic);
      else put.run(topic, now.qos, now.payload);
    }
  }

  #writeSessions(changes: Changes['sessions']): void {
    const put = this.#database.prepare('INSERT OR REPLACE INTO session VALUES (?, ?, ?)');
    const remove = this.#database.prepare('DELETE FROM session WHERE client = ?');
    const empty = this.#database.prepare('DELETE FROM queued WHERE client = ?');
    for (const [client, now] of changes) {
      if (now !== null) put.run(client, now.seen, JSON.stringify(now.filters));
      else {
        remove.run(client);
        empty.run(client);
      }
    }
  }

  #writeQueued(changes: Changes['queued']): void {
    const put = this.#database.prepare(
      'INSERT OR REPLACE INTO queued VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    const remove = this.#database.prepare('DELETE FROM queued WHERE client = ? AND place = ?');
    for (const { client, place, packet } of changes) {
      if (packet === null) remove.run(client, place);
      else {
        const { cmd, topic, qos, messageId = null, brokerId = '', brokerCounter = 0 } = packet;
        const payload = Buffer.from(packet.payload);
        put.run(client, place, cmd, topic, qos, payload, messageId, brokerId, brokerCounter);
      }
    }
  }
}
