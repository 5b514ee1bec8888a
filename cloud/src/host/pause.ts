import { setImmediate } from 'node:timers/promises';

/** Lets everything else that waits have its turn, so that long work never holds the event loop. */
export async function pause(): Promise<void> {
  await setImmediate();
}
