import { defineConfig } from 'vitest/config';

const ignored = ['**/node_modules/**', '**/dist/**'];

/**
 * unit: beside the code, no servers. servers: real InfluxDB and PostgreSQL, started once per run.
 * e2e: the whole product as real processes, one file at a time because they measure time and kill processes.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/src/**/*.test.{ts,tsx}'],
          exclude: [...ignored, '**/*.server.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'servers',
          include: ['**/*.server.test.ts'],
          exclude: ignored,
          globalSetup: ['rig/src/servers/vitest-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['rig/e2e/**/*.test.ts'],
          exclude: ignored,
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
