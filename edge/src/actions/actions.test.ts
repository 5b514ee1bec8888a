import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Action } from '@caretaker/devices/model';
import { silentLog, systemClock } from '@caretaker/readings/base';
import { patient, stolenMs } from '@caretaker/readings/testing';
import { type AlarmAction, alarmKey } from '@caretaker/readings/uplink';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { Actions } from './actions.ts';
import { entrapment } from './testing.ts';

let directory: string;
let remove: () => Promise<void>;
let definitions: readonly Action[];
/** Topic and payload of what was published. */
let published: string[];
/** Topics that nobody answers for. */
let hanging: Set<string>;
let heard: readonly AlarmAction[];
let actions: Actions;

const siren = (topic: string, payload = 'on') =>
  ({ mqtt: { topic, payload, retain: false } }) as const;
const action = (more: Partial<Action> = {}): Action => ({
  ...{ rule: 'lift-trapped', do: [siren('siren')], undo: [] },
  ...more,
});
const alarm = entrapment();
const key = alarmKey(alarm);
const until = (check: () => boolean) => vi.waitUntil(check, patient);

beforeEach(async () => {
  ({ directory, remove } = await scratch());
  definitions = [action()];
  published = [];
  hanging = new Set();
  await start();
});
afterEach(async () => {
  await actions.stop();
  await remove();
});

/** As a gateway that starts on the same folder. */
async function start(): Promise<void> {
  heard = [];
  actions = new Actions({
    ...{ directory, gateway: 'yard-1', definitions: () => definitions, webhookSecret: null },
    ...{ clock: systemClock, log: silentLog },
  });
  await actions.open();
  actions.onTaken((_key, taken) => {
    heard = taken;
  });
  actions.start({
    async publish(topic, payload) {
      if (hanging.has(topic)) await new Promise(() => {});
      published.push(`${topic} ${payload}`);
    },
  });
}

async function restart(): Promise<void> {
  await actions.stop();
  await start();
}

describe('an alarm', () => {
  it('has done what the estate names for its rule and its asset', async () => {
    definitions = [
      action({ assets: ['lift'], do: [siren('a'), siren('b')] }),
      action({ assets: ['lift-2'], do: [siren('c')] }),
      action({ rule: 'bin-fire', do: [siren('d')] }),
      action({ do: [siren('e')] }),
    ];
    await actions.begin(alarm);
    await until(() => heard.length === 3);
    expect(published).toEqual(['a on', 'b on', 'e on']);
    expect(heard).toMatchObject(
      ['a', 'b', 'e'].map((target) => ({ kind: 'mqtt', target, ok: true, undo: false })),
    );
    expect(actions.taken(key)).toEqual(heard);
    expect(actions.status).toMatchObject({ done: 3, failed: 0, open: 0, steps: 5 });
  });

  it('has it done once, over two restarts', async () => {
    await actions.begin(alarm);
    await until(() => heard.length === 1);
    for (let count = 0; count < 2; count += 1) {
      await restart();
      await actions.begin(alarm);
    }
    await actions.begin(entrapment({ onset: 2_000 }));
    await until(() => published.length === 2);
    expect(published).toEqual(['siren on', 'siren on']);
    expect(actions.taken(key)).toHaveLength(1);
  });

  it('has nothing done when its breach is over', async () => {
    await actions.begin(entrapment({ end: 20_000 }));
    expect(actions.status.open).toBe(0);
    expect(published).toEqual([]);
  });

  it('is forgotten with a damaged file, which is put aside', async () => {
    await actions.begin(alarm);
    await until(() => heard.length === 1);
    await actions.stop();
    await writeFile(path.join(directory, 'actions.json'), 'damaged');
    await start();
    expect(actions.taken(key)).toEqual([]);
  });
});

describe('what hangs', () => {
  let server: Server;
  let url: string;

  beforeEach(async () => {
    // It takes connections and never answers.
    server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(async () => {
    await actions.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('holds up neither who begins it nor the other steps', async () => {
    hanging.add('stuck');
    const webhook = { webhook: { url, plain: false } };
    definitions = [
      action({ do: [siren('stuck'), webhook, ...Array(6).fill(webhook), siren('a')] }),
    ];
    const [began, stolen] = [performance.now(), stolenMs()];
    await actions.begin(alarm);
    await actions.begin(entrapment({ onset: 2_000 }));
    await until(() => published.length === 2);
    // Far below the time after which the first of them is given up.
    expect(performance.now() - began - (stolenMs() - stolen)).toBeLessThan(2_000);
    expect(published).toEqual(['a on', 'a on']);
    expect(actions.status.open).toBe(2);
  });

  it('is done again at the next start when a stop cut it off', async () => {
    hanging.add('siren');
    await actions.begin(alarm);
    await actions.stop();
    expect(actions.taken(key)).toEqual([]);
    hanging.clear();
    await start();
    await until(() => heard.length === 1);
    expect(published).toEqual(['siren on']);
  });

  it('is given up when its breach is over meanwhile, and undone to be safe', async () => {
    definitions = [action({ undo: [siren('siren', 'off')] })];
    hanging.add('siren');
    await actions.begin(alarm);
    actions.over(key);
    await restart();
    hanging.clear();
    await until(() => heard.length > 0);
    await restart();
    await until(() => heard.length === 2);
    expect(published).toEqual(['siren off']);
    expect(heard).toMatchObject([
      { ok: false, undo: false, error: expect.stringContaining('over before') },
      { ok: true, undo: true },
    ]);
  });
});

describe('undoing', () => {
  beforeEach(() => {
    definitions = [action({ undo: [siren('siren', 'off')] })];
  });

  it('waits for the end of the breach, also over a restart and another estate', async () => {
    await actions.begin(alarm);
    await until(() => heard.length === 1);
    definitions = [];
    await restart();
    expect(actions.standing.map(alarmKey)).toEqual([key]);
    expect(published).toEqual(['siren on']);
    actions.over(key);
    actions.over(key);
    await until(() => heard.length === 2);
    expect(published).toEqual(['siren on', 'siren off']);
    expect(heard.at(-1)).toMatchObject({ undo: true, ok: true });
    await restart();
    actions.over(key);
    expect(actions.standing).toEqual([]);
    expect(published).toHaveLength(2);
  });
});
