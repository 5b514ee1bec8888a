import { createCloud, readCloudConfig } from '@caretaker/cloud';
import { systemClock } from '@caretaker/readings/base';
import { runPart } from './run-part.ts';

/** `caretaker cloud`: the rules service, its HTTP API and the web app. */
export function runCloud(): Promise<void> {
  return runPart('cloud', async (log) => {
    const cloud = createCloud(readCloudConfig(process.env), { clock: systemClock, log });
    const ports = await cloud.start();
    return { ports: { ...ports }, stop: () => cloud.stop() };
  });
}
