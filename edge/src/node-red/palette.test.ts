import { execFile } from 'node:child_process';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { patient } from '@caretaker/readings/testing';
import { Aedes } from 'aedes';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { device, statusOf } from '../testing.ts';
import {
  example,
  type FlowNode,
  given,
  paletteFolder,
  type RiggedFlows,
  startFlows,
} from './testing.ts';

let remove: () => Promise<void>;
let rigged: RiggedFlows;
/** Hears what flows say to the gateway. */
let beside: MqttClient;
/** A broker on which we say what otherwise the gateway alone may say, and hear what flows say to it. */
let events: {
  client: MqttClient;
  port: number;
  /** Cuts everybody else off, does something, and lets them come back. */
  cut: (meanwhile: () => Promise<unknown>) => Promise<void>;
  stop: () => Promise<void>;
};
const heard: { topic: string; payload: string }[] = [];

beforeAll(async () => {
  const folder = await scratch();
  remove = folder.remove;
  rigged = await startFlows(folder.directory, { outward: { discovery: null } });
  beside = await device(rigged.url);
  events = await startEvents();
  for (const client of [beside, events.client]) {
    client.on('message', (topic, payload) => heard.push({ topic, payload: payload.toString() }));
    await client.subscribeAsync('node-red/#', { qos: 1 });
  }
});
afterAll(async () => {
  await beside.endAsync(true);
  await rigged.edge.stop();
  await events.stop();
  await remove();
});

async function startEvents(): Promise<typeof events> {
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  let isOpen = true;
  const server = createServer((socket) => {
    if (!isOpen) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  const client = await device(`mqtt://127.0.0.1:${port}`);
  const [ours] = sockets;
  const cut = async (meanwhile: () => Promise<unknown>) => {
    isOpen = false;
    for (const socket of sockets) if (socket !== ours) socket.destroy();
    await meanwhile();
    isOpen = true;
  };
  const stop = async () => {
    await client.endAsync(true);
    await new Promise<void>((resolve) => broker.close(() => resolve()));
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  };
  return { client, port, cut, stop };
}

/** The nodes that lead to a broker: the gateway's own by what it gives its flows, or the other one. */
function waysTo(where: 'gateway' | 'events'): FlowNode[] {
  const own = where === 'gateway';
  const url = own ? '' : `mqtt://127.0.0.1:${events.port}`;
  const broker = own ? given('MQTT_HOST') : '127.0.0.1';
  const port = own ? given('MQTT_PORT') : String(events.port);
  const login = { user: given('MQTT_USER'), password: given('MQTT_PASSWORD') };
  const session = { protocolVersion: '4', keepalive: '30', cleansession: true, autoConnect: true };
  const credentials = own ? { credentials: login } : {};
  return [
    { id: 'gw', type: 'caretaker-gateway', url, estate: '' },
    { id: 'broker', type: 'mqtt-broker', broker, port, clientid: '', ...session, ...credentials },
  ];
}

const at = { z: 'tab', x: 100, y: 100 };

/** A flow of ours around one node, whose messages come out at `node-red/out`. */
function around(
  node: Record<string, unknown>,
  where: 'gateway' | 'events',
  code = 'return msg;',
): FlowNode[] {
  const wrong = "return { payload: 'error: ' + msg.error.message };";
  const end = { topic: 'node-red/out', qos: '1', broker: 'broker', wires: [] };
  const start = { topic: 'node-red/in', qos: '1', datatype: 'auto-detect', broker: 'broker' };
  return [
    { id: 'tab', type: 'tab', label: 'test' },
    ...waysTo(where),
    { id: 'in', type: 'mqtt in', ...at, ...start, wires: [['make']] },
    { id: 'make', type: 'function', ...at, func: code, outputs: 1, wires: [['node']] },
    { id: 'node', type: '', ...at, gateway: 'gw', wires: [['out']], ...node },
    { id: 'catch', type: 'catch', ...at, scope: ['node'], wires: [['wrong']] },
    { id: 'wrong', type: 'function', ...at, func: wrong, outputs: 1, wires: [['out']] },
    { id: 'out', type: 'mqtt out', ...at, ...end },
  ];
}

/** Resolves with the last thing that came out which fits. */
function outcome(fits: (payload: string) => boolean): Promise<string> {
  return vi.waitFor(() => {
    const found = heard.findLast(({ topic, payload }) => topic === 'node-red/out' && fits(payload));
    if (found === undefined) throw new Error(`heard ${JSON.stringify(heard.slice(-3))}`);
    return found.payload;
  }, patient);
}

/** Says something to the flow until it answers: it is started before it has subscribed. */
async function say(payload: string, fits: (payload: string) => boolean): Promise<string> {
  heard.length = 0;
  return await vi.waitFor(
    async () => {
      await beside.publishAsync('node-red/in', payload, { qos: 1 });
      const found = heard.find((one) => one.topic === 'node-red/out' && fits(one.payload));
      if (found === undefined) throw new Error('no answer yet');
      return found.payload;
    },
    { ...patient, interval: 100 },
  );
}

describe('caretaker-reading', () => {
  it('goes on when the gateway has the reading on its disk', async () => {
    await rigged.deploy(
      around({ type: 'caretaker-reading', asset: 'hall', metric: 'temp_c' }, 'gateway'),
    );
    const before = (await statusOf(rigged)).ingest.readings;
    expect(await say('21.5', (payload) => payload === '21.5')).toBe('21.5');
    expect((await statusOf(rigged)).ingest.readings).toBeGreaterThan(before);
    expect((await statusOf(rigged)).quarantine.total).toBe(0);
  });

  it('takes asset and values from the message, and its time', async () => {
    const code =
      "msg.asset = 'gate'; msg.at = Date.now() - 1000; msg.payload = { slam_db: 61, fault: false }; return msg;";
    await rigged.deploy(
      around({ type: 'caretaker-reading', asset: '', metric: '' }, 'gateway', code),
    );
    const before = (await statusOf(rigged)).ingest.readings;
    await say('go', (payload) => payload.includes('slam_db'));
    expect((await statusOf(rigged)).ingest.readings - before).toBeGreaterThanOrEqual(2);
    expect((await statusOf(rigged)).quarantine.total).toBe(0);
  });

  it.each([
    ["msg.asset = 'No asset'; return msg;", 'error: "No asset" is not the id of an asset'],
    [
      "msg.payload = NaN; msg.asset = 'hall'; msg.metric = 'temp_c'; return msg;",
      'error: The value of "temp_c" is neither a number, a text nor true or false',
    ],
    [
      "msg.at = 1700000000; msg.asset = 'hall'; msg.metric = 'temp_c'; return msg;",
      'error: "1700000000" is no time: give epoch milliseconds, or ISO 8601 with its offset',
    ],
  ])('refuses what is no reading: %s', async (code, told) => {
    await rigged.deploy(
      around({ type: 'caretaker-reading', asset: '', metric: '' }, 'gateway', code),
    );
    expect(await say('1', (payload) => payload.startsWith('error'))).toBe(told);
  });
});

describe('caretaker-ticket', () => {
  const topic = 'ctk-events/1/yard/ticket/CT-7';
  const ticket = {
    id: 'CT-7',
    asset: 'gate',
    severity: 'high',
    state: 'new',
    title: { en: 'Gate' },
  };

  it('tells tickets that are wanted, those that stood before, too', async () => {
    await events.client.publishAsync(topic, JSON.stringify(ticket), { qos: 1, retain: true });
    heard.length = 0;
    await rigged.deploy(
      around({ type: 'caretaker-ticket', severities: 'emergency, high', standing: true }, 'events'),
    );
    expect(JSON.parse(await outcome((payload) => payload.includes('CT-7')))).toEqual(ticket);
    await events.client.publishAsync(
      `${topic}1`,
      JSON.stringify({ ...ticket, id: 'CT-71', severity: 'low' }),
      { qos: 1 },
    );
    await events.client.publishAsync(
      topic,
      JSON.stringify({ ...ticket, state: 'closed', open: false }),
      {
        qos: 1,
      },
    );
    await events.client.publishAsync(topic, '', { qos: 1, retain: true });
    await outcome((payload) => payload.includes('closed'));
    expect(heard.filter(({ payload }) => payload.includes('CT-71'))).toEqual([]);
  });
});

describe('caretaker-alarm', () => {
  it('tells alarms, and conditions with the breaches that are wanted', async () => {
    heard.length = 0;
    await rigged.deploy(
      around(
        { type: 'caretaker-alarm', about: 'both', assets: 'gate', severities: 'emergency' },
        'events',
      ),
    );
    const breach = { rule: 'r1', severity: 'emergency', since: 1 };
    const condition = { asset: 'gate', at: 1, breaches: [breach, { ...breach, severity: 'low' }] };
    const alarm = { asset: 'gate', rule: 'r1', severity: 'emergency', onset: 1 };
    const tell = (where: string, what: object) =>
      events.client.publishAsync(`ctk-events/1/yard/${where}`, JSON.stringify(what), { qos: 1 });
    await vi.waitFor(
      async () => {
        await tell('alarm/hall/r1', { ...alarm, asset: 'hall' });
        await tell('condition/gate', condition);
        await tell('alarm/gate/r1', alarm);
        expect(heard.some(({ payload }) => payload.includes('onset'))).toBe(true);
      },
      { ...patient, interval: 100 },
    );
    const told = heard.map(({ payload }) => JSON.parse(payload));
    expect(told).toContainEqual({ asset: 'gate', at: 1, breaches: [breach] });
    expect(told).toContainEqual(alarm);
    expect(told.every(({ asset }) => asset === 'gate')).toBe(true);
  });
});

it('hears what the gateway itself tells', async () => {
  heard.length = 0;
  const conditions = {
    type: 'caretaker-alarm',
    about: 'conditions',
    assets: 'gate',
    standing: true,
  };
  await rigged.deploy(around(conditions, 'gateway'));
  expect(JSON.parse(await outcome((payload) => payload.includes('"estate"')))).toMatchObject({
    ...{ estate: 'yard', asset: 'gate', breaches: [] },
  });
});

it('tells that a ticket was closed while the connection was broken', async () => {
  const topic = 'ctk-events/1/yard/ticket/8';
  const ticket = { id: 8, asset: 'gate', severity: 'high', state: 'new', open: true };
  const tell = (payload: string) =>
    events.client.publishAsync(topic, payload, { qos: 1, retain: true });
  await tell(JSON.stringify(ticket));
  heard.length = 0;
  // What comes out goes another way, which is not cut.
  const [cutOff] = waysTo('events');
  const flow = around({ type: 'caretaker-ticket', standing: true }, 'gateway');
  await rigged.deploy(flow.map((node) => (node.id === cutOff?.id ? cutOff : node)));
  await outcome((payload) => payload.includes('"id":8'));
  await events.cut(() => tell(''));
  const last = await outcome((payload) => payload.includes('missed'));
  expect(JSON.parse(last)).toEqual({ ...ticket, state: 'closed', open: false, missed: true });
});

describe('the examples', () => {
  it('make a reading of a register', async () => {
    const before = (await statusOf(rigged)).ingest.readings;
    await rigged.deploy(await example('register to reading'));
    await vi.waitFor(async () => {
      expect((await statusOf(rigged)).ingest.readings).toBeGreaterThan(before);
    }, patient);
    expect((await statusOf(rigged)).quarantine.total).toBe(0);
  });

  it('light a lamp while an urgent ticket is open', async () => {
    heard.length = 0;
    const [gateway, broker] = waysTo('events');
    const nodes = (await example('ticket to lamp')).map((node) => {
      if (node.type === 'caretaker-gateway') return { ...node, url: gateway?.url };
      return node.type === 'mqtt-broker' ? { ...broker, id: node.id } : node;
    });
    await rigged.deploy(nodes as FlowNode[]);
    const ticket = { id: 'CT-9', asset: 'gate', severity: 'emergency', state: 'new', open: true };
    const lamp = () => heard.findLast(({ topic }) => topic === 'node-red/lamp')?.payload;
    const tell = (what: object) =>
      events.client.publishAsync('ctk-events/1/yard/ticket/CT-9', JSON.stringify(what), { qos: 1 });
    const until = (what: object, state: string) =>
      vi.waitFor(
        async () => {
          await tell(what);
          expect(lamp()).toBe(`{"state":"${state}"}`);
        },
        { ...patient, interval: 100 },
      );
    await until(ticket, 'ON');
    await until({ ...ticket, state: 'closed', open: false }, 'OFF');
  });

  it('are all tried here', async () => {
    const files = await readdir(path.join(paletteFolder, 'examples'));
    expect(files.toSorted()).toEqual(['register to reading.json', 'ticket to lamp.json']);
  });
});

it('has its texts in both languages, with help for each node', async () => {
  const folder = path.join(paletteFolder, 'nodes/locales');
  const [en, zh] = await Promise.all([
    readdir(path.join(folder, 'en-US')),
    readdir(path.join(folder, 'zh-CN')),
  ]);
  expect(zh.toSorted()).toEqual(en.toSorted());
  const help = await (await rigged.ask('GET', '/red/nodes')).json();
  const ours = (help as { module: string; types: string[]; err?: string }[]).filter(
    ({ module }) => module === 'node-red-contrib-caretaker',
  );
  expect(ours.flatMap(({ types }) => types).toSorted()).toEqual([
    'caretaker-alarm',
    'caretaker-gateway',
    'caretaker-reading',
    'caretaker-ticket',
  ]);
  expect(ours.filter(({ err }) => err !== undefined)).toEqual([]);
});

it('works in a Node-RED that somebody else runs', async () => {
  const folder = await scratch();
  await mkdir(path.join(folder.directory, 'node_modules'));
  await symlink(
    paletteFolder,
    path.join(folder.directory, 'node_modules/node-red-contrib-caretaker'),
  );
  const script = path.join(folder.directory, 'list.cjs');
  const red = createRequire(import.meta.url).resolve('node-red');
  await writeFile(
    script,
    `const RED = require(${JSON.stringify(red)});
RED.init({ httpAdminRoot: false, httpNodeRoot: false, userDir: ${JSON.stringify(folder.directory)}, credentialSecret: false, telemetry: { enabled: false }, logging: { console: { level: 'off' } } });
RED.start().then(() => RED.runtime.nodes.getNodeList({})).then((list) => {
  console.log(JSON.stringify(list.filter((one) => one.module === 'node-red-contrib-caretaker')));
  process.exit(0);
});
`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  const list: { types: string[]; loaded?: boolean; enabled: boolean; err?: string }[] =
    JSON.parse(stdout);
  expect(list.flatMap(({ types }) => types)).toHaveLength(4);
  expect(list.every(({ enabled, err }) => enabled && err === undefined)).toBe(true);
  await folder.remove();
});
