import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadEstate } from '@caretaker/devices/model';
import { patient } from '@caretaker/readings/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actsAfterMs } from './index.ts';
import { Site, yardText } from './testing.ts';

const estate = loadEstate(
  yardText(
    '  - { id: lift, name: lift, kind: lift, touchpoint: TP27, place: Yard, points: [trapped, door] }',
    '  - { id: bin, name: bin, kind: bin, touchpoint: TP23, place: Yard, points: [temp_c, fill_pct] }',
    '  - { id: gate, name: gate, kind: access-gate, touchpoint: TP01, place: Yard, points: [door, granted] }',
  ),
  'yard.yaml',
);

let site: Site;

beforeEach(async () => {
  site = await Site.open({ estate });
});
afterEach(() => site.remove());

const alarmsFile = () => readFile(path.join(site.directory, 'edge', 'alarms.json'), 'utf8');

describe('while the cloud confirms', () => {
  it('judges, and raises nothing', async () => {
    await site.start();
    await site.synced();
    await site.say('lift', { trapped: true });
    await site.until(({ standing }) => standing === 1);
    await vi.waitUntil(() => site.cloud.readings.length > 0, patient);
    const came = site.now();
    await site.until(({ unconfirmedMs }) => site.now() - unconfirmedMs > came);
    site.pass();
    await site.say('lift', { door: 'closed' });
    await site.until(({ pending, unconfirmedMs }) => pending === 0 && unconfirmedMs < actsAfterMs);
    expect(await site.rules()).toMatchObject({ standing: 1, alarms: { raised: 0, waiting: 0 } });
    expect(site.cloud.alarms).toEqual([]);
  });
});

describe('while the cloud does not', () => {
  beforeEach(async () => {
    await site.start();
    await site.synced();
    await site.cloud.stop();
  });

  it('waits for 30 s, then keeps an alarm and sends it until the cloud has it', async () => {
    site.cloud.storesAlarms = false;
    await site.say('lift', { trapped: true });
    await site.until(({ standing, pending }) => standing === 1 && pending === 0);
    expect(await site.rules()).toMatchObject({ alarms: { raised: 0 } });
    site.pass();
    await site.until(({ alarms }) => alarms.waiting === 1);
    await vi.waitFor(alarmsFile, patient);
    expect(JSON.parse((await alarmsFile()).split('\n')[0] ?? '')).toMatchObject({
      alarms: [{ alarm: { rule: 'lift-trapped' }, stored: null }],
    });
    await site.cloud.start();
    await vi.waitUntil(() => site.cloud.alarms.length > 0, patient);
    expect(site.cloud.alarms[0]).toMatchObject({
      subject: 'yard/lift',
      rule: 'lift-trapped',
      item: 'TP27-S1',
      severity: 'emergency',
      end: null,
      worst: true,
      readings: [{ point: 'yard/lift/trapped', value: true }],
    });
    // It comes again while no answer does, and at each connection.
    site.cloud.storesAlarms = true;
    site.pass();
    await site.until(({ alarms }) => alarms.waiting === 0);
    expect(site.cloud.alarms.length).toBeGreaterThan(1);
    expect(new Set(site.cloud.alarms.map(({ onset }) => onset)).size).toBe(1);
  });

  it('raises at once what happens when the 30 s are over', async () => {
    site.pass();
    await site.say('bin', { temp_c: 80 });
    await site.until(({ alarms }) => alarms.waiting === 1);
    await site.say('lift', { trapped: true });
    await site.until(({ alarms }) => alarms.waiting === 2);
    await site.cloud.start();
    await site.until(({ alarms }) => alarms.waiting === 0);
    expect(site.cloud.alarms.map(({ rule }) => rule).sort()).toEqual(['bin-fire', 'lift-trapped']);
  });

  it('raises nothing that is over before, and tells the end of what is over later', async () => {
    await site.say('gate', { door: 'open', granted: false });
    await site.until(({ pending }) => pending === 0);
    site.pass(6_000);
    await site.until(({ standing }) => standing === 1);
    await site.say('gate', { door: 'closed', granted: false });
    site.pass(12_000);
    await site.until(({ standing }) => standing === 0);
    site.pass();
    await site.say('gate', { door: 'open', granted: false });
    await site.until(({ pending }) => pending === 0);
    site.pass(6_000);
    await site.until(({ alarms }) => alarms.waiting === 1);
    await site.say('gate', { door: 'closed', granted: true });
    site.pass(12_000);
    await site.until(({ standing }) => standing === 0);
    await vi.waitUntil(async () => !(await alarmsFile()).includes('"end":null'), patient);
    await site.cloud.start();
    await site.until(({ alarms }) => alarms.waiting === 0);
    expect(site.cloud.alarms).toHaveLength(1);
    expect(site.cloud.alarms[0]?.end).toBeGreaterThan(site.cloud.alarms[0]?.detected ?? Infinity);
  });

  it('raises nothing about the past', async () => {
    site.pass();
    await site.say('lift', { at: site.now() - 25 * 3_600_000, trapped: true });
    await site.say('bin', { at: site.now() - 23 * 3_600_000, temp_c: 70 });
    await site.until(({ standing, alarms }) => standing === 2 && alarms.raised === 1);
  });

  it('goes on after a restart, with what it judged and with what it raised', async () => {
    await site.say('lift', { trapped: true });
    await site.until(({ standing }) => standing === 1);
    await site.stop();
    await site.start();
    await site.until(({ standing, pending }) => standing === 1 && pending === 0);
    expect(await site.rules()).toMatchObject({ alarms: { raised: 0 } });
    site.pass();
    await site.until(({ alarms }) => alarms.raised === 1);
    await site.stop();
    await site.start();
    await site.until(({ pending }) => pending === 0);
    expect(await site.rules()).toMatchObject({ standing: 1, alarms: { raised: 1, waiting: 1 } });
    await site.cloud.start();
    await site.until(({ alarms }) => alarms.waiting === 0);
    expect(site.cloud.alarms).toHaveLength(1);
  });

  it('judges anew, and raises nothing twice, when its state is damaged', async () => {
    site.pass();
    await site.say('lift', { trapped: true });
    await site.until(({ alarms }) => alarms.raised === 1);
    await site.stop();
    await writeFile(path.join(site.directory, 'edge', 'rules.state'), 'damaged');
    await site.start();
    await site.until(({ standing, pending }) => standing === 1 && pending === 0);
    expect(await site.rules()).toMatchObject({ alarms: { raised: 1 } });
  });

  it('lets the journal go on whatever is in it', async () => {
    await site.say('bin', { fill_pct: 10 });
    await site.until(({ pending }) => pending === 0);
    await site.cloud.start();
    await vi.waitUntil(() => site.cloud.readings.length > 0, patient);
    await site.stop();
    const state = await readFile(
      path.join(site.directory, 'edge', 'journal', 'state.json'),
      'utf8',
    );
    const { positions } = JSON.parse(state.split('\n')[0] ?? '');
    expect(positions.rules).toBe(1);
  });
});

describe('in the middle of a backlog', () => {
  it('raises at once, for the cloud is busy with what is long past', async () => {
    await site.start();
    await site.synced();
    // It takes nothing more, so that what comes from now on waits.
    site.cloud.mood = () => 'lose';
    await site.say('bin', { fill_pct: 10 });
    await site.until(({ pending }) => pending === 0);
    site.pass();
    await site.until(({ unconfirmedMs }) => unconfirmedMs >= actsAfterMs);
    await site.say('lift', { trapped: true });
    await vi.waitUntil(() => site.cloud.alarms.length > 0, patient);
    expect(site.cloud.frames.flatMap(({ readings }) => readings)).toEqual([]);
    expect(await site.rules()).toMatchObject({ alarms: { raised: 1 } });
  });
});
