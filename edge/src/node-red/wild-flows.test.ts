import { setTimeout as wait } from 'node:timers/promises';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { device, statusOf } from '../testing.ts';
import { type FlowNode, type RiggedFlows, startFlows } from './testing.ts';

let directory: string;
let remove: () => Promise<void>;
let rigged: RiggedFlows;
let device1: MqttClient;

/** @param answerMs after which a loop that does not turn is ended; long where that is not what is tested */
async function start(answerMs: number): Promise<void> {
  const limits = { answerMs };
  const nodeRed = { megabytes: 128, mqttUrl: null, confined: true, limits };
  rigged = await startFlows(directory, { nodeRed });
  device1 = await device(rigged.url);
}

beforeEach(async () => {
  ({ directory, remove } = await scratch());
});
afterEach(async () => {
  await device1.endAsync(true);
  await rigged.edge.stop();
  await remove();
});

/** A flow that runs this code as soon as it is started. */
function flowThat(code: string): FlowNode[] {
  const at = { z: 'tab', x: 0, y: 0 };
  const once = { props: [{ p: 'payload' }], once: true, onceDelay: 0.1, payloadType: 'date' };
  return [
    { id: 'tab', type: 'tab', label: 'wild' },
    { id: 'go', type: 'inject', ...at, ...once, wires: [['wild']] },
    { id: 'wild', type: 'function', ...at, func: code, outputs: 1, wires: [[]] },
  ];
}

/** Publishes one reading after another until the work is done; each has to be acknowledged before the next. */
async function readingsDuring(work: Promise<unknown>): Promise<number> {
  let acknowledged = 0;
  let going = true;
  const done = work.finally(() => {
    going = false;
  });
  while (going) {
    await device1.publishAsync('caretaker/hall', `{"temp_c":${acknowledged % 40}}`, { qos: 1 });
    acknowledged += 1;
    // As often as many devices do, and not so often that Node-RED has to wait for a processor.
    await wait(5);
  }
  await done;
  return acknowledged;
}

const few = 100;
const shortMs = 5_000;
const longMs = 100_000;

describe('devices are acknowledged, and Node-RED comes back,', () => {
  it('while a flow loops; it is started without its flows until somebody has mended them', async () => {
    await start(shortMs);
    await rigged.deploy(flowThat('for (;;) {}'));
    const safe = rigged.until(({ state }) => state === 'safe');
    const acknowledged = await readingsDuring(safe);
    expect((await safe).ended?.why).toBe('stuck');
    expect(acknowledged).toBeGreaterThan(few);
    expect((await statusOf(rigged)).ingest.readings).toBe(acknowledged);
    // The editor shows what looped, so that it can be mended there.
    expect(await (await rigged.ask('GET', '/red/flows')).text()).toContain('for (;;) {}');
    await rigged.deploy(flowThat('return msg;'));
    await rigged.until(({ state }) => state === 'running');
  });

  it('while a flow crashes; the third time it is started without its flows', async () => {
    await start(longMs);
    await rigged.deploy(flowThat("Promise.reject(new Error('boom'));"));
    const safe = rigged.until(({ state }) => state === 'safe');
    const acknowledged = await readingsDuring(safe);
    expect(await safe).toMatchObject({ ended: { why: 'crashed' }, restarts: 3 });
    expect(acknowledged).toBeGreaterThan(few);
    expect((await statusOf(rigged)).ingest.readings).toBe(acknowledged);
  });

  it.each([
    [
      'its heap',
      'const kept = []; setInterval(() => { for (let n = 0; n < 1e5; n += 1) kept.push({ n }); }, 5);',
    ],
    [
      'memory beside its heap',
      'const kept = []; setInterval(() => kept.push(Buffer.alloc(2e7, 1)), 5);',
    ],
  ])('while a flow fills %s', async (_what, code) => {
    await start(longMs);
    await rigged.deploy(flowThat(code));
    const ended = rigged.until(({ restarts }) => restarts > 0);
    const acknowledged = await readingsDuring(ended);
    expect((await ended).ended?.why).toBe('memory');
    expect(acknowledged).toBeGreaterThan(few);
    expect((await statusOf(rigged)).ingest.readings).toBe(acknowledged);
  });
});
