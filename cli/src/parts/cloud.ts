import { writeFile } from 'node:fs/promises';
import { type Cloud, createCloud, readCloudConfig } from '@caretaker/cloud';
import { readEdgeConfig } from '@caretaker/edge';
import { systemClock } from '@caretaker/readings/base';
import { runPart } from './run-part.ts';

/** `caretaker cloud`: the rules service, its HTTP API and the web app. */
export function runCloud(): Promise<void> {
  return runPart('cloud', async (log) => {
    const cloud = createCloud(readCloudConfig(process.env), { clock: systemClock, log });
    const { entry, ...ports } = await cloud.start();
    await offerCode(cloud, process.env.CARETAKER_GATEWAY_CODE_FILE);
    return { ports, entry, stop: () => cloud.stop() };
  });
}

/** Under `caretaker start` the gateway of this machine finds its code in a file that only we may read. */
async function offerCode(cloud: Cloud, file: string | undefined): Promise<void> {
  if (file === undefined || file === '') return;
  const code = await cloud.codeFor(readEdgeConfig(process.env).gateway);
  if (code !== null) await writeFile(file, `${code}\n`, { mode: 0o600 });
}
