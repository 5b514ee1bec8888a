import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { findBinary } from './binary.ts';
import type {} from './context.ts';
import { dockerAnswers, startContainer } from './docker.ts';
import { type Running, startInflux1 } from './influx1.ts';
import { containInflux2, type Influx2Access, influx2Given } from './influx2.ts';
import { startPostgres } from './postgres.ts';

interface Recipe {
  readonly name: string;
  readonly binary: string;
  /** Debian package that brings the binary. */
  readonly debian: string;
  start(binary: string, folder: string): Promise<Running>;
  contain(): Promise<Running>;
}

const recipes = {
  influx1: {
    name: 'InfluxDB 1.x',
    binary: 'influxd',
    debian: 'influxdb',
    start: startInflux1,
    contain: () =>
      startContainer('influxdb:1.8', 8086, {}, (host, port) => `http://${host}:${port}`),
  },
  postgres: {
    name: 'PostgreSQL',
    binary: 'postgres',
    debian: 'postgresql',
    start: startPostgres,
    contain: () =>
      startContainer(
        'postgres:15',
        5432,
        { POSTGRES_HOST_AUTH_METHOD: 'trust' },
        (host, port) => `postgres://postgres@${host}:${port}/postgres`,
      ),
  },
} satisfies Record<string, Recipe>;

/** A server, or why there is none. */
async function bring(recipe: Recipe, folder: string): Promise<Running | string> {
  try {
    const binary = findBinary(recipe.binary);
    if (binary !== null) return await recipe.start(binary, folder);
    if (await dockerAnswers()) return await recipe.contain();
  } catch (error) {
    return `${recipe.name} did not start: ${error instanceof Error ? error.message : error}`;
  }
  return `${recipe.name} is not installed (Debian package ${recipe.debian}) and Docker does not answer`;
}

/** InfluxDB 2.x, of which Debian has no package: one that is given, or a container. */
async function bringInflux2(): Promise<(Running & { access: Influx2Access }) | string> {
  const given = influx2Given(process.env);
  if (given !== null) return { url: given.url, access: given, stop: async () => {} };
  try {
    if (await dockerAnswers()) return await containInflux2();
  } catch (error) {
    return `InfluxDB 2.x did not start: ${error instanceof Error ? error.message : error}`;
  }
  return 'InfluxDB 2.x: Docker does not answer, and CARETAKER_TEST_INFLUX2_URL, _TOKEN and _ORG name none';
}

/** Vitest calls it once before all server suites; what it returns ends the servers. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'caretaker-servers-'));
  // PostgreSQL runs as another user and must reach its own folder below.
  chmodSync(folder, 0o711);
  const start = (recipe: Recipe) => {
    const own = join(folder, recipe.binary);
    mkdirSync(own);
    return bring(recipe, own);
  };
  const [influx1, influx2, postgres] = await Promise.all([
    start(recipes.influx1),
    bringInflux2(),
    start(recipes.postgres),
  ]);
  const missing: Record<string, string> = {};
  if (typeof influx1 === 'string') missing.influx1 = influx1;
  if (typeof influx2 === 'string') missing.influx2 = influx2;
  if (typeof postgres === 'string') missing.postgres = postgres;
  for (const reason of Object.values(missing)) console.warn(reason);
  project.provide('influx1Url', typeof influx1 === 'string' ? null : influx1.url);
  project.provide('influx2', typeof influx2 === 'string' ? null : influx2.access);
  project.provide('postgresUrl', typeof postgres === 'string' ? null : postgres.url);
  project.provide('missingServers', missing);
  return async () => {
    const running = [influx1, influx2, postgres].filter((server) => typeof server !== 'string');
    await Promise.all(running.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
}
