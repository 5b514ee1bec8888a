import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEstate } from '@caretaker/devices/model';
import { silentLog } from '@caretaker/readings/base';
import { manualClock } from '@caretaker/readings/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../db/database.ts';
import { Directory } from '../estates/directory.ts';
import type { AuditEntry } from '../identity/deed.ts';
import { estateFile, temporaryFolder } from '../testing/cloud.ts';
import { full, hot, writeStandard } from '../testing/standard.ts';
import { Changes } from './changes.ts';
import type { InForce } from './in-force.ts';
import { openInForce, openVersions } from './open.ts';

const noon = Date.UTC(2026, 5, 1, 12);
const minute = 60_000;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let database: Database;
let inForce: InForce;
let clock: ReturnType<typeof manualClock>;
let judgedTo: number;
let renewed: string[];
let audited: Omit<AuditEntry, 'at'>[];

const rules = () => join(folder.path, 'rules');

async function changes(): Promise<Changes> {
  const opened = await openVersions(database, rules(), clock, silentLog);
  const directory = new Directory([loadEstate(await readFile(estateFile, 'utf8'), estateFile)]);
  inForce = await openInForce({ ...opened, database, directory, clock, log: silentLog });
  return new Changes({
    inForce,
    directory,
    source: rules(),
    clock,
    log: silentLog,
    horizon: 35 * 24 * 60 * minute,
    audit: async (_tx, { at: _, ...entry }) => {
      audited.push(entry);
    },
    judgedTo: () => judgedTo,
    async renew(estate, change) {
      renewed.push(`${estate} before`);
      await change();
      renewed.push(`${estate} after`);
    },
  });
}

beforeEach(async () => {
  folder = await temporaryFolder();
  await writeStandard(rules(), [hot(60), full(80)]);
  database = await openDatabase({ engine: 'sqlite', file: join(folder.path, 'cloud.db') });
  clock = manualClock(noon);
  judgedTo = 0;
  renewed = [];
  audited = [];
});
afterEach(async () => {
  await database.close();
  await folder.remove();
});

const by = { name: 'Lin', actor: 'person:1' };
const reload = (desk: Changes, effective: number | null = null) =>
  desk.reload({ by, note: '', effective });
const request = (limit: number | null, from: number | null = null) => ({
  estate: 'court',
  at: 'court/bin-2',
  rule: 'hot',
  numbers: { limit },
  by,
  reason: 'sunny',
  from,
});
const told = () =>
  inForce.overrides.of('court').map(({ value, effective }) => [value, (effective - noon) / minute]);

describe('a change of what readings are judged by', () => {
  it('happens between two frames, and counts from just after the newest reading judged', async () => {
    const desk = await changes();
    judgedTo = noon + 2 * minute;
    await desk.override(request(70));
    expect(told()).toEqual([[70, (2 * minute + 1) / minute]]);
    await writeStandard(rules(), [hot(61), full(80)]);
    await reload(desk);
    expect(inForce.versions.all.at(-1)?.effective).toBe(noon + 2 * minute + 1);
    expect(renewed).toEqual(['court before', 'court after', 'court before', 'court after']);
  });

  it('does not wait for a clock that is far ahead', async () => {
    const desk = await changes();
    judgedTo = noon + 300 * minute;
    await desk.override(request(70));
    expect(told()).toEqual([[70, 5]]);
  });

  it('never counts before an older change, though the clock was set back', async () => {
    const desk = await changes();
    await desk.override(request(70));
    clock.step(noon - 3 * minute);
    await desk.override(request(75));
    await writeStandard(rules(), [hot(61), full(80)]);
    await reload(desk);
    expect(told()).toEqual([
      [70, 0],
      [75, 0],
    ]);
    expect(inForce.versions.all.map(({ effective }) => effective)).toEqual([noon, noon]);
  });

  it('that is already in force disturbs nobody', async () => {
    const desk = await changes();
    await desk.override(request(70));
    renewed = [];
    await desk.override(request(70));
    expect((await reload(desk)).diff).toBeNull();
    expect(renewed).toEqual([]);
    expect(told()).toHaveLength(1);
  });

  it('keeps what it is about when it cannot be stored', async () => {
    const desk = await changes();
    await database.write((tx) => tx.schema.dropTable('override_changes').execute());
    await expect(desk.override(request(70))).rejects.toThrow();
    expect(told()).toEqual([]);
  });

  it('is told to the audit log, or does not happen', async () => {
    const desk = await changes();
    await desk.override(request(70));
    await writeStandard(rules(), [hot(61), full(80)]);
    await reload(desk, noon + minute);
    await desk.withdraw(2, by);
    const actor = 'person:1';
    const numbers = [{ point: 'court/bin-2/temp_c', name: 'limit', before: null, after: 70 }];
    expect(audited).toMatchObject([
      { actor, action: 'limit.change', object: 'estate:court', detail: { rule: 'hot', numbers } },
      { actor, action: 'standard.reload', object: 'standard:2' },
      { actor, action: 'standard.withdraw', object: 'standard:2' },
    ]);
    audited.push = () => {
      throw new Error('full');
    };
    await expect(desk.override(request(71))).rejects.toThrow('full');
    await expect(reload(desk)).rejects.toThrow('full');
    expect(told()).toEqual([[70, 0]]);
    expect(inForce.versions.all).toHaveLength(1);
    expect(inForce.versions.known).toHaveLength(2);
  });
});

describe('a standard for a time to come', () => {
  const versions = () =>
    inForce.versions.all.map(({ number, effective }) => [number, (effective - noon) / minute]);

  /** The first version from noon, the second to come into force at `minutes`. */
  async function scheduled(minutes: number): Promise<Changes> {
    const desk = await changes();
    await writeStandard(rules(), [hot(61), full(80)]);
    const { number, diff } = await reload(desk, noon + minutes * minute);
    expect(number).toBe(2);
    expect(diff?.counts.rules.changed).toBe(1);
    return desk;
  }
  const limit = () => inForce.standard.items[0]?.rules[0]?.when?.atLeast;

  it('is in force from then on, by itself and after a start', async () => {
    await scheduled(60);
    expect(versions()).toEqual([
      [1, 0],
      [2, 60],
    ]);
    for (const _ of ['while it runs', 'after a start']) {
      clock.step(noon + 59 * minute);
      expect(limit()).toBe(60);
      clock.step(noon + 60 * minute);
      expect(limit()).toBe(61);
      clock.step(noon + 59 * minute);
      await changes();
      expect(versions()).toHaveLength(2);
    }
  });

  it('never counts for what was judged already, and not for the past', async () => {
    judgedTo = noon + 2 * minute;
    await scheduled(1);
    expect(versions().at(-1)).toEqual([2, 2 + 1 / minute]);
    const desk = await changes();
    await expect(reload(desk, noon - 1)).rejects.toMatchObject({ code: 'CLOUD_EFFECTIVE_PAST' });
  });

  it('stays to come when another comes into force before it', async () => {
    const desk = await scheduled(60);
    await writeStandard(rules(), [hot(65), full(80)]);
    clock.step(noon + 10 * minute);
    await reload(desk);
    expect(versions()).toEqual([
      [1, 0],
      [3, 10],
      [2, 60],
    ]);
    // What is in force then anyway is nothing new, whatever is in force now.
    await writeStandard(rules(), [hot(61), full(80)]);
    expect(await reload(desk, noon + 70 * minute)).toEqual({ number: 2, diff: null });
  });

  it('may be taken back before it counts, and then waits for somebody to reload it', async () => {
    const desk = await scheduled(60);
    clock.step(noon + 60 * minute);
    await expect(desk.withdraw(2, by)).rejects.toMatchObject({ code: 'CLOUD_VERSION_IN_FORCE' });
    clock.step(noon + 59 * minute);
    judgedTo = noon + 61 * minute;
    await expect(desk.withdraw(2, by)).rejects.toMatchObject({ code: 'CLOUD_VERSION_IN_FORCE' });
    judgedTo = 0;
    await desk.withdraw(2, by);
    await desk.withdraw(2, by);
    await expect(desk.withdraw(3, by)).rejects.toMatchObject({ code: 'CLOUD_VERSION_UNKNOWN' });
    clock.step(noon + 61 * minute);
    expect(limit()).toBe(60);
    const again = await changes();
    expect(limit()).toBe(60);
    expect(versions()).toEqual([[1, 0]]);
    expect((await reload(again)).number).toBe(3);
    expect(limit()).toBe(61);
    await changes();
    expect(versions()).toEqual([
      [1, 0],
      [3, 61],
    ]);
  });
});
