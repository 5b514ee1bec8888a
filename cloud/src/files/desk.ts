import { randomUUID } from 'node:crypto';
import { mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { CaretakerError, type Clock, type Log } from '@caretaker/readings/base';
import type { FileKind, TicketFile } from '../contract/index.ts';
import type { Database, Tx } from '../db/database.ts';
import type { Audit, Author } from '../identity/deed.ts';
import { append } from '../tickets/append.ts';
import type { TimeOf } from '../tickets/clocks/keep.ts';
import { unknownTicket } from '../tickets/commands.ts';
import type { TicketRow } from '../tickets/rows.ts';
import { type Hashed, inspectApart } from './inspect-apart.ts';
import { checkName, labelOf } from './name.ts';
import { type Incoming, receive } from './receive.ts';
import { fileOfTicket, unknownFile } from './rows.ts';
import { type FileStore, storeUnavailable } from './store.ts';
import { KeyedTurns, Turns } from './turns.ts';
import { refuseFile, type Wishes } from './types.ts';

export interface FileParts {
  readonly database: Database;
  readonly audit: Audit;
  readonly store: FileStore;
  /** A folder for what is not looked at yet; nobody else uses it. */
  readonly drafts: string;
  readonly clock: Clock;
  readonly log: Log;
  /** By which the clocks of tickets run. */
  readonly timeOf: TimeOf;
  /** Bytes that are free on the disk of `drafts`; asked of the system unless given. */
  readonly free?: () => Promise<number>;
}

export interface NewFile extends Incoming, Wishes {
  readonly ticket: number;
  readonly kind: FileKind;
  readonly name: string;
}

type Uploader = Pick<Author, 'actor' | 'name'>;

export interface Added {
  readonly file: TicketFile;
  /** The ticket as written; null when it had the same content already. */
  readonly row: TicketRow | null;
}

/** More at once would only slow each other down. */
const mostArriving = 32;
/** So that nobody with a poor connection, or bad intent, takes all places. */
const mostOfPerson = 6;
/** The database and the readings need their room, too. */
const leastFree = 500_000_000;
const mostLookedInto = 2;
const mostOfTicket = 200;
/** A phone with a poor connection gets its largest photo through in this time. */
const arrivesWithin = 5 * 60_000;
const sweepEvery = 3_600_000;
/** Looked up in the database with one question. */
const sweptAtOnce = 500;
/** What was uploaded may still be on its way into the database. */
const sweptAfter = 3_600_000;

/** Photos and files of tickets: taken in, given out, and removed when nothing names them. */
export class FileDesk {
  readonly #parts: FileParts;
  readonly #looking = new Turns(mostLookedInto);
  readonly #byHash = new KeyedTurns();
  readonly #stopped = new AbortController();
  /** What arrives, and from whom. */
  readonly #arriving = new Map<Promise<unknown>, string>();
  #cancel = () => {};

  constructor(parts: FileParts) {
    this.#parts = parts;
  }

  /** What a process that was killed left half-way is removed first. */
  async start(): Promise<void> {
    const { drafts, clock, log } = this.#parts;
    await rm(drafts, { recursive: true, force: true });
    await mkdir(drafts, { recursive: true, mode: 0o700 });
    this.#cancel = clock.every(sweepEvery, () => {
      this.sweep().catch((error: Error) => {
        log.error({ error: error.message }, 'removing files that no ticket names failed');
      });
    });
  }

  async stop(): Promise<void> {
    this.#cancel();
    this.#stopped.abort(new Error('the cloud stops'));
    await Promise.allSettled(this.#arriving.keys());
  }

  /**
   * Takes a file in and hangs it on a ticket, once for each content.
   * @throws CaretakerError `CLOUD_FILE_BUSY`, `CLOUD_FILE_NAME`, `CLOUD_FILE_TOO_MANY`, `CLOUD_FILE_STORE_UNAVAILABLE`
   *   and what `receive` and `inspect` throw
   */
  async add(file: NewFile, by: Uploader): Promise<Added> {
    checkName(file.name);
    const own = [...this.#arriving.values()].filter((actor) => actor === by.actor).length;
    if (this.#arriving.size >= mostArriving || own >= mostOfPerson) throw busy();
    const work = this.#take(file, by);
    this.#arriving.set(work, by.actor);
    try {
      return await work;
    } finally {
      this.#arriving.delete(work);
    }
  }

  /**
   * @throws CaretakerError `CLOUD_FILE_UNKNOWN`, `CLOUD_FILE_LOST`, `CLOUD_FILE_STORE_UNAVAILABLE`
   */
  async open(ticket: number, hash: string): Promise<{ file: TicketFile; stream: Readable }> {
    const file = await this.find(ticket, hash);
    const content = await this.#parts.store.open(hash);
    if (content?.bytes === file.bytes) return { file, stream: content.stream };
    content?.stream.destroy();
    throw lost(hash);
  }

  /** @throws CaretakerError `CLOUD_FILE_UNKNOWN` */
  async find(ticket: number, hash: string): Promise<TicketFile> {
    const file = await fileOfTicket(this.#parts.database.read, ticket, hash);
    if (file === null) throw unknownFile(hash);
    return file;
  }

  /**
   * Removes content that no row names, as a crash between store and database leaves it.
   * @returns how many
   */
  async sweep(): Promise<number> {
    const { store, clock } = this.#parts;
    const before = clock.now() - sweptAfter;
    let removed = 0;
    let old: string[] = [];
    for await (const { hash, at } of store.list()) {
      if (this.#stopped.signal.aborted) break;
      if (at <= before) old.push(hash);
      if (old.length < sweptAtOnce) continue;
      removed += await this.#removeUnnamed(old);
      old = [];
    }
    return removed + (await this.#removeUnnamed(old));
  }

  async #removeUnnamed(hashes: readonly string[]): Promise<number> {
    const named = await this.#namedOf(hashes);
    let removed = 0;
    for (const hash of hashes.filter((each) => !named.has(each))) {
      await this.#byHash.take(hash, async () => {
        // Somebody may have uploaded it since.
        if ((await this.#namedOf([hash])).has(hash)) return;
        await this.#parts.store.remove(hash);
        removed += 1;
      });
    }
    return removed;
  }

  async #namedOf(hashes: readonly string[]): Promise<ReadonlySet<string>> {
    if (hashes.length === 0) return new Set();
    const { read } = this.#parts.database;
    const rows = await read
      .selectFrom('files')
      .select('hash')
      .where('hash', 'in', hashes)
      .execute();
    return new Set(rows.map(({ hash }) => hash));
  }

  async #take(file: NewFile, by: Uploader): Promise<Added> {
    const { drafts, clock } = this.#parts;
    const draft = join(drafts, randomUUID());
    try {
      await this.#checkRoom();
      const inspected = await this.#inspect(file, draft, clock);
      return await this.#byHash.take(inspected.hash, async () => {
        await this.#parts.store.put(inspected.hash, inspected.bytes);
        return this.#parts.database.write((tx) => this.#hang(tx, file, inspected, by));
      });
    } catch (error) {
      throw isOfSystem(error) ? storeUnavailable(error) : error;
    } finally {
      await rm(draft, { force: true });
    }
  }

  async #checkRoom(): Promise<void> {
    const { drafts, free } = this.#parts;
    const left = await (free?.() ?? freeOn(drafts));
    if (left < leastFree) throw storeUnavailable('there is too little room on the disk');
  }

  async #inspect(file: NewFile, draft: string, clock: Clock): Promise<Hashed> {
    const { source, keepLocation } = file;
    const cancel = clock.after(arrivesWithin, () => source.destroy(new Error('it takes too long')));
    try {
      await receive(file, draft);
    } finally {
      cancel();
    }
    const order = { path: draft, keepLocation };
    return this.#looking.take(() => inspectApart(order, clock, this.#stopped.signal));
  }

  async #hang(
    tx: Tx,
    { ticket, kind, name }: NewFile,
    { hash, type, bytes: { length: bytes }, width, height }: Hashed,
    { actor, name: author }: Uploader,
  ): Promise<Added> {
    // When it is here, not when it began to arrive: what is told of a ticket is told in the order of time.
    const at = this.#parts.clock.now();
    const known = await fileOfTicket(tx, ticket, hash);
    if (known !== null) return { file: known, row: null };
    const row = await tx
      .selectFrom('tickets')
      .selectAll()
      .where('id', '=', ticket)
      .executeTakeFirst();
    if (row === undefined) throw unknownTicket(ticket);
    await checkCount(tx, ticket);
    await tx
      .insertInto('files')
      .values({ hash, type, bytes, created: at })
      .onConflict((conflict) => conflict.column('hash').doNothing())
      .execute();
    const label = labelOf(name, type);
    await tx
      .insertInto('ticket_files')
      .values({ ticket, hash, kind, name: label, width, height, by: author, actor, at })
      .execute();
    const data = { file: hash, kind, name: label, type, bytes, width, height };
    const event = {
      ...{ type: 'attached' as const, by: author, note: null, reason: null, episode: null },
      ...{ actor, data, patch: { touched: 1 } },
    };
    const after = await append(tx, row, [event], at, this.#parts.timeOf);
    const detail = { file: hash, kind, name: label, type, bytes, revision: after.revision };
    const entry = { at, actor, action: 'ticket.attach', object: `ticket:${ticket}`, detail };
    await this.#parts.audit(tx, entry);
    const person = actor.startsWith('person:') ? actor.slice('person:'.length) : null;
    const shown = { hash, kind, name: label, type, bytes, width, height };
    return { file: { ...shown, by: author, person, at }, row: after };
  }
}

async function checkCount(tx: Tx, ticket: number): Promise<void> {
  const { count } = await tx
    .selectFrom('ticket_files')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('ticket', '=', ticket)
    .executeTakeFirstOrThrow();
  if (Number(count) < mostOfTicket) return;
  throw refuseFile(
    'CLOUD_FILE_TOO_MANY',
    `The ticket has ${mostOfTicket} files already.`,
    'Put what belongs together into one document.',
  );
}

async function freeOn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** The disk of this machine, such as one that is full. */
const isOfSystem = (error: unknown) =>
  error instanceof Error && 'syscall' in error && 'path' in error;

const busy = () =>
  refuseFile('CLOUD_FILE_BUSY', 'Too many files arrive at once.', 'Try again in a minute.');

function lost(hash: string): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_FILE_LOST',
    message: `The content of file ${hash} is not where it was kept.`,
    next: 'Restore the folder of files, or the bucket, from a backup.',
  });
}
