import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditRow, Episode, Restatement, StandardVersion } from '../contract/index.ts';
import { openDatabase } from '../db/database.ts';
import { scripts } from '../testing/cloud.ts';
import { JudgedCloud } from '../testing/judged-cloud.ts';
import { full, hot } from '../testing/standard.ts';
import { recordRestatement } from './restatements.ts';

const minute = 60_000;
let cloud: JudgedCloud;
let first: string;

/** Hot from −50 to −40 and since −10, at no more than 66; full since −30. */
beforeEach(async () => {
  cloud = await JudgedCloud.start([hot(60), full(80)], Date.now());
  const times = [-60, -50, -40, -35, -33];
  const values = [20, 65, 20, 55, 20];
  await cloud.judge(...times.map((minutes, k) => cloud.at(minutes, values[k] ?? 0)));
  await cloud.judge(cloud.at(-30, 85, 'fill_pct'), cloud.at(-10, 66));
  first = (await versions())[0]?.version ?? '';
});
afterEach(() => cloud.remove());

const versions = () => cloud.run.list<StandardVersion>('/api/standard/versions');
const withdrawn = () => cloud.run.list<Episode>('/api/episodes?state=withdrawn');
const restate = (minutes: number, more: object = {}) =>
  cloud.send('POST', 'restatements', {
    reason: 'agreed in May',
    from: cloud.now + minutes * minute,
    ...more,
  });

describe('a standard that is made to count for a time that has passed', () => {
  it('withdraws what is no breach by it, and tells the rest by its name', async () => {
    await cloud.write([hot(70), full(80)]);
    const pages = await cloud.pages();
    const { status, body } = await restate(-45);
    expect(status).toBe(200);
    const second = (body.version as StandardVersion).version;
    expect(await cloud.told()).toEqual([
      ['hot', -50, -40, first],
      ['full', -30, null, second],
    ]);
    expect(await withdrawn()).toMatchObject([
      { rule: 'hot', onset: cloud.now - 10 * minute, reason: { en: expect.any(String) } },
    ]);
    // The fire of before was taken for the same fault: its ticket has this one's end again.
    expect(await cloud.tickets()).toEqual([
      ['TP23-S1', -50, 'self-cleared'],
      ['TP23-S2', -30, 'new'],
    ]);
    expect(await cloud.pages()).toEqual(pages);
    expect(await versions()).toMatchObject([
      {
        number: 2,
        effective: cloud.now - 45 * minute,
        inForce: true,
        restated: { by: scripts, reason: 'agreed in May', at: expect.any(Number) },
      },
      {
        number: 1,
        effective: cloud.now - 45 * minute,
        until: cloud.now - 45 * minute,
        inForce: false,
        restated: null,
      },
    ]);
    expect(await cloud.run.list<Restatement>('/api/standard/restatements')).toMatchObject([
      { kind: 'standard', estate: null, version: 2, rules: ['hot'], by: scripts },
    ]);
    const [row] = await cloud.run.list<AuditRow>('/api/audit?action=standard.restate');
    expect(row).toMatchObject({
      action: 'standard.restate',
      object: 'standard:2',
      detail: { reason: 'agreed in May', from: cloud.now - 45 * minute },
    });
  });

  it('opens what is a breach by it: over already, or standing, and pages nobody', async () => {
    await cloud.write([hot(50), full(80)]);
    const pages = await cloud.pages();
    await cloud.judge(cloud.at(-5, 20), cloud.at(-4, 52));
    await restate(-45);
    expect((await cloud.told()).map((e) => (e as unknown[]).slice(0, 3))).toEqual([
      ['hot', -50, -40],
      ['hot', -35, -33],
      ['full', -30, null],
      ['hot', -10, -5],
      ['hot', -4, null],
    ]);
    expect(await cloud.tickets()).toEqual([
      ['TP23-S1', -50, 'new'],
      ['TP23-S2', -30, 'new'],
    ]);
    expect(await cloud.pages()).toEqual(pages);
    // What follows is judged on by it, and pages as ever.
    await cloud.judge(cloud.at(0, 20), cloud.at(300, 51));
    expect(await cloud.pages()).toHaveLength(pages.length + 1);
  });

  it('leaves a ticket on which a person has acted to that person', async () => {
    const mine = (await cloud.run.tickets()).find((t) => t.onset === cloud.now - 50 * minute);
    const { id = 0, revision = 0 } = mine ?? {};
    const command = { type: 'acknowledge', revision };
    expect((await cloud.run.command(id, command)).status).toBe(200);
    await cloud.write([hot(70), full(80)]);
    await restate(-45);
    expect((await cloud.run.tickets()).find((t) => t.id === id)).toMatchObject({
      state: 'acknowledged',
      conditionClear: true,
    });
  });

  it('stands in the place of what came after it, but not of what is to come', async () => {
    await cloud.write([hot(62), full(80)]);
    await cloud.send('POST', 'reload', {});
    await cloud.judge(cloud.at(1, 20), cloud.at(2, 65));
    await cloud.write([hot(64), full(80)]);
    await cloud.send('POST', 'reload', { effective: cloud.now + 60 * minute });
    await restate(-20, { version: '1' });
    expect(
      (await versions()).map(({ number, replacedBy, until }) => [
        number,
        replacedBy,
        cloud.minutesOf(until),
      ]),
    ).toEqual([
      [4, null, 60],
      [3, null, null],
      [2, 4, null],
      [1, null, -20],
    ]);
    await cloud.judge(cloud.at(3, 20), cloud.at(4, 61), cloud.at(5, 20), cloud.at(61, 63));
    expect((await cloud.told()).slice(2)).toEqual([
      ['hot', -10, 1, first],
      ['hot', 2, 3, first],
      ['hot', 4, 5, first],
    ]);
  });

  it('is nothing new when it was in force all along, and reaches back only so far', async () => {
    expect((await restate(-45)).body).toMatchObject({ diff: null, version: { number: 1 } });
    for (const minutes of [1, -34 * 24 * 60]) {
      expect(await restate(minutes)).toMatchObject({
        status: 422,
        body: { code: 'CLOUD_RESTATEMENT_PERIOD' },
      });
    }
    expect((await restate(-45, { reason: ' ' })).status).toBe(400);
    expect((await restate(-45, { version: '9' })).status).toBe(404);
    expect(await cloud.run.list('/api/standard/restatements')).toEqual([]);
  });
});

describe('limits that are made to count for a time that has passed', () => {
  const numbers = (minutes: number, limit: number | null) =>
    cloud.send('POST', 'overrides/restatements', {
      estate: 'court',
      asset: 'bin-2',
      rule: 'hot',
      reason: 'agreed in May',
      from: cloud.now + minutes * minute,
      numbers: { limit },
    });

  it('are judged by from then on, in the place of what was said of them later', async () => {
    const place = { estate: 'court', asset: 'bin-2', rule: 'hot', reason: 'sunny' };
    await cloud.send('PUT', 'overrides', { ...place, numbers: { limit: 68 } });
    const pages = await cloud.pages();
    const { status, body } = await numbers(-45, 50);
    expect(status).toBe(200);
    expect(body.items).toMatchObject([
      { value: 50, state: 'in-force', restated: true, until: null },
      { value: 68, state: 'replaced', restated: false },
    ]);
    expect(await cloud.told()).toEqual([
      ['hot', -50, -40, first],
      ['hot', -35, -33, first],
      ['full', -30, null, first],
      ['hot', -10, null, first],
    ]);
    expect(await cloud.pages()).toEqual(pages);
    await numbers(-45, null);
    expect((await cloud.told()).slice(1, 2)).toEqual([['full', -30, null, first]]);
    expect(await cloud.run.list<Restatement>('/api/standard/restatements')).toMatchObject([
      { kind: 'limits', estate: 'court', rules: ['hot'] },
      { kind: 'limits', estate: 'court', version: null },
    ]);
  });

  it('are refused with every fault where they make no sense, and leave all as it is', async () => {
    expect(await numbers(-45, 40)).toMatchObject({
      status: 422,
      body: { code: 'CLOUD_OVERRIDE_INVALID' },
    });
    expect(await cloud.told()).toHaveLength(3);
  });
});

it('a restatement that a crash cut short is finished at the next start, and pages nobody', async () => {
  await cloud.stop();
  const pages = await cloud.pages();
  const database = await openDatabase(cloud.database);
  await database.write(async (tx) => {
    const since = cloud.now - 45 * minute;
    const said = { by: 'Lin', reason: 'agreed in May', recorded: cloud.now };
    const record = { kind: 'limits', estate: 'court', since, rules: ['hot'] } as const;
    const restatement = await recordRestatement(tx, { ...record, ...said, subjects: null }, [
      'court',
    ]);
    const change = { estate: 'court', point: 'court/bin-2/temp_c', rule: 'hot', name: 'limit' };
    await tx
      .insertInto('override_changes')
      .values({ ...change, ...said, value: 50, effective: since, restatement })
      .execute();
  });
  await database.close();
  for (const _ of ['at the first start', 'and not again at the next']) {
    await cloud.start();
    expect((await cloud.told()).map((e) => (e as unknown[])[1])).toEqual([-50, -35, -30, -10]);
    expect(await cloud.pages()).toEqual(pages);
    await cloud.stop();
  }
  const after = await openDatabase(cloud.database);
  expect(await after.read.selectFrom('restatement_work').selectAll().execute()).toEqual([]);
  await after.close();
});
