import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEstate } from '@caretaker/devices/model';
import { silentLog } from '@caretaker/readings/base';
import { manualClock } from '@caretaker/readings/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../db/database.ts';
import { Directory } from '../estates/directory.ts';
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
});
afterEach(async () => {
  await database.close();
  await folder.remove();
});

const request = (limit: number | null, from: number | null = null) => ({
  estate: 'court',
  at: 'court/bin-2',
  rule: 'hot',
  numbers: { limit },
  by: 'Lin',
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
    await desk.reload('Lin', '');
    expect(inForce.versions.newest?.effective).toBe(noon + 2 * minute + 1);
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
    await desk.reload('Lin', '');
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
    expect((await desk.reload('Lin', '')).diff).toBeNull();
    expect(renewed).toEqual([]);
    expect(told()).toHaveLength(1);
  });

  it('keeps what it is about when it cannot be stored', async () => {
    const desk = await changes();
    await database.write((tx) => tx.schema.dropTable('override_changes').execute());
    await expect(desk.override(request(70))).rejects.toThrow();
    expect(told()).toEqual([]);
  });
});
