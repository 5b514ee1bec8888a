import { type Clock, systemClock } from '@caretaker/readings/base';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { letIn, visit } from '../testing/visitor.ts';
import { routeRules } from './routes.ts';

/** What a session that was stolen must not do, written down apart from the table of the product. */
const weighty = [
  'POST /api/account/second-factor',
  'DELETE /api/account/second-factor',
  'POST /api/account/recovery',
  'POST /api/account/tokens',
  'POST /api/oidc/link',
  'DELETE /api/oidc/link',
  'POST /api/people',
  'PATCH /api/people/:id',
  'DELETE /api/people/:id',
  'POST /api/people/:id/invite',
  'DELETE /api/people/:id/second-factor',
  'POST /api/gateways/:id/code',
  'POST /api/gateways/:id/revoke',
  'POST /api/gateways/:id/credentials',
  'POST /api/standard/restatements',
  'POST /api/standard/overrides/restatements',
];

let ahead = 0;
const clock: Clock = { ...systemClock, now: () => systemClock.now() + ahead };
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: RunningCloud;
let headers: Record<string, string>;

beforeAll(async () => {
  folder = await temporaryFolder();
  run = await runCloud(configFor(folder.path), { clock });
  const everything = [{ role: 'administrator' as const, estates: 'all' as const }];
  ({ headers } = await letIn(run, 'boss', everything));
});
afterAll(async () => {
  await run.cloud.stop();
  await folder.remove();
});

/** Asked with nothing in it: whoever is let through is told so, and nothing is done. */
async function codeOf(route: string, who: Record<string, string>): Promise<string> {
  const [method = '', path = ''] = route.replaceAll(':id', 'none').split(' ');
  const { body } = await visit(run.url + path, method, { headers: who, body: {} });
  return body.code;
}

it('is asked for by these routes and no others', () => {
  const asking = Object.keys(routeRules).filter((route) => routeRules[route]?.proved === true);
  expect(asking.sort()).toEqual([...weighty].sort());
});

it('is good for a quarter of an hour, and programs have none to give', async () => {
  const asked = weighty.filter((route) => route !== 'POST /api/account/second-factor');
  ahead = 14 * 60_000;
  for (const route of asked) {
    expect(await codeOf(route, headers), route).not.toBe('CLOUD_CONFIRM_NEEDED');
  }
  ahead = 16 * 60_000;
  for (const route of weighty) {
    expect(await codeOf(route, headers), route).toBe('CLOUD_CONFIRM_NEEDED');
  }
  const program = { authorization: `Bearer ${run.bearer}` };
  for (const route of asked) {
    expect(await codeOf(route, program), route).not.toBe('CLOUD_CONFIRM_NEEDED');
  }
});
