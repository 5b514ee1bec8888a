import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultsError, type Log, silentLog } from '@caretaker/readings/base';
import { loadStandard } from '@caretaker/standards';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Database, openDatabase } from '../db/database.ts';
import { estateFile, temporaryFolder } from '../testing/cloud.ts';
import { seedEstates } from './seed.ts';

const standard = loadStandard();
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let database: Database;

beforeEach(async () => {
  folder = await temporaryFolder();
  database = await openDatabase({ engine: 'sqlite', file: join(folder.path, 'cloud.db') });
});
afterEach(async () => {
  await database.close();
  await folder.remove();
});

/** The estate of the tests with a level of its own for its first point. */
async function withLimits(limits: string): Promise<string> {
  const file = join(folder.path, 'estate.yaml');
  const text = await readFile(estateFile, 'utf8');
  const point = '{ metric: fill_pct, history: judge }';
  await writeFile(file, text.replace(point, `{ metric: fill_pct, limits: ${limits} }`));
  return file;
}

const seed = (file: string) => seedEstates(database, file, standard, 1, silentLog);
const held = () => database.read.selectFrom('estates').select('id').execute();

it('takes in an estate whose overrides name rules and numbers that are there', async () => {
  const estates = await seed(await withLimits('{ bin-full: { limit: 70, clear: 60 } }'));
  expect(estates.map((estate) => estate.id)).toEqual(['court']);
  expect(await held()).toEqual([{ id: 'court' }]);
});

it('refuses one with overrides that nothing reads, and lists them all', async () => {
  const file = await withLimits('{ bin-fill: { limit: 70 }, bin-full: { height: 3 } }');
  const error = await seed(file).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(FaultsError);
  expect(error).toMatchObject({ code: 'CLOUD_ESTATE_OVERRIDES' });
  expect(String(error)).toContain(file);
  expect((error as FaultsError).faults.map(({ where, message }) => `${where}: ${message}`)).toEqual(
    [
      'court/bin-1/fill_pct limits.bin-fill: no rule "bin-fill" watches this point',
      expect.stringContaining('court/bin-1/fill_pct limits.bin-full: bin-full has no "height"'),
    ],
  );
  expect(await held()).toEqual([]);
});

it('goes on with the copy that it holds, whatever the file says by now', async () => {
  await seed(await withLimits('{ bin-full: { limit: 70 } }'));
  const [estate] = await seed(await withLimits('{ bin-fill: { limit: 70 } }'));
  expect(estate?.assets[0]?.points[0]?.limits).toEqual({ 'bin-full': { limit: 70 } });
});

it('takes what was stored before there were relations and holidays for an estate without them', async () => {
  const log: string[] = [];
  const keep: Log = { ...silentLog, warn: (_fields, message) => log.push(message) };
  const [estate] = await seed(estateFile);
  const { holidays: _, assets, ...older } = estate!;
  const before = { ...older, assets: assets.map(({ relations: _none, ...asset }) => asset) };
  const definition = JSON.stringify(before);
  await database.write((tx) => tx.updateTable('estates').set({ definition }).execute());
  expect(await seedEstates(database, estateFile, standard, 1, keep)).toEqual([estate]);
  expect(log).toEqual([]);
});

it('does not look again into a file that it took an estate from', async () => {
  const [estate] = await seed(estateFile);
  const sources = await database.read.selectFrom('estates').select('source').execute();
  const text = await readFile(estateFile, 'utf8');
  expect(sources).toEqual([{ source: createHash('sha256').update(text).digest('hex') }]);
  const broken = join(folder.path, 'broken.yaml');
  await writeFile(broken, 'id: [');
  await expect(seed(broken)).rejects.toThrow(FaultsError);
  const source = createHash('sha256').update('id: [').digest('hex');
  await database.write((tx) => tx.updateTable('estates').set({ source }).execute());
  expect(await seed(broken)).toEqual([estate]);
  // One that was taken in before files were remembered is remembered from now on.
  await database.write((tx) => tx.updateTable('estates').set({ source: null }).execute());
  await seed(estateFile);
  expect(await database.read.selectFrom('estates').select('source').execute()).toEqual(sources);
});
