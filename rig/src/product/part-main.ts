// Runs one part of the product as a process that can be killed at a named place:
//   node part-main.ts edge|cloud, with RIG_KILL_AT=<place>#<n> for "at the nth passing of that place"; a running
//   part takes the same from its parent as the message {killAt}.
// With RIG_PAGER_URL the cloud pages that address; RIG_KILL_AT=rig.page-accepted#<n> then kills it between the
// acceptance of a page and the note that it was sent.
// With RIG_CLOCK_SHIFT_MS its clock is off by that much, so that a part may have run long ago; with RIG_CLOCK_AHEAD_MS
// so that it should notice. RIG_BOOT names the start of the machine that it takes this for.
// With RIG_SEGMENT_BYTES the journal's segments are that small, so that the gateway soon forgets what is acknowledged.
import { flushCompileCache } from 'node:module';
import { createCloud, type Notifier, readCloudConfig } from '@caretaker/cloud';
import { createEdge, type EdgeConfig, readEdgeConfig } from '@caretaker/edge';
import { type Log, systemClock } from '@caretaker/readings/base';
import { watchTurns } from './turns.ts';

type Level = 'debug' | 'info' | 'warn' | 'error';

/** Lines on standard error; the harness keeps their end for the message of a failing test. */
function createLineLog(bindings: Record<string, unknown> = {}): Log {
  const write = (level: Level) => (fields: Record<string, unknown>, message: string) => {
    if (level === 'debug') return;
    process.stderr.write(`${level} ${message} ${JSON.stringify({ ...bindings, ...fields })}\n`);
  };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (more) => createLineLog({ ...bindings, ...more }),
  };
}

/**
 * A hook that ends this process without any chance to clean up, as a power cut would; with "#stall" at the end
 * it holds the work at that place instead, as a disk that does not answer would, and tells the parent.
 */
function createReach(spec: string | undefined) {
  let [place, nth, stall] = (spec ?? '').split('#');
  let passings = 0;
  return {
    reach(name: string): void | Promise<void> {
      if (name !== place) return;
      passings += 1;
      if (passings !== Number(nth)) return;
      if (stall === undefined) process.kill(process.pid, 'SIGKILL');
      else {
        process.send?.({ stalled: place });
        return new Promise(() => {});
      }
    },
    arm(anew: string): void {
      [place, nth, stall] = anew.split('#');
      passings = 0;
    },
  };
}

/** Hands pages to a receiver of the test, which keeps them as a provider would. */
function createNotifier(url: string, reach: (name: string) => unknown): Notifier {
  return {
    async page({ key, ticket }) {
      const answer = await fetch(url, {
        method: 'POST',
        body: JSON.stringify({ key, ref: ticket.ref, subject: ticket.subject }),
      });
      if (!answer.ok) throw new Error(`the receiver answered ${answer.status}`);
      reach('rig.page-accepted');
    },
  };
}

function edgeConfig(): EdgeConfig {
  const read = readEdgeConfig(process.env);
  // A clock that is off on purpose is not to be mended.
  const shifted = process.env.RIG_CLOCK_SHIFT_MS !== undefined;
  const config = shifted ? { ...read, clock: 'trust' as const } : read;
  const segmentBytes = process.env.RIG_SEGMENT_BYTES;
  if (segmentBytes === undefined) return config;
  return { ...config, journal: { ...config.journal, segmentBytes: Number(segmentBytes) } };
}

const { reach, arm } = createReach(process.env.RIG_KILL_AT);
const pager = process.env.RIG_PAGER_URL;
let ahead = Number(process.env.RIG_CLOCK_SHIFT_MS ?? process.env.RIG_CLOCK_AHEAD_MS ?? 0);
const options = {
  clock: { ...systemClock, now: () => systemClock.now() + ahead },
  log: createLineLog(),
  reach,
  ...(process.env.RIG_BOOT === undefined ? {} : { boot: process.env.RIG_BOOT }),
  ...(pager === undefined ? {} : { notifier: createNotifier(pager, reach) }),
};
const part =
  process.argv[2] === 'cloud'
    ? createCloud(readCloudConfig(process.env), options)
    : createEdge(edgeConfig(), options);
const ports = await part.start();
// The next start is quicker by it, and a part that is killed could not keep it at its end.
flushCompileCache();
process.send?.({ ready: ports });
const turns = watchTurns();
process.on('message', (asked) => {
  if (typeof asked !== 'object' || asked === null) return;
  if ('killAt' in asked) arm(String(asked.killAt));
  else if ('ahead' in asked) ahead = Number(asked.ahead);
  else process.send?.({ turns: turns() });
});
// A parent that is gone leaves nothing behind.
process.once('disconnect', () => process.exit(1));
process.once('SIGTERM', async () => {
  await part.stop();
  process.exit(0);
});
