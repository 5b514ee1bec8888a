import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { loadEstate } from '@caretaker/devices/model';
import { patient, stolenMs } from '@caretaker/readings/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Site, yardText } from './testing.ts';

const estate = loadEstate(
  yardText(
    '  - { id: lift, name: lift, kind: lift, touchpoint: TP27, place: Yard, points: [trapped, door] }',
    'actions:',
    '  - rule: lift-trapped',
    '    do: [{ relay: { format: tasmota, device: siren } }]',
    '    undo: [{ relay: { format: tasmota, device: siren, on: false } }]',
    '  - { rule: lift-flies, do: [{ mqtt: { topic: nobody } }] }',
  ),
  'yard.yaml',
);

/** From the acknowledgement of the device to the siren, on a machine that does nothing else. */
const actsWithinMs = 2_000;
const clearsAfterMs = 60_000;

let site: Site;
let siren: string[];

beforeEach(async () => {
  siren = [];
  site = await Site.open({ estate });
  await start();
  await site.synced();
  await site.cloud.stop();
  site.pass();
});
afterEach(() => site.remove());

async function start(standardFolder: string | null = null): Promise<void> {
  await site.start({ standardFolder });
  site.client.on('message', (topic, payload) => siren.push(`${topic} ${payload.toString()}`));
  await site.client.subscribeAsync('cmnd/siren/#', { qos: 1 });
}

const say = (trapped: boolean) => site.say('lift', { trapped });

/** The lift is free, and so for as long as its rule wants to see it. */
async function free(): Promise<void> {
  await say(false);
  await site.until(({ pending }) => pending === 0);
  site.pass(clearsAfterMs);
}

/** It is done, and the siren has heard it: whoever stops the gateway before that cuts the siren off. */
async function actsOnce(): Promise<void> {
  await say(true);
  await site.until(({ actions }) => actions.done === 1);
  await vi.waitUntil(() => siren.length === 1, patient);
}

it('acts at once while the cloud is away, takes it back, and tells the cloud of both', async () => {
  await say(true);
  const [said, stolen] = [performance.now(), stolenMs()];
  await vi.waitUntil(() => siren.length > 0, patient);
  expect(performance.now() - said - (stolenMs() - stolen)).toBeLessThan(actsWithinMs);
  expect(siren).toEqual(['cmnd/siren/POWER1 ON']);
  await site.until(({ actions }) => actions.done === 1);
  // An action of no rule is told of, and hinders no other.
  expect((await site.rules()).actions).toMatchObject({
    open: 1,
    faults: [{ code: 'STANDARDS_UNKNOWN_ACTION', message: expect.stringContaining('lift-flies') }],
  });
  await site.cloud.start();
  await site.until(({ alarms }) => alarms.waiting === 0);
  const acted = { kind: 'relay', target: 'tasmota siren 1 on', undo: false, ok: true, error: null };
  expect(site.cloud.alarms.at(-1)?.actions).toMatchObject([acted]);
  await free();
  await vi.waitUntil(() => siren.length === 2, patient);
  await site.until(({ alarms, actions }) => actions.done === 2 && alarms.waiting === 0);
  expect(siren.at(-1)).toBe('cmnd/siren/POWER1 OFF');
  expect(site.cloud.alarms.at(-1)).toMatchObject({
    end: expect.any(Number),
    actions: [acted, { target: 'tasmota siren 1 off', undo: true, ok: true }],
  });
});

it('acts once, whatever is restarted, and still takes it back', async () => {
  await actsOnce();
  for (let count = 0; count < 2; count += 1) {
    await site.stop();
    await start();
    await site.until(({ pending, standing }) => pending === 0 && standing === 1);
  }
  expect(siren).toEqual(['cmnd/siren/POWER1 ON']);
  expect(await site.rules()).toMatchObject({
    alarms: { raised: 1 },
    actions: { done: 0, open: 1 },
  });
  await free();
  await vi.waitUntil(() => siren.length === 2, patient);
  expect(siren.at(-1)).toBe('cmnd/siren/POWER1 OFF');
});

it('takes nothing back because it can judge nothing any more', async () => {
  await actsOnce();
  await site.stop();
  await start(path.join(site.directory, 'nowhere'));
  await say(true);
  await site.stop();
  const ledger = await readFile(path.join(site.directory, 'edge', 'actions.json'), 'utf8');
  expect(ledger).toContain('"over":null');
  await start();
  await site.until(({ pending, standing }) => pending === 0 && standing === 1);
  await free();
  await vi.waitUntil(() => siren.length === 2, patient);
  expect(siren).toEqual(['cmnd/siren/POWER1 ON', 'cmnd/siren/POWER1 OFF']);
});
