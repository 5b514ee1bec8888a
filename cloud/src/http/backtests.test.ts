import { randomUUID } from 'node:crypto';
import { patient } from '@caretaker/readings/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { binDraft } from '../backtest/testing.ts';
import {
  type BacktestDetail,
  type BacktestJob,
  backtestDetailSchema,
  backtestJobSchema,
  pageSchema,
  problemSchema,
} from '../contract/index.ts';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';

const minute = 60_000;
const hour = 60 * minute;
const now = Date.now();

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: RunningCloud;
let gateway: GatewayPlayer;

beforeAll(async () => {
  folder = await temporaryFolder();
  run = await runCloud(configFor(folder.path));
  gateway = await GatewayPlayer.connect(run);
  await gateway.hello();
  const fills = [10, 70, 70, 70, 10, 10];
  const readings = fills.map((fill, k) =>
    reading('bin-1/fill_pct', now - 2 * hour + k * 10 * minute, fill),
  );
  await gateway.send(1, readings);
  await gateway.untilAccepted(readings.length);
});
afterAll(async () => {
  await gateway.leave();
  await run.cloud.stop();
  await folder.remove();
});

const ask = (path: string, method = 'GET', body?: unknown) =>
  run.ask(path, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
const draft = (text: string, more: object = {}) => ({
  files: [{ name: 'draft.yaml', text }],
  days: 1,
  ...more,
});
const add = async (body: unknown = draft(binDraft(60))): Promise<BacktestDetail> => {
  const response = await ask('/api/backtests', 'POST', body);
  expect(response.status).toBe(202);
  const job = backtestDetailSchema.parse(await response.json());
  expect(response.headers.get('location')).toBe(`/api/backtests/${job.id}`);
  return job;
};
const get = async (id: string) =>
  backtestDetailSchema.parse(await (await ask(`/api/backtests/${id}`)).json());
const list = async (): Promise<BacktestJob[]> =>
  pageSchema(backtestJobSchema).parse(await (await ask('/api/backtests')).json()).items;
const ended = (id: string) =>
  expect.poll(async () => (await get(id)).ended, patient).not.toBeNull();
const refusal = async (body: unknown) => {
  const response = await ask('/api/backtests', 'POST', body);
  const text = await response.json();
  return [response.status, problemSchema.parse(text).code, text] as const;
};

it('judges what is stored by a draft, and keeps the result', async () => {
  const { id, state, result } = await add();
  expect([state, result]).toEqual(['waiting', null]);
  await ended(id);
  const done = await get(id);
  expect(done).toMatchObject({ state: 'done', progress: 1, estates: ['court'], error: null });
  expect(done.result?.items).toMatchObject([
    {
      item: 'TP23-01',
      draft: { tickets: 1, breachHours: 1 / 3 },
      inForce: { tickets: 0 },
      added: 1,
    },
  ]);
  expect(done.result?.readings).toBe(6);
  expect(await list()).toMatchObject([{ id, state: 'done' }]);
  expect(await list()).not.toHaveProperty([0, 'result']);
  const forgotten = await ask(`/api/backtests/${id}`, 'DELETE');
  expect(forgotten.status).toBe(200);
  expect((await ask(`/api/backtests/${id}`)).status).toBe(404);
});

it('refuses a bad draft with every fault and its line', async () => {
  const bad = binDraft(60)
    .replace('unit: "%"', 'unit: cm')
    .replace('severity: low', 'severity: odd');
  const [status, code, problem] = await refusal(draft(bad));
  expect([status, code]).toEqual([422, 'STANDARDS_INVALID']);
  const { faults } = z
    .object({ faults: z.array(z.object({ code: z.string(), where: z.string() })) })
    .parse(problem);
  expect(faults.map(({ where }) => where.split(' ')[0])).toEqual([
    'draft.yaml:24',
    'draft.yaml:20',
  ]);
});

it('refuses what cannot be asked', async () => {
  const good = binDraft(60);
  const short = async (body: unknown) => (await refusal(body)).slice(0, 2);
  expect(await short({ files: [] })).toEqual([400, 'CLOUD_REQUEST_INVALID']);
  expect(await short(draft(good, { from: 5 }))).toEqual([400, 'CLOUD_REQUEST_INVALID']);
  expect(await short(draft(good, { estate: 'none' }))).toEqual([404, 'CLOUD_ESTATE_UNKNOWN']);
  const ahead = { days: undefined, from: now + hour };
  expect(await short(draft(good, ahead))).toEqual([422, 'CLOUD_BACKTEST_PERIOD']);
  const unknown = await ask(`/api/backtests/${randomUUID()}`);
  expect(problemSchema.parse(await unknown.json()).code).toBe('CLOUD_BACKTEST_UNKNOWN');
});

it('runs one at a time, lets four wait, and cancels', async () => {
  const asked = await Promise.all(
    Array.from({ length: 7 }, (_, k) => ask('/api/backtests', 'POST', draft(binDraft(60 + k)))),
  );
  const taken = asked.filter(({ status }) => status === 202);
  const refused = asked.filter(({ status }) => status !== 202);
  expect(taken).toHaveLength(4);
  for (const response of refused) {
    expect(response.status).toBe(503);
    expect(problemSchema.parse(await response.json()).code).toBe('CLOUD_BACKTEST_BUSY');
  }
  const jobs = await list();
  const unfinished = jobs.filter(({ ended: at }) => at === null);
  expect(jobs.filter(({ state }) => state === 'running').length).toBeLessThanOrEqual(1);
  const newest = unfinished[0]?.id ?? '';
  const cancelled = await ask(`/api/backtests/${newest}`, 'DELETE');
  expect(backtestDetailSchema.parse(await cancelled.json()).state).toBe('cancelled');
  for (const { id } of jobs.slice(1)) await ended(id);
  const states = (await list()).map(({ id, state }) => (id === newest ? 'newest' : state));
  expect(new Set(states)).toEqual(new Set(['newest', 'done']));
});
