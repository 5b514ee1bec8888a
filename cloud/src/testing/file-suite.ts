import { createHash } from 'node:crypto';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { silentLog } from '@caretaker/readings/base';
import { type ManualClock, manualClock, patient } from '@caretaker/readings/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuditChain, auditInto } from '../audit/chain.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { Directory } from '../estates/directory.ts';
import { FileDesk, type FileParts, type NewFile } from '../files/desk.ts';
import { DiskStore } from '../files/disk-store.ts';
import { filesOf, requireFiles } from '../files/rows.ts';
import { S3Store } from '../files/s3-store.ts';
import { placeOf } from '../files/store.ts';
import { readTicket } from '../tickets/list.ts';
import { fold } from '../tickets/rows.ts';
import { temporaryFolder } from './cloud.ts';
import type { Fresh } from './database-suite.ts';
import { exifSegment, jpeg, pdf, png } from './pictures.ts';
import { startS3 } from './s3-receiver.ts';

const hour = 3_600_000;
const lin = { actor: 'person:lin', name: 'Lin' };
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A desk of files on a database of its own, with two tickets. */
class Bench {
  readonly clock: ManualClock = manualClock(1_000 * hour);
  readonly database: Database;
  readonly home: string;
  readonly desk: FileDesk;
  readonly tickets: readonly number[];

  constructor(database: Database, home: string, tickets: readonly number[]) {
    this.database = database;
    this.home = home;
    this.tickets = tickets;
    this.desk = this.another();
  }

  /** As a cloud that is started anew has it. */
  another(more: Partial<FileParts> = {}): FileDesk {
    const drafts = join(this.home, 'drafts');
    return new FileDesk({
      ...{ database: this.database, audit: auditInto(new AuditChain()), drafts },
      store: new DiskStore(this.home, drafts),
      ...{ clock: this.clock, log: silentLog, timeOf: new Directory([]).timeOf },
      ...more,
    });
  }

  add(bytes: Uint8Array, more: Partial<NewFile> = {}, desk = this.desk) {
    const file: NewFile = {
      ...{ ticket: this.tickets[0] ?? 0, kind: 'before', name: 'IMG_1.jpeg', length: null },
      ...{ declared: null, keepLocation: false, source: Readable.from([bytes]) },
    };
    return desk.add({ ...file, ...more }, lin);
  }

  /** Every file there is, drafts and content. */
  async there(): Promise<string[]> {
    const all = await readdir(this.home, { recursive: true, withFileTypes: true });
    return all.filter((entry) => entry.isFile()).map(({ name }) => name);
  }

  async rows() {
    const { read } = this.database;
    const [files, hung] = [read.selectFrom('files'), read.selectFrom('ticket_files')];
    return {
      files: (await files.selectAll().execute()).map(({ hash }) => hash),
      hung: (await hung.selectAll().execute()).map(({ ticket, hash }) => `${ticket} ${hash}`),
    };
  }
}

async function begin(make: () => Promise<Fresh>) {
  const fresh = await make();
  const folder = await temporaryFolder();
  const database = await openDatabase(fresh.config);
  const tickets: number[] = [];
  for (const subject of ['court/bin-1', 'court/bin-2']) {
    const text = JSON.stringify({ en: 'x', zh: 'x' });
    const { id } = await database.write((tx) =>
      tx
        .insertInto('tickets')
        .values({
          ...{ estate: 'court', subject, subject_name: text, item: 'TP01-01', item_name: text },
          ...{ title: text, why: text, severity: 'low', state: 'new', condition_clear: 0 },
          ...{ latched: 0, touched: 0, onset: 1, opened: 1, repeat: 1, standard_version: 'v1' },
          ...{ revision: 0, demo: 0 },
        })
        .returning('id')
        .executeTakeFirstOrThrow(),
    );
    tickets.push(id);
  }
  const bench = new Bench(database, join(folder.path, 'files'), tickets);
  await bench.desk.start();
  const end = async () => {
    await bench.desk.stop();
    await database.close();
    await folder.remove();
    await fresh.drop();
  };
  return { bench, end };
}

/** Photos and files of tickets on this database. */
export function fileSuite(name: string, make: () => Promise<Fresh>): void {
  describe(`files of tickets on ${name}`, () => {
    let bench: Bench;
    let end: () => Promise<void>;
    beforeEach(async () => {
      ({ bench, end } = await begin(make));
    });
    afterEach(() => end());
    hangingCases(() => bench);
    storeCases(() => bench);
    nothingLeftCases(() => bench);
    leftOverCases(() => bench);
  });
}

function hangingCases(open: () => Bench): void {
  it('hangs a photo on a ticket, tells its log, and gives it back without the place', async () => {
    const { desk, database, tickets, clock } = open();
    const [ticket = 0] = tickets;
    const photo = jpeg(16, 8, [exifSegment({ orientation: 1, location: true })]);
    const { file, row } = await open().add(photo);
    const bare = jpeg(16, 8);
    expect(file).toEqual({
      ...{ hash: hashOf(bare), kind: 'before', name: 'IMG_1.jpg', type: 'image/jpeg' },
      ...{ bytes: bare.length, width: 16, height: 8, by: 'Lin', person: 'lin', at: clock.now() },
    });
    expect(await filesOf(database.read, ticket)).toEqual([file]);
    const content = await desk.open(ticket, file.hash);
    expect((await buffer(content.stream)).equals(bare)).toBe(true);
    const read = await readTicket(database, ticket);
    expect(read?.events).toMatchObject([{ type: 'attached', by: 'Lin', actor: 'person:lin' }]);
    expect(JSON.parse(read?.events[0]?.data ?? '')).toMatchObject({ file: file.hash });
    expect(read?.row).toEqual(row);
    expect(row).toMatchObject({ revision: 1, touched: 1, ...fold(read?.events ?? []) });
    const audit = await database.read.selectFrom('audit').selectAll().execute();
    expect(audit).toMatchObject([{ action: 'ticket.attach', object: `ticket:${ticket}` }]);
  });

  it('takes the same content once for each ticket, and keeps it once for all', async () => {
    const [first = 0, second = 0] = open().tickets;
    const { file } = await open().add(png());
    const [again, elsewhere] = await Promise.all([
      open().add(png(), { kind: 'after', name: 'other' }),
      open().add(png(), { ticket: second, kind: 'evidence' }),
    ]);
    expect(again).toEqual({ file, row: null });
    expect(elsewhere.file).toMatchObject({ hash: file.hash, kind: 'evidence' });
    expect(await open().there()).toEqual([file.hash]);
    expect(await open().rows()).toEqual({
      files: [file.hash],
      hung: expect.arrayContaining([`${first} ${file.hash}`, `${second} ${file.hash}`]),
    });
  });

  it('lets a command name only files of its own ticket', async () => {
    const { desk, database, tickets } = open();
    const [first = 0, second = 0] = tickets;
    const { hash } = (await open().add(pdf(), { kind: 'document', name: '' })).file;
    await database.write((tx) => requireFiles(tx, first, [hash]));
    const unknown = { code: 'CLOUD_FILE_UNKNOWN' };
    const other = database.write((tx) => requireFiles(tx, second, [hash]));
    await expect(other).rejects.toMatchObject(unknown);
    await expect(desk.open(second, hash)).rejects.toMatchObject(unknown);
  });

  it('says that content is lost, rather than giving half of it', async () => {
    const [ticket = 0] = open().tickets;
    const { hash } = (await open().add(png())).file;
    await writeFile(join(open().home, placeOf(hash)), 'cut');
    await expect(open().desk.open(ticket, hash)).rejects.toMatchObject({ code: 'CLOUD_FILE_LOST' });
  });
}

function storeCases(open: () => Bench): void {
  it('keeps content in an object storage where that is the store', async () => {
    const [ticket = 0] = open().tickets;
    const keys = { key: 'k', secret: 's' };
    const s3 = await startS3(keys);
    const desk = open().another({ store: new S3Store({ ...s3, ...keys, region: 'eu-west-1' }) });
    const { hash } = (await open().add(png(), { kind: 'signature' }, desk)).file;
    expect([...s3.objects.keys()]).toEqual([placeOf(hash)]);
    const { stream } = await desk.open(ticket, hash);
    expect((await buffer(stream)).equals(png())).toBe(true);
    expect(await open().there()).toEqual([]);
    s3.refuse = 503;
    const away = { code: 'CLOUD_FILE_STORE_UNAVAILABLE' };
    await expect(open().add(jpeg(), {}, desk)).rejects.toMatchObject(away);
    expect((await open().rows()).files).toEqual([hash]);
    await s3.stop();
  });
}

function nothingLeftCases(open: () => Bench): void {
  const nothing = { files: [], hung: [] };

  it('leaves nothing of what is refused, cut off or for no ticket', async () => {
    const cut = new PassThrough();
    cut.write(png(400, 400).subarray(0, 700));
    const never = expect(open().add(png(), { source: cut })).rejects.toThrow('gone');
    cut.destroy(new Error('gone'));
    await never;
    const tries: readonly [code: string, bytes: Buffer, more: Partial<NewFile>][] = [
      ['CLOUD_FILE_TYPE', Buffer.from('<svg/>'), {}],
      ['CLOUD_FILE_NAME', png(), { name: '../../etc/passwd' }],
      ['CLOUD_FILE_CONTRADICTS', png(), { declared: 'image/jpeg' }],
      ['CLOUD_FILE_TOO_LARGE', png(), { length: 1e9 }],
      ['CLOUD_TICKET_UNKNOWN', png(9, 9), { ticket: 99 }],
    ];
    for (const [code, bytes, more] of tries) {
      await expect(open().add(bytes, more)).rejects.toMatchObject({ code });
    }
    expect(await open().rows()).toEqual(nothing);
    // Content for no ticket waits for the sweep, as after a crash between store and database.
    expect(await open().there()).toEqual([hashOf(png(9, 9))]);
  });

  it('refuses what goes on and on, without reading it to its end', async () => {
    let sent = 0;
    async function* endless() {
      yield jpeg();
      for (; ; sent += 1_000_000) yield Buffer.alloc(1_000_000);
    }
    const source = Readable.from(endless());
    await expect(open().add(jpeg(), { source })).rejects.toMatchObject({
      code: 'CLOUD_FILE_TOO_LARGE',
    });
    expect(sent).toBeLessThan(40_000_000);
    expect(await open().there()).toEqual([]);
  });

  it('takes nothing when the disk has no room, and few files of one person at once', async () => {
    const full = open().another({ free: async () => 400_000_000 });
    await expect(open().add(png(), {}, full)).rejects.toMatchObject({
      code: 'CLOUD_FILE_STORE_UNAVAILABLE',
    });
    const sources = Array.from({ length: 6 }, () => new PassThrough());
    const slow = Promise.allSettled(sources.map((source) => open().add(png(), { source })));
    await expect(open().add(png())).rejects.toMatchObject({ code: 'CLOUD_FILE_BUSY' });
    for (const source of sources) source.end(png());
    const rows = (await slow).map((each) => each.status === 'fulfilled' && each.value.row !== null);
    // All the same, hung once.
    expect(rows.filter(Boolean)).toHaveLength(1);
    expect((await open().add(png(4, 4))).row?.revision).toBe(2);
  });

  it('gives up what does not arrive', async () => {
    const { clock } = open();
    const before = clock.pending();
    const source = new PassThrough();
    source.write(png());
    const never = expect(open().add(png(), { source })).rejects.toThrow('it takes too long');
    await vi.waitFor(() => expect(clock.pending()).toBe(before + 1), patient);
    clock.advance(5 * 60_000);
    await never;
    expect(await open().there()).toEqual([]);
  });
}

function leftOverCases(open: () => Bench): void {
  it('removes what a killed process left, and content that nothing names, after an hour', async () => {
    const { clock, home, database } = open();
    const { hash } = (await open().add(png())).file;
    const [old, young] = [jpeg(), pdf()].map(hashOf);
    for (const each of [old, young, hash]) {
      const file = join(home, placeOf(each ?? ''));
      await mkdir(join(file, '..'), { recursive: true });
      if (each !== hash) await writeFile(file, 'half');
      const at = new Date(clock.now() - (each === young ? 0.9 : 1.1) * hour);
      await utimes(file, at, at);
    }
    await writeFile(join(home, 'drafts', 'left'), 'half');
    const anew = open().another();
    await anew.start();
    expect((await open().there()).sort()).toEqual([old, young, hash].sort());
    expect(await anew.sweep()).toBe(1);
    expect((await open().there()).sort()).toEqual([young, hash].sort());
    // Another upload finds the place free.
    await open().add(jpeg());
    expect(await filesOf(database.read, open().tickets[0] ?? 0)).toHaveLength(2);
    await anew.stop();
  });

  it('ends what it has in hand when the cloud stops', async () => {
    const work = Promise.allSettled([open().add(png(300, 300)), open().add(pdf())]);
    await open().desk.stop();
    const ends = (await work).map(({ status }) => status);
    expect(await open().there()).toHaveLength(ends.filter((each) => each === 'fulfilled').length);
  });
}
