import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../src/product/command.ts';
import { describeWith } from '../src/product/needs.ts';
import { type Part, startPart } from '../src/product/parts.ts';
import { createSandbox, type Sandbox } from '../src/product/sandbox.ts';
import { until } from '../src/servers/process.ts';
import { type Login, mosquittoPublish, smallEstate } from './small.ts';

let sandbox: Sandbox;
let edge: Part;

async function caretaker(...args: string[]): Promise<string> {
  const command = runCommand(args, { ...sandbox.environment });
  expect(await command.gone, command.output()).toBe(0);
  return command.output();
}

async function credential(name: string, ...more: string[]): Promise<Login> {
  const printed = await caretaker('device', 'add', name, ...more, '--json');
  const { user, password } = JSON.parse(printed) as { user: string; password: string };
  return { user, password };
}

const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

/** How many readings the gateway has journalled, and what it refused. */
async function status() {
  const token = readFileSync(join(sandbox.folder, 'edge/metrics-token'), 'utf8').trim();
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${sandbox.edgeUrl}/status`, { headers });
  expect(answer.status).toBe(200);
  return (await answer.json()) as {
    journal: { newest: number };
    quarantine: { total: number };
    broker: { refusals: Record<string, number> };
  };
}

describeWith({ binaries: ['mosquitto_pub'] }, 'a gateway that asks for credentials', () => {
  beforeAll(async () => {
    sandbox = await createSandbox(smallEstate, { CARETAKER_MQTT_ANONYMOUS: '0' });
    edge = await startPart('edge', sandbox);
  });
  afterAll(async () => {
    await edge.kill();
    sandbox.dispose();
  });

  it('keeps what a device or bridge owns, and nothing else of anybody', async () => {
    const gate = await credential('north-gate');
    const mesh = await credential('mesh', '--bridge', 'zigbee2mqtt/#');
    const say = (topic: string, message: string, login?: Login) =>
      mosquittoPublish(sandbox.mqttPort, topic, message, login);
    // Both are in the file, which the gateway looks at every second.
    await until('the gateway knows the credentials', () =>
      succeeds(say('zigbee2mqtt/nobody', '{}', mesh)),
    );
    await say('caretaker/north-gate', '{"slam_db": 50}', gate);
    const before = await status();
    const refused = [
      say('caretaker/lift-a', '{"trapped": true}'),
      say('caretaker/lift-a', '{"trapped": true}', { ...gate, password: mesh.password }),
    ];
    for (const one of await Promise.allSettled(refused)) expect(one.status).toBe('rejected');
    await say('caretaker/lift-a', '{"trapped": true}', gate);
    await say('zigbee2mqtt/gates/north', '{"slam_db": 99}', gate);
    await say('caretaker/lift-a', '{"trapped": true}', mesh);
    await say('caretaker/lift-a', 'nonsense', mesh);
    await say('caretaker/north-gate', '{"slam_db": 51}', gate);
    await say('zigbee2mqtt/bins/plaza', '{"temperature": 20}', mesh);
    const { journal, quarantine, broker } = await status();
    expect(journal.newest - before.journal.newest).toBe(2);
    expect(quarantine.total).toBe(before.quarantine.total);
    const more = (code: string) =>
      (broker.refusals[code] ?? 0) - (before.broker.refusals[code] ?? 0);
    expect([more('EDGE_LOGIN_REFUSED'), more('EDGE_TOPIC_FORBIDDEN')]).toEqual([2, 4]);
  });

  it('cuts off who is connected when the command line revokes', async () => {
    const lift = await credential('lift-a');
    const login = { username: lift.user, password: lift.password, reconnectPeriod: 0 };
    await until('the gateway knows the credential', () =>
      succeeds(mosquittoPublish(sandbox.mqttPort, 'caretaker/lift-a', '{}', lift)),
    );
    const device = await mqtt.connectAsync(sandbox.mqttUrl, login);
    device.on('error', () => {});
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    device.once('close', () => resolve());
    await caretaker('device', 'revoke', 'lift-a');
    await closed;
    await expect(mqtt.connectAsync(sandbox.mqttUrl, login)).rejects.toThrow(/refused/i);
    expect(edge.output()).not.toContain(lift.password);
  });
});
