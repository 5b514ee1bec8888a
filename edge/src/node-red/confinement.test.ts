import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { patient } from '@caretaker/readings/testing';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { device } from '../testing.ts';
import { type FlowNode, given, type RiggedFlows, startFlows } from './testing.ts';

let directory: string;
let remove: () => Promise<void>;
let rigged: RiggedFlows;
let beside: MqttClient;
let heard: string[];

async function start(confined: boolean): Promise<void> {
  rigged = await startFlows(directory, { nodeRed: { megabytes: 128, mqttUrl: null, confined } });
  beside = await device(rigged.url);
  heard = [];
  beside.on('message', (_topic, payload) => heard.push(payload.toString()));
  await beside.subscribeAsync('node-red/out', { qos: 1 });
}

beforeEach(async () => {
  ({ directory, remove } = await scratch());
});
afterEach(async () => {
  await beside.endAsync(true);
  await rigged.edge.stop();
  await remove();
});

/** A flow that leaves its cage as far as JavaScript goes, does this, and says what came of it. */
function flowThat(work: string, sign: string): FlowNode[] {
  const func = `const host = msg.constructor.constructor('return process')();
try { msg.payload = String((() => { ${work} })()); } catch (error) { msg.payload = error.code ?? String(error); }
msg.payload = '${sign}' + msg.payload;
return msg;`;
  const at = { z: 'tab', x: 0, y: 0 };
  const once = { props: [{ p: 'payload' }], once: true, onceDelay: 0.1, repeat: '0.5' };
  const login = { user: given('MQTT_USER'), password: given('MQTT_PASSWORD') };
  const place = { broker: given('MQTT_HOST'), port: given('MQTT_PORT'), protocolVersion: '4' };
  const out = { topic: 'node-red/out', qos: '1', broker: 'broker', wires: [] };
  return [
    { id: 'tab', type: 'tab', label: 'curious' },
    { id: 'broker', type: 'mqtt-broker', ...place, autoConnect: true, credentials: login },
    { id: 'go', type: 'inject', ...at, ...once, wires: [['try']] },
    { id: 'try', type: 'function', ...at, func, outputs: 1, wires: [['out']] },
    { id: 'out', type: 'mqtt out', ...at, ...out },
  ];
}

async function outcomeOf(work: string): Promise<string> {
  // The flow before may still have something to say.
  const sign = `${randomUUID()} `;
  await rigged.deploy(flowThat(work, sign));
  return await vi.waitFor(() => {
    const said = heard.find((one) => one.startsWith(sign));
    if (said === undefined) throw new Error('nothing was said');
    return said.slice(sign.length);
  }, patient);
}

it('keeps flows from the files of the gateway and from programs, and leaves them their own', async () => {
  await start(true);
  const own = path.join(directory, 'edge', 'node-red', 'note.txt');
  await writeFile(path.join(directory, 'edge', 'secret'), 'for the gateway alone');
  const fs = "const fs = host.getBuiltinModule('fs');";
  const secret = JSON.stringify(path.join(directory, 'edge', 'secret'));
  const refused = 'ERR_ACCESS_DENIED';
  expect(await outcomeOf(`${fs} return fs.readFileSync(${secret});`)).toBe(refused);
  expect(await outcomeOf(`${fs} fs.writeFileSync(${secret}, '');`)).toBe(refused);
  const run = "return host.getBuiltinModule('child_process').execSync('id');";
  expect(await outcomeOf(run)).toBe(refused);
  const note = JSON.stringify(own);
  const keep = `${fs} fs.writeFileSync(${note}, 'x'); return fs.readFileSync(${note});`;
  expect(await outcomeOf(keep)).toBe('x');
});

it('can be lifted', async () => {
  await start(false);
  const run = "return host.getBuiltinModule('child_process').execSync('echo free');";
  expect((await outcomeOf(run)).trim()).toBe('free');
});
