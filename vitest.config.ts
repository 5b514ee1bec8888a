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

const ignored = ['**/node_modules/**', '**/dist/**'];

/**
 * unit: beside the code, no servers. servers: real InfluxDB and PostgreSQL, started once per run.
 * e2e: the whole product as real processes, each file with ports and folders of its own.
 */
export default defineConfig({
  test: {
    maxWorkers: '100%',
    sequence: { sequencer: DearestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          env,
          include: ['**/src/**/*.test.{ts,tsx}'],
          exclude: [...ignored, '**/*.server.test.ts'],
          testTimeout: waitMs,
          hookTimeout: waitMs,
        },
      },
      {
        test: {
          name: 'servers',
          env,
          include: ['**/*.server.test.ts'],
          exclude: ignored,
          globalSetup: ['rig/src/servers/vitest-setup.ts'],
          testTimeout: waitMs,
          hookTimeout: waitMs,
        },
      },
      {
        test: {
          name: 'e2e',
          env,
          include: ['rig/e2e/**/*.test.ts'],
          exclude: ignored,
          testTimeout: 2 * waitMs,
          hookTimeout: 2 * waitMs,
          // A product that waits for its next frame or page leaves time for another.
          maxWorkers: Math.ceil(1.5 * availableParallelism()),
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
