import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Database, openDatabase } from '../db/database.ts';
import { loadSnapshot, saveSnapshot } from './snapshots.ts';

let database: Database;

beforeEach(async () => {
  database = await openDatabase({ engine: 'sqlite', file: ':memory:' });
});
afterEach(() => database.close());

const million = 1024 * 1024;

/** An engine whose state is that many bytes, in parts of odd sizes; one that fails stops half-way. */
function engineOf(bytes: number, seed: number, fails = false) {
  const state = Uint8Array.from({ length: bytes }, (_, i) => (i * 7 + seed) % 251);
  return {
    state,
    *snapshotParts() {
      for (let from = 0; from < bytes; from += 700_001) {
        if (fails && from > bytes / 2) throw new Error('killed');
        yield state.subarray(from, from + 700_001);
      }
    },
  };
}

async function frame(estate: string): Promise<number> {
  const row = { estate, gateway: 'g', skipped: 0, advanced: null, frame: Buffer.from('x') };
  const { id } = await database.write((tx) =>
    tx.insertInto('inbox').values(row).returning('id').executeTakeFirstOrThrow(),
  );
  return id;
}

const partsHeld = () => database.read.selectFrom('snapshot_parts').select('generation').execute();
const save = (engine: ReturnType<typeof engineOf>, covers: number) =>
  saveSnapshot(database, 'court', { engine, covers, at: 1 });

it('gives back what was kept, in rows of a quarter of a megabyte, and lets go of the frames in it', async () => {
  const ids: number[] = [];
  for (let i = 0; i < 23; i += 1) ids.push(await frame(i % 2 === 0 ? 'court' : 'park'));
  const engine = engineOf(3 * million + 5, 1);
  await save(engine, ids[20]!);
  const found = await loadSnapshot(database, 'court');
  expect(found?.covers).toBe(ids[20]);
  expect(Buffer.compare(found!.state, engine.state)).toBe(0);
  expect(await partsHeld()).toHaveLength(10);
  const left = await database.read.selectFrom('inbox').select(['id', 'estate']).execute();
  expect(left.filter(({ estate }) => estate === 'court').map(({ id }) => id)).toEqual([ids[22]]);
  expect(left.filter(({ estate }) => estate === 'park')).toHaveLength(11);
  expect(await loadSnapshot(database, 'park')).toBeNull();
});

it('keeps the state before while the next one is not whole, and nothing of either afterwards', async () => {
  const first = engineOf(2 * million, 1);
  await save(first, 3);
  await expect(save(engineOf(4 * million, 2, true), 9)).rejects.toThrow('killed');
  const held = await loadSnapshot(database, 'court');
  expect([held?.covers, Buffer.compare(held!.state, first.state)]).toEqual([3, 0]);
  const third = engineOf(10, 3);
  await save(third, 12);
  expect((await loadSnapshot(database, 'court'))?.state).toEqual(Buffer.from(third.state));
  expect(await partsHeld()).toHaveLength(1);
});

it('reads the state that an earlier version kept in one piece', async () => {
  const state = Buffer.from('whole');
  const row = { estate: 'court', covers: 7, at: 1, state, generation: null, parts: null };
  await database.write((tx) => tx.insertInto('snapshots').values(row).execute());
  expect(await loadSnapshot(database, 'court')).toEqual({
    state: new Uint8Array(state),
    covers: 7,
  });
});
