import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { DearestFirst } from './rig/src/commands/dearest-first.ts';

/** Processes that tests start find their modules compiled; without it each start costs a second or two more. */
const env = { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compiled') };

/**
 * A test that hangs is ended by this; none may come near it, however slow the machine is. Longer than what a test
 * waits for a single thing, so that the message says which.
 */
const waitMs = 300_000;
const patience = {
  testTimeout: waitMs,
  hookTimeout: waitMs,
  expect: { poll: { timeout: 120_000, interval: 20 } },
};

const ignored = ['**/node_modules/**', '**/dist/**'];
const ofServers = '**/*.server.test.ts';

/** Tests that look at what the whole process holds or has done before: each has one of its own. */
const alone = [
  'edge/src/broker/broker.test.ts',
  'edge/src/node-red/debugger.test.ts',
  'readings/src/frame/wire.test.ts',
  'readings/src/mqtt-guard/guard.test.ts',
  'standards/src/calendar/prepare.test.ts',
  'standards/src/engine/window/memory.test.ts',
];

/**
 * unit: beside the code, no servers. servers: real InfluxDB and PostgreSQL, started once per run. Their files share
 * processes, one after another, since loading an app anew for each takes longer than many of its tests.
 * e2e: the whole product as real processes, each file with ports and folders of its own.
 */
export default defineConfig({
  test: {
    // A product that waits for its next frame or page leaves time for another.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    sequence: { sequencer: DearestFirst },
    projects: [
      {
        test: {
          name: 'alone',
          env,
          include: alone,
          ...patience,
        },
      },
      {
        test: {
          name: 'unit',
          env,
          include: ['**/src/**/*.test.{ts,tsx}'],
          exclude: [...ignored, ofServers, ...alone],
          isolate: false,
          ...patience,
        },
      },
      {
        test: {
          name: 'servers',
          env,
          include: [ofServers],
          exclude: ignored,
          globalSetup: ['rig/src/servers/vitest-setup.ts'],
          isolate: false,
          ...patience,
        },
      },
      {
        test: {
          name: 'e2e',
          env,
          include: ['rig/e2e/**/*.test.ts'],
          exclude: ignored,
          ...patience,
          testTimeout: 2 * waitMs,
          hookTimeout: 2 * waitMs,
        },
      },
    ],
  },
});
