// Runs a cloud as a process that dies without a chance to clean up at the nth passing of a named place:
//   KILL_AT=<place>#<n> node child.ts
// With "#stall" at the end it stands still there instead and says so, while the rest of it goes on.
import { flushCompileCache } from 'node:module';
import { silentLog, systemClock } from '@caretaker/readings/base';
import { createCloud } from '../app.ts';
import { readCloudConfig } from '../config.ts';

const [place, nth, stall] = (process.env.KILL_AT ?? '').split('#');
let passings = 0;

function reach(name: string): void | Promise<void> {
  if (name !== place) return;
  passings += 1;
  if (passings !== Number(nth)) return;
  if (stall !== undefined) {
    process.send?.({ stalled: place });
    return new Promise(() => {});
  }
  process.kill(process.pid, 'SIGKILL');
}

const cloud = createCloud(readCloudConfig(process.env), {
  clock: systemClock,
  log: silentLog,
  reach,
});
const ports = await cloud.start();
// The next start is quicker by it, and a process that is killed could not keep it at its end.
flushCompileCache();
process.send?.(ports);
process.once('disconnect', () => process.exit(1));
