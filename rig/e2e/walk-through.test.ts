import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { root } from '../src/checks/run.ts';
import { type Command, startCaretaker } from '../src/product/command.ts';
import { createSandbox, type Sandbox } from '../src/product/sandbox.ts';
import { findBinary } from '../src/servers/binary.ts';
import { until } from '../src/servers/process.ts';

/*
 * The pages that take a newcomer from the first message of a device to a live point: their commands, one by one, as
 * they stand there, against a Caretaker that was started as they say.
 */

const tools = ['mosquitto_pub', 'curl'].every((name) => findBinary(name) !== null);
const minutes = 5;

/** Commands that the page marks to be walked through, in order. */
function commandsOf(page: string): string[] {
  const text = readFileSync(join(root, 'docs', page), 'utf8');
  return [...text.matchAll(/^```sh walk\n([\s\S]*?)\n```$/gm)].map(([, block = '']) => block);
}

/** As a person would type it, but for where this run's Caretaker is. */
function here(command: string, { mqttPort, httpUrl, folder }: Sandbox): string {
  const own = `${process.execPath} ${join(root, 'cli/src/main.ts')}`;
  return command
    .replaceAll('npx pnpm@12 caretaker', own)
    .replaceAll('-p 1883', `-p ${mqttPort}`)
    .replaceAll('http://127.0.0.1:8080', httpUrl)
    .replaceAll('data/admin-token', `${folder}/admin-token`);
}

async function run(command: string, sandbox: Sandbox): Promise<string> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', here(command, sandbox)], {
    cwd: root,
    env: { ...process.env, ...sandbox.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${command}\nended with ${code}:\n${output}\n${errors}`);
  return output;
}

/** What step 7 of the page prints, by metric. */
function valuesIn(answer: string): Record<string, unknown> {
  const { items } = JSON.parse(answer) as { items: { metric: string; value: unknown }[] };
  return Object.fromEntries(items.map(({ metric, value }) => [metric, value]));
}

describe.skipIf(!tools)('a newcomer with nothing but the page', () => {
  let caretaker: Command | null = null;
  let sandbox: Sandbox | null = null;

  afterEach(async () => {
    await caretaker?.interrupt();
    caretaker = null;
    sandbox?.dispose();
  });

  it.each([
    ['connect-zigbee2mqtt.md', 'hall-door', { door: 'open' }],
    ['connect-chirpstack.md', 'yard-bin', { distance_cm: 36.6, temp_c: 24.9, tilt: false }],
    ['connect-tasmota.md', 'hall-lamp', { power_w: 0.4 }],
  ])('%s: from first message to live point', async (page, device, values) => {
    sandbox = await createSandbox();
    const place = sandbox;
    caretaker = await startCaretaker(place);
    const [say, list, confirm, sayAgain, ask, ...more] = commandsOf(page);
    expect(more).toEqual([]);
    const began = performance.now();
    await run(say ?? '', place);
    await until('the device is found', async () => {
      return (await run(list ?? '', place)).includes(device);
    });
    expect(await run(confirm ?? '', place)).toContain(`lakeside/${device}`);
    // As a person would who sees nothing yet: once more.
    await until(
      'the point is live',
      async () => {
        await run(sayAgain ?? '', place);
        const live = valuesIn(await run(ask ?? '', place));
        return Object.entries(values).every(([metric, value]) => live[metric] === value);
      },
      minutes * 60_000,
    ).catch(async (error: Error) => {
      error.message += `\n${await run(ask ?? '', place)}\n${caretaker?.output().slice(-4_000)}`;
      throw error;
    });
    expect(performance.now() - began).toBeLessThan(minutes * 60_000);
  });
});
