import { systemClock } from '@caretaker/readings/base';
import fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { LocalAdministrator } from '../local/index.ts';
import { type Rigged, startEdge } from '../testing.ts';
import { Guard, routeNeeds } from './guard.ts';

let directory: string;
let remove: () => Promise<void>;
let rigged: Rigged;

beforeEach(async () => {
  ({ directory, remove } = await scratch());
  rigged = await startEdge(directory);
});
afterEach(async () => {
  await rigged.edge.stop();
  await remove();
});

type Who = 'nobody' | 'wrong token' | 'wrong cookie' | 'token' | 'administrator';

async function headersOf(who: Who): Promise<Record<string, string>> {
  if (who === 'token') return { authorization: `Bearer ${rigged.token}` };
  if (who === 'wrong token') return { authorization: `Bearer ${'A'.repeat(43)}` };
  if (who === 'wrong cookie') return { cookie: `ctk_gateway=${'A'.repeat(43)}` };
  if (who === 'nobody') return {};
  const answer = await ask('POST', '/code', {}, new URLSearchParams({ code: rigged.code }));
  return { cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '' };
}

function ask(method: string, path: string, headers = {}, body?: URLSearchParams) {
  const origin = `http://127.0.0.1:${rigged.httpPort}`;
  const all = { origin, ...headers };
  const form = method === 'POST' ? { body: body ?? new URLSearchParams() } : {};
  return fetch(`${origin}${path}`, { method, headers: all, redirect: 'manual', ...form });
}

/** Whether the guard let it come to the route at all. */
const isLetIn = ({ status, headers }: Response): boolean =>
  status !== 401 && !(status === 303 && headers.get('location') === '/sign-in');

const may = {
  open: ['nobody', 'wrong token', 'wrong cookie', 'token', 'administrator'],
  figures: ['token', 'administrator'],
  page: ['administrator'],
} as const;

describe.each(Object.entries(routeNeeds))('%s', (route, need) => {
  const [method = '', path = ''] = route.split(' ');

  it.each<Who>([...may.open])(`as ${need}: %s`, async (who) => {
    const answer = await ask(method, path, await headersOf(who));
    expect(answer.status).not.toBe(404);
    // Signing out leads to the way in, too.
    const signedOut = path === '/sign-out' && answer.headers.get('set-cookie') !== null;
    const allowed: readonly Who[] = may[need];
    expect(isLetIn(answer) || signedOut).toBe(allowed.includes(who));
  });
});

it('does not start with a route that nobody was given', async () => {
  const administrator = new LocalAdministrator(directory);
  const guard = new Guard({
    ...{ host: '127.0.0.1', publicUrl: null, secure: false, administrator, token: rigged.token },
    now: () => systemClock.now(),
  });
  const app = fastify();
  guard.watch(app);
  expect(() => app.get('/new', () => ({}))).toThrow('nobody may use GET /new');
  await app.close();
});
