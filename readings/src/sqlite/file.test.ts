import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ReadingStore } from '../store.ts';
import { describeContractPoint, patient, sample } from '../testing/index.ts';
import { createSqliteReadings, openSqliteScan } from './index.ts';

const POINT = 'demo/pool/ph';
const CHILD = fileURLToPath(new URL('./testdata/keep-writing.ts', import.meta.url));

let folder: string;
let file: string;
let stores: ReadingStore[];
let children: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'readings-'));
  file = join(folder, 'readings.db');
  stores = [];
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const store of stores) await store.stop();
  await rm(folder, { recursive: true, force: true });
});

function make(path = file): ReadingStore {
  const store = createSqliteReadings({ file: path, describe: describeContractPoint });
  stores.push(store);
  return store;
}

/** A process that writes to the file; `said` counts the readings it knows to be durable. */
async function writingProcess() {
  const child = spawn(process.execPath, [CHILD, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const progress = { child, said: 0 };
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    progress.said = Number(line);
  });
  await once(lines, 'line');
  return progress;
}

it('refuses a second writer, also by another name, and lets one in after the first has stopped', async () => {
  const first = make();
  await first.start();
  await expect(make().start()).rejects.toMatchObject({ code: 'READINGS_STORE_LOCKED' });
  const link = join(folder, 'other-name.db');
  await symlink(file, link);
  await expect(make(link).start()).rejects.toMatchObject({ code: 'READINGS_STORE_LOCKED' });
  await first.write([sample(POINT, 1, 7)]);
  await first.stop();
  const next = make(link);
  await next.start();
  expect((await next.range(POINT, 0, 10)).length).toBe(1);
});

it('refuses while another process writes; after kill -9 of it nothing acknowledged is lost', async () => {
  const writer = await writingProcess();
  await expect(make().start()).rejects.toMatchObject({ code: 'READINGS_STORE_LOCKED' });
  // By then it has folded hours, and is folding.
  await vi.waitFor(() => expect(writer.said).toBeGreaterThan(45_000), patient);
  writer.child.kill('SIGKILL');
  await once(writer.child, 'close');
  const store = make();
  await store.start();
  const held = await store.range(POINT, 0, 1e12);
  expect(held.length).toBeGreaterThanOrEqual(writer.said);
  expect(held.map(({ at }) => at)).toEqual(held.map((_, i) => (i + 1) * 7_200));
  const last = held.length * 7_200;
  expect(await store.spans([POINT])).toEqual(new Map([[POINT, { first: 7_200, last }]]));
  const counts = async () =>
    (await store.buckets(POINT, 0, last + 1, 50)).buckets.reduce((sum, { n }) => sum + n, 0);
  expect(await counts()).toBe(held.length);
  await store.expire(1e12);
  expect(await store.range(POINT, 0, 1e12)).toEqual(held);
  expect(await counts()).toBe(held.length);
});

it('refuses a file of a newer program and leaves it as it is', async () => {
  const store = make();
  await store.start();
  await store.stop();
  const database = new DatabaseSync(file);
  database.exec('PRAGMA user_version = 3');
  database.close();
  await expect(make().start()).rejects.toMatchObject({ code: 'READINGS_STORE_NEWER', where: file });
  // A failed start gives the lock back.
  await expect(make().start()).rejects.toMatchObject({ code: 'READINGS_STORE_NEWER' });
});

it('refuses the database of another program', async () => {
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE ticket (id INTEGER PRIMARY KEY)');
  database.close();
  await expect(make().start()).rejects.toMatchObject({ code: 'READINGS_STORE_FOREIGN' });
});

it('names damage as such', async () => {
  await writeFile(file, 'not a database at all, but long enough to look like one. '.repeat(20));
  await expect(make().start()).rejects.toMatchObject({ code: 'READINGS_STORE_DAMAGED' });
});

it('names damage that shows only when it reads', async () => {
  const store = make();
  await store.start();
  const readings = Array.from({ length: 5_000 }, (_, i) => sample(POINT, i, i));
  await store.write(readings);
  await store.stop();
  await truncate(file, 3 * 4096);
  await appendFile(file, Buffer.alloc(20 * 4096, 0x5a));
  const damaged = make();
  const read = damaged.start().then(() => damaged.range(POINT, 0, 10_000));
  await expect(read).rejects.toMatchObject({ code: 'READINGS_STORE_DAMAGED' });
});

it('says what to do when the folder cannot be', async () => {
  await writeFile(join(folder, 'plain'), '');
  const failure = make(join(folder, 'plain', 'sub', 'readings.db')).start();
  await expect(failure).rejects.toMatchObject({
    code: 'READINGS_STORE_UNAVAILABLE',
    next: expect.stringContaining('folder'),
  });
});

it('is unavailable before it is started and after it was stopped; stopping twice is harmless', async () => {
  const store = make();
  const write = () => store.write([sample(POINT, 1, 7)]);
  await expect(write()).rejects.toMatchObject({ code: 'READINGS_STORE_UNAVAILABLE' });
  await store.start();
  await write();
  await store.stop();
  await store.stop();
  await expect(write()).rejects.toMatchObject({ code: 'READINGS_STORE_UNAVAILABLE' });
  await expect(store.latest()).rejects.toMatchObject({ code: 'READINGS_STORE_UNAVAILABLE' });
});

it('finishes what it was asked before it stops', async () => {
  const store = make();
  await store.start();
  const readings = Array.from({ length: 10_000 }, (_, i) => sample(POINT, i, i));
  const writing = store.write(readings);
  await store.stop();
  expect((await writing).written).toBe(10_000);
});

it('keeps the type of a point for ever', async () => {
  const words = createSqliteReadings({
    file,
    describe: (point) => {
      const series = describeContractPoint(point);
      return series && { ...series, type: 'state' };
    },
  });
  stores.push(words);
  await words.start();
  await words.write([sample(POINT, 1, 'seven')]);
  await words.stop();
  const numbers = make();
  await numbers.start();
  const other = sample(POINT, 2, 7);
  const result = await numbers.write([sample('demo/pool/temp_c', 2, 20), other]);
  expect(result).toMatchObject({ written: 1, refused: [{ reading: other }] });
  expect((await numbers.latest()).size).toBe(2);
});

it('is gone through in another thread or process while it is written, and never made by reading', async () => {
  expect(() => openSqliteScan(file)).toThrow(
    expect.objectContaining({ code: 'READINGS_STORE_UNAVAILABLE' }),
  );
  const store = make();
  await store.start();
  await store.write([sample(POINT, 2_000, 7.25), sample(POINT, 1_000, 7)]);
  const scan = openSqliteScan(file);
  const found: number[][] = [];
  for await (const { length, at, value } of scan.scanColumns(0, 10_000, [
    POINT,
    'demo/pool/none',
  ])) {
    for (let k = 0; k < length; k += 1) found.push([at[k] as number, value[k] as number]);
    await store.write([sample(POINT, 3_000, 8)]);
  }
  scan.close();
  expect(found).toEqual([
    [1_000, 7],
    [2_000, 7.25],
  ]);
});
