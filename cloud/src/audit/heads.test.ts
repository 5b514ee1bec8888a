import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLog } from '@caretaker/readings/base';
import { manualClock } from '@caretaker/readings/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type AuditBench, auditBench, began, day } from '../testing/audit-bench.ts';
import { temporaryFolder } from '../testing/cloud.ts';
import { noteHead, readHeads } from './heads.ts';
import { HeadKeeper } from './keeper.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let bench: AuditBench;
let file: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  bench = await auditBench(async () => ({
    config: { engine: 'sqlite', file: join(folder.path, 'cloud.db') },
    drop: async () => {},
  }));
  file = bench.headsFile;
});
afterEach(async () => {
  await bench.drop();
  await folder.remove();
});

const notes = async () => (await readHeads(file))?.heads.map(({ at, number }) => [at, number]);

it('notes the last row at the start, once a day and at the stop', async () => {
  const clock = manualClock(began + day - 90 * 60_000);
  const keeper = new HeadKeeper({ database: bench.database, file, clock, log: silentLog });
  await bench.append(2);
  await keeper.start();
  await bench.append(1);
  const hours = async (count: number) => {
    for (let k = 0; k < count; k += 1) {
      clock.advance(3_600_000);
      await keeper.idle();
    }
  };
  await hours(1);
  expect(await notes()).toHaveLength(1);
  await hours(25);
  await bench.append(1);
  await keeper.stop();
  expect(clock.pending()).toBe(0);
  const begun = clock.now() - 26 * 3_600_000;
  expect(await notes()).toEqual([
    [begun, 2],
    [begun + 2 * 3_600_000, 3],
    [begun + 26 * 3_600_000, 3],
    [clock.now(), 4],
  ]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await bench.faults()).toEqual([]);
});

it('goes on after a note could not be written, and says so', async () => {
  const clock = manualClock(began);
  const error = vi.fn();
  const log = { ...silentLog, error };
  const keeper = new HeadKeeper({ database: bench.database, file, clock, log });
  await keeper.start();
  const query = vi.spyOn(bench.database.read, 'selectFrom').mockImplementationOnce(() => {
    throw new Error('no disk');
  });
  clock.advance(day);
  await keeper.idle();
  expect(error).toHaveBeenCalledTimes(1);
  query.mockRestore();
  clock.advance(3_600_000);
  await keeper.idle();
  await keeper.stop();
  expect(await notes()).toHaveLength(3);
});

it('takes away what a power cut left of a line, and nothing else', async () => {
  const head = { number: 7, hash: 'a'.repeat(64) };
  await noteHead(file, head, began);
  const whole = await readFile(file, 'utf8');
  await appendFile(file, whole.slice(0, 50));
  expect(await readHeads(file)).toMatchObject({ torn: true, damaged: [] });
  await noteHead(file, { ...head, number: 8 }, began + day);
  expect((await readFile(file, 'utf8')).startsWith(whole)).toBe(true);
  expect(await readHeads(file)).toMatchObject({ torn: false, damaged: [], heads: [{}, {}] });
  expect(await readHeads(join(folder.path, 'none'))).toBeNull();
});

it('trusts the lines after one that cannot be read', async () => {
  for (const number of [1, 2, 3, 4]) {
    await noteHead(file, { number, hash: 'b'.repeat(64) }, began + number * day);
  }
  const lines = (await readFile(file, 'utf8')).split('\n');
  lines[1] = 'coffee';
  await writeFile(file, lines.join('\n'));
  const read = await readHeads(file);
  expect(read?.damaged).toEqual([2]);
  expect(read?.heads.map((head) => head.number)).toEqual([1, 3, 4]);
});
