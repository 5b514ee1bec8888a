import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { connectAsync } from 'mqtt';
import { topicOf } from './edge-messages.ts';
import { say } from './edge-process.ts';

/*
 * The peer: Node-RED and nothing else in a process of its own, with the flow that its users build first: MQTT in at
 * QoS 1, JSON, a function that counts.
 */

/** What the parent asks: a flow on this broker that says when it has counted so many, and so many more. */
export interface PeerOrder {
  readonly port: number;
  readonly warmUp: number;
  readonly measured: number;
}

export type PeerNews =
  | { readonly type: 'started' }
  /** What it counted after the warm-up took so long. */
  | { readonly type: 'done'; readonly ms: number };

// A module of the older kind, without types.
const require = createRequire(import.meta.url);

interface Red {
  init(server: null, settings: object): void;
  start(): Promise<void>;
  readonly runtime: {
    readonly events: EventEmitter;
    readonly flows: { setFlows(given: object): Promise<unknown> };
  };
}

function flowOf(port: number): object[] {
  const broker = { broker: '127.0.0.1', port: String(port), clientid: '', usetls: false };
  const session = { protocolVersion: '4', keepalive: '60', cleansession: true, autoConnect: true };
  const input = { topic: 'meters/#', qos: '1', datatype: 'utf8', broker: 'broker' };
  const count = { func: 'global.get("count")(msg.payload); return null;', outputs: 1 };
  // Without a place on the canvas a node counts as settings of others.
  const at = { z: 'flow', x: 0, y: 0 };
  return [
    { id: 'flow', type: 'tab', label: 'count' },
    { id: 'broker', type: 'mqtt-broker', ...broker, ...session },
    { id: 'in', type: 'mqtt in', ...at, ...input, wires: [['parse']] },
    { id: 'parse', type: 'json', ...at, property: 'payload', action: '', wires: [['count']] },
    { id: 'count', type: 'function', ...at, ...count, wires: [[]] },
  ];
}

/** Resolves when a message goes all the way: the flow is started before it has subscribed. */
async function throughOnce(port: number, seen: EventEmitter): Promise<void> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`);
  const { promise, resolve } = Promise.withResolvers<void>();
  seen.once('message', () => resolve());
  const ask = () => client.publish(topicOf(0), '{"temp_c":1}', { qos: 1 });
  const again = setInterval(ask, 100);
  await promise;
  clearInterval(again);
  await client.endAsync();
}

async function run({ port, warmUp, measured }: PeerOrder): Promise<void> {
  const userDir = await mkdtemp(path.join(os.tmpdir(), 'caretaker-node-red-'));
  process.once('exit', () => void rm(userDir, { recursive: true, force: true }));
  const seen = new EventEmitter();
  let counting: ((payload: unknown) => void) | null = null;
  const RED: Red = require('node-red');
  RED.init(null, {
    httpAdminRoot: false,
    httpNodeRoot: false,
    userDir,
    flowFile: 'flows.json',
    credentialSecret: false,
    telemetry: { enabled: false, updateNotification: false },
    logging: { console: { level: 'fatal' } },
    functionGlobalContext: {
      count: (payload: unknown) => {
        if (counting === null) seen.emit('message');
        else counting(payload);
      },
    },
  });
  await RED.start();
  const flows = { flows: flowOf(port) };
  await RED.runtime.flows.setFlows({ flows, deploymentType: 'full' });
  await throughOnce(port, seen);
  let count = 0;
  let since = 0;
  counting = (payload) => {
    // What the probe sent may still come.
    if (typeof payload !== 'object' || payload === null || !('at' in payload)) return;
    count += 1;
    if (count === warmUp) since = performance.now();
    if (count === warmUp + measured) {
      say({ type: 'done', ms: performance.now() - since } satisfies PeerNews);
    }
  };
  say({ type: 'started' } satisfies PeerNews);
}

if (process.send !== undefined) {
  process.once('message', (order: PeerOrder) => void run(order));
  process.once('disconnect', () => process.exit());
}
