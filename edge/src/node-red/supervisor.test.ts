import { existsSync, readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { patient } from '@caretaker/readings/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { device } from '../testing.ts';
import { runLimits } from './run.ts';
import { type RiggedFlows, startFlows } from './testing.ts';

/** As it gives way in a gateway it would start for minutes beside other tests. */
const priority = 2;

let directory: string;
let remove: () => Promise<void>;
let rigged: RiggedFlows;

beforeEach(async () => {
  ({ directory, remove } = await scratch());
  const nodeRed = { megabytes: 128, mqttUrl: null, confined: true, limits: { priority } };
  rigged = await startFlows(directory, { nodeRed });
});
afterEach(async () => {
  await rigged.edge.stop();
  await remove();
});

/** Processes of our child, by their command. */
function children(): number[] {
  return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
    .split(' ')
    .map(Number)
    .filter((pid) => pid > 0 && commandOf(pid).includes('node-red/child.ts'));
}

function commandOf(pid: number): string {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

it('runs in a process of its own that gives way and knows no secret of the gateway', async () => {
  const [pid = 0, ...more] = children();
  expect(more).toEqual([]);
  expect(os.getPriority(pid)).toBe(priority);
  expect(runLimits.priority).toBe(15);
  const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  const names = environment.map((one) => one.split('=')[0]).filter(Boolean);
  expect(
    names
      .filter((name) => !/^(PATH|HOME|LANG|LC_ALL|TZ|TMPDIR|NODE_\w+)$/.test(name ?? ''))
      .toSorted(),
  ).toEqual([
    'CARETAKER_ESTATE_ID',
    'CARETAKER_MQTT_HOST',
    'CARETAKER_MQTT_PASSWORD',
    'CARETAKER_MQTT_PORT',
    'CARETAKER_MQTT_URL',
    'CARETAKER_MQTT_USER',
  ]);
});

it('keeps its folder and the secret of its credentials to its owner', async () => {
  const folder = path.join(directory, 'edge', 'node-red');
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  const file = path.join(folder, 'credential-secret');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const secret = await readFile(file, 'utf8');
  await rigged.edge.stop();
  rigged = await startFlows(directory);
  expect(await readFile(file, 'utf8')).toBe(secret);
});

it('ends with the gateway, and its credential with it', async () => {
  const [pid = 0] = children();
  const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
  const setting = (name: string) => new RegExp(`${name}=([^\\0]*)`).exec(environment)?.[1] ?? '';
  const login = {
    username: setting('CARETAKER_MQTT_USER'),
    password: setting('CARETAKER_MQTT_PASSWORD'),
    reconnectPeriod: 0,
  };
  const client = await device(setting('CARETAKER_MQTT_URL'), login);
  await client.endAsync();
  process.kill(pid, 'SIGKILL');
  await rigged.until(({ state, restarts }) => state === 'running' && restarts === 1);
  await expect(device(rigged.url, login)).rejects.toThrow(/Not authorized|Bad username/i);
  const [next = 0] = children();
  await rigged.edge.stop();
  await vi.waitFor(() => expect(commandOf(next)).toBe(''), patient);
});
