import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Reading } from '../reading.ts';
import type { ReadingStore } from '../store.ts';
import { describeContractPoint, sample } from '../testing/index.ts';
import { createSqliteReadings, openSqliteScan } from './index.ts';

const HOUR = 3_600_000;
const T = 1_800_000_000_000;
const HOURS = 6;
const RETENTION = 3 * HOUR;
const POINTS = ['demo/pool/ph', 'demo/lift/mode', 'demo/lift/trapped'];
const WORDS = ['normal', 'stopped', 'fire', ''];

let folder: string;
let file: string;
let store: ReadingStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'folding-'));
});
afterEach(async () => {
  await store.stop();
  await rm(folder, { recursive: true, force: true });
});

async function open(rawRetentionMs: number | null = null): Promise<void> {
  store = createSqliteReadings({ file, describe: describeContractPoint, rawRetentionMs });
  await store.start();
}

function worth(point: string, level: number): Reading['value'] {
  if (point.endsWith('mode')) return WORDS[level % 4] as string;
  return point.endsWith('trapped') ? level % 2 === 0 : level / 4;
}

/** A few instants of a few hours, so that the same ones come again before and after they are folded. */
const offer = fc
  .record({ p: fc.nat(2), h: fc.nat(HOURS - 1), m: fc.nat(12), level: fc.nat(3) })
  .map(({ p, h, m, level }) => {
    const point = POINTS[p] as string;
    const marks = { stamped: level !== 1, history: m % 3 === 0, received: T + m + level };
    return sample(point, T + h * HOUR + m * 299_999, worth(point, level), marks);
  });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ write: fc.array(offer, { minLength: 1, maxLength: 12 }) }) },
  { weight: 2, arbitrary: fc.record({ expire: fc.nat(HOURS + 4) }) },
  { weight: 1, arbitrary: fc.constant({ reopen: true as const }) },
);

interface Model {
  readonly held: Map<string, Reading>;
  /** Hours of points of which only the sum is left, and how many readings each had. */
  readonly gone: Map<string, number>;
  rawFrom: number;
}

const keyOf = ({ point, at }: Reading) => `${point}@${at}`;
const hourKey = ({ point, at }: Reading) => `${point}@${Math.floor(at / HOUR)}`;

function writeToModel({ held, gone }: Model, batch: readonly Reading[]) {
  const result = { written: 0, duplicates: 0, conflicts: 0, refused: 0 };
  for (const reading of batch) {
    const before = held.get(keyOf(reading));
    if (gone.has(hourKey(reading))) result.refused += 1;
    else if (before === undefined) {
      held.set(keyOf(reading), reading);
      result.written += 1;
    } else if (before.value === reading.value) result.duplicates += 1;
    else result.conflicts += 1;
  }
  return result;
}

function expireModel(model: Model, now: number): void {
  model.rawFrom = Math.max(model.rawFrom, Math.floor((now - RETENTION) / HOUR) * HOUR);
  for (const [key, reading] of model.held) {
    const ends = (Math.floor(reading.at / HOUR) + 1) * HOUR;
    if (reading.at >= model.rawFrom || ends > now - HOUR / 4) continue;
    model.gone.set(hourKey(reading), (model.gone.get(hourKey(reading)) ?? 0) + 1);
    model.held.delete(key);
  }
}

async function expectModel({ held, gone }: Model): Promise<void> {
  const all = [...held.values()].sort((a, b) => a.at - b.at || (a.point < b.point ? -1 : 1));
  expect((await Array.fromAsync(store.scan(0, T + 99 * HOUR, POINTS))).flat()).toEqual(all);
  for (const point of POINTS) {
    const own = all.filter((reading) => reading.point === point);
    expect(await store.range(point, T + 1, T + 5 * HOUR)).toEqual(
      own.filter(({ at }) => at > T && at < T + 5 * HOUR),
    );
    const { buckets } = await store.buckets(point, T, T + HOURS * HOUR, HOURS);
    const counts = Array.from({ length: HOURS }, (_, h) => {
      const raw = own.filter(({ at }) => Math.floor((at - T) / HOUR) === h).length;
      return raw + (gone.get(`${point}@${T / HOUR + h}`) ?? 0);
    });
    expect(buckets.map(({ n }) => n)).toEqual(counts);
  }
}

it('knows each reading by its time and value, landed, folded, folded again or let go of', async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      file = join(folder, `${runs++}.db`);
      await open(RETENTION);
      const model: Model = { held: new Map(), gone: new Map(), rawFrom: 0 };
      for (const one of steps) {
        if ('write' in one) {
          const { written, duplicates, conflicts, refused } = await store.write(one.write);
          const said = {
            written,
            duplicates,
            conflicts: conflicts.length,
            refused: refused.length,
          };
          expect(said).toEqual(writeToModel(model, one.write));
        } else if ('expire' in one) {
          const now = T + one.expire * HOUR + HOUR / 2;
          await store.expire(now);
          expireModel(model, now);
        } else {
          await store.stop();
          await open(RETENTION);
        }
        await expectModel(model);
      }
      await store.stop();
    }),
    { numRuns: 25, endOnFailure: true },
  );
});

it('folds by itself what is over, in bounded turns, while readings come and are read', async () => {
  file = join(folder, 'readings.db');
  await open();
  const points = Array.from({ length: 300 }, (_, i) => `demo/pool-${i}/ph`);
  const at = (i: number) => T + Math.floor(i / 300) * 30_000;
  const total = 120_000;
  for (let from = 0; from < total; from += 4_000) {
    await store.write(
      Array.from({ length: 4_000 }, (_, k) => {
        const i = from + k;
        return sample(points[i % 300] as string, at(i), (i % 1_000) / 10);
      }),
    );
    // Nothing is missing or there twice while it moves from one place to the other.
    const seen = await store.buckets(points[7] as string, T, T + 10 * HOUR, 1);
    expect(seen.buckets[0]?.n).toBe(Math.ceil((from + 4_000 - 7) / 300));
  }
  await store.stop();
  const database = new DatabaseSync(file, { readOnly: true });
  const landed = Number(database.prepare('SELECT count(*) AS n FROM landing').get()?.n);
  database.close();
  expect(landed).toBeLessThan(total / 2);
  await open();
  let rows = 0;
  for await (const { length } of store.scanColumns(0, T + 99 * HOUR, points)) rows += length;
  expect(rows).toBe(total);
});

/** Changes the file behind the store's back. */
function tamper(sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA busy_timeout = 60000; ${sql}`);
  database.close();
}

it('loses nothing when an hour cannot be folded, and folds it when it can', async () => {
  file = join(folder, 'refusing.db');
  await open();
  await store.stop();
  tamper(`
    CREATE TRIGGER full BEFORE INSERT ON hour WHEN new.id % 3 = 0
    BEGIN SELECT RAISE(ABORT, 'disk full'); END
  `);
  await open();
  const point = POINTS[0] as string;
  const readings = Array.from({ length: 30_000 }, (_, i) => sample(point, T + i * 10_000, i % 50));
  for (let from = 0; from < readings.length; from += 3_000) {
    await store.write(readings.slice(from, from + 3_000));
  }
  await expect(store.expire(T + 999 * HOUR)).rejects.toMatchObject({
    code: 'READINGS_STORE_UNAVAILABLE',
  });
  expect(await store.range(point, 0, T + 999 * HOUR)).toEqual(readings);
  expect(await store.write(readings)).toMatchObject({ written: 0, duplicates: readings.length });
  tamper('DROP TRIGGER full');
  await store.expire(T + 999 * HOUR);
  expect(await store.range(point, 0, T + 999 * HOUR)).toEqual(readings);
  await store.stop();
  const database = new DatabaseSync(file, { readOnly: true });
  expect(database.prepare('SELECT count(*) AS n FROM landing').get()?.n).toBe(0);
  database.close();
});

it('names a damaged hour, and goes on with all others', async () => {
  file = join(folder, 'damaged.db');
  await open();
  const [ph, mode] = POINTS as [string, string];
  const at = (h: number) => T + h * HOUR;
  const written = [0, 1, 2].flatMap((h) => [sample(ph, at(h), h), sample(mode, at(h), 'normal')]);
  await store.write(written);
  await store.expire(at(99));
  await store.stop();
  // The first hour of the first point: one bit of its readings.
  tamper(`
    UPDATE hour SET readings = CAST(substr(readings, 1, length(readings) - 1) || x'5a' AS BLOB)
    WHERE id = (SELECT min(id) FROM hour)
  `);
  await open();
  const code = 'READINGS_STORE_DAMAGED';
  await expect(store.range(ph, T, at(9))).rejects.toMatchObject({ code });
  expect(await store.range(ph, at(1), at(9))).toHaveLength(2);
  expect(await store.range(mode, T, at(9))).toHaveLength(3);
  // Also what comes late to that hour is taken, and stays where it landed.
  const late = [sample(ph, T + 1, 1), sample(mode, T + 1, 'fire'), sample(ph, at(1) + 1, 7)];
  expect(await store.write(late)).toMatchObject({ written: 3 });
  await expect(store.expire(at(99))).rejects.toMatchObject({ code });
  await store.expire(at(99));
  await expect(store.range(ph, T, at(9))).rejects.toMatchObject({ code });
  expect(await store.range(mode, T, at(9))).toHaveLength(4);
  expect(await store.range(ph, at(1), at(9))).toHaveLength(3);
});

it('hides at once what is to be let go of, and takes its bytes away after a crash in between', async () => {
  file = join(folder, 'stripping.db');
  await open(RETENTION);
  const ph = POINTS[0] as string;
  await store.write([0, 1, 2, 3].map((h) => sample(ph, T + h * HOUR, h)));
  await store.expire(T + 5 * HOUR);
  await store.stop();
  // As it is when the process ends after the first of the two steps.
  tamper(`UPDATE mark SET value = ${T + 3 * HOUR} WHERE name = 'raw_from'`);
  await open(RETENTION);
  expect((await store.range(ph, 0, T + 9 * HOUR)).map(({ value }) => value)).toEqual([3]);
  expect((await Array.fromAsync(store.scan(0, T + 9 * HOUR))).flat()).toHaveLength(1);
  const { refused } = await store.write([sample(ph, T + 2 * HOUR, 2)]);
  expect(refused).toMatchObject([{ code: 'READINGS_STORE_EXPIRED' }]);
  await store.expire(T + 5 * HOUR);
  const { buckets } = await store.buckets(ph, T, T + 4 * HOUR, 4);
  expect(buckets.map(({ n }) => n)).toEqual([1, 1, 1, 1]);
  await store.stop();
  const database = new DatabaseSync(file, { readOnly: true });
  const row = database.prepare('SELECT count(*) AS n FROM hour WHERE readings IS NOT NULL').get();
  expect(row?.n).toBe(1);
  database.close();
});

/** As the program before wrote it. */
function writeSchema1(rows: readonly Reading[]): void {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE series (id INTEGER PRIMARY KEY, point TEXT NOT NULL UNIQUE, type INTEGER NOT NULL) STRICT;
    CREATE TABLE reading (
      series INTEGER NOT NULL REFERENCES series (id), at INTEGER NOT NULL, value ANY NOT NULL,
      lag INTEGER NOT NULL, flags INTEGER NOT NULL, PRIMARY KEY (series, at)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE span (
      series INTEGER PRIMARY KEY REFERENCES series (id), first INTEGER NOT NULL, last INTEGER NOT NULL
    ) STRICT;
    PRAGMA application_id = 0x43544b52;
    PRAGMA user_version = 1;
  `);
  const series = database.prepare(
    'INSERT OR IGNORE INTO series (id, point, type) VALUES (?, ?, ?)',
  );
  const add = database.prepare('INSERT INTO reading VALUES (?, ?, ?, ?, ?)');
  const span = database.prepare(`
    INSERT INTO span VALUES (?, ?, ?) ON CONFLICT DO UPDATE
    SET first = min(first, excluded.first), last = max(last, excluded.last)
  `);
  database.exec('BEGIN');
  for (const { point, at, received, value, stamped, history } of rows) {
    const id = POINTS.indexOf(point) + 1;
    series.run(id, point, ['number', 'string', 'boolean'].indexOf(typeof value));
    const bound = typeof value === 'boolean' ? (value ? 1n : 0n) : value;
    add.run(id, at, bound, received - at, (stamped ? 1 : 0) | (history ? 2 : 0));
    span.run(id, at, at);
  }
  database.exec('COMMIT');
  database.close();
}

it('brings a file of the version before to this one, and goes on where it was broken off', async () => {
  file = join(folder, 'old.db');
  const rows = POINTS.flatMap((point, p) =>
    Array.from({ length: 400 }, (_, i) => {
      const marks = { stamped: i % 2 === 0, history: i % 3 === 0 };
      return sample(point, T + i * 977_000 + p, worth(point, i), marks);
    }),
  );
  writeSchema1(rows);
  expect(() => openSqliteScan(file)).toThrow(
    expect.objectContaining({ code: 'READINGS_STORE_OLDER' }),
  );
  // Broken off: the last point's readings do not go in.
  const half = new DatabaseSync(file);
  half.exec(`
    CREATE TRIGGER broken BEFORE DELETE ON reading WHEN old.series = 3
    BEGIN SELECT RAISE(ABORT, 'power cut'); END
  `);
  half.close();
  await expect(open()).rejects.toMatchObject({ message: expect.stringContaining('power cut') });
  const mended = new DatabaseSync(file);
  expect(mended.prepare('SELECT count(DISTINCT series) AS n FROM reading').get()?.n).toBe(1);
  mended.exec('DROP TRIGGER broken');
  mended.close();
  await open();
  const all = rows.toSorted((a, b) => a.at - b.at);
  expect((await Array.fromAsync(store.scan(0, T + 999 * HOUR))).flat()).toEqual(all);
  expect(await store.write(rows)).toMatchObject({ written: 0, duplicates: rows.length });
  for (const point of POINTS) {
    const own = all.filter((reading) => reading.point === point);
    expect((await store.latest([point])).get(point)).toEqual(own.at(-1));
    expect((await store.spans([point])).get(point)).toEqual({
      first: own[0]?.at,
      last: own.at(-1)?.at,
    });
  }
});
