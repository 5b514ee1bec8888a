import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Invited } from '../contract/index.ts';
import { routeRules } from '../policy/routes.ts';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: RunningCloud;
beforeAll(async () => {
  folder = await temporaryFolder();
  run = await runCloud(configFor(folder.path));
  asked = await askedOf();
  expect(asked('/api/tickets')).toContain('estate');
  expect(asked('/api/audit')).toContain('actor');
});
afterAll(async () => {
  await run.cloud.stop();
  await folder.remove();
});

/** Texts that are something else to a database, a template, a shell, a log or a browser. */
const hostile = [
  "' or '1'='1",
  "'; drop table people; --",
  '" or 1=1 --',
  "court' union select password from people --",
  '%',
  '_',
  '*',
  '../../../../etc/passwd',
  '..%2f..%2fsecrets.key',
  '$(touch /tmp/x)',
  '{{7*7}}',
  '<script>alert(1)</script>',
  'a\r\nset-cookie: ctk_session=x',
  'a\u0000b',
  '\ud800',
  '__proto__',
  'constructor',
  'x'.repeat(6000),
];

/** What no route takes must not do anything either. */
const unknown = ['constructor', 'where'];

/** Names that may stand in the query of a route, as its description says. */
let asked: (path: string) => readonly string[];

interface Described {
  readonly paths: Record<string, { get?: { parameters?: { in: string; name: string }[] } }>;
}

async function askedOf(): Promise<typeof asked> {
  const { paths } = await run.get<Described>('/docs/json');
  return (path) =>
    (paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.get?.parameters ?? [])
      .filter((parameter) => parameter.in === 'query')
      .map(({ name }) => name);
}

const json = { 'content-type': 'application/json' };
const write = (path: string, body: unknown, method = 'POST') =>
  run.ask(path, {
    method,
    headers: json,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const routesOf = (method: string) =>
  Object.keys(routeRules)
    .filter((route) => route.startsWith(`${method} /api/`) && route !== 'GET /api/events')
    .map((route) => route.slice(method.length + 1));

/** What the whole database tells: that nothing was dropped, made or changed. */
async function people(): Promise<string[]> {
  const { items } = await run.get<{ items: { login: string }[] }>('/api/people?limit=1000');
  return items.map(({ login }) => login);
}

describe('hostile text', () => {
  it.each(routesOf('GET'))(
    'in %s finds nothing that is not there, and breaks nothing',
    async (path) => {
      const before = await people();
      for (const text of hostile) {
        const value = encodeURIComponent(text.toWellFormed());
        const query = `${path.replaceAll(/:\w+/g, '1')}?`;
        const places = [
          ...asked(path).map((name) => `${query}${name}=${value}`),
          `${query}${unknown.map((name) => `${name}=${value}`).join('&')}`,
          ...(path.includes(':') ? [path.replaceAll(/:\w+/g, value)] : []),
        ];
        for (const place of places) {
          const answer = await run.ask(place, { redirect: 'manual' });
          const said = await answer.text();
          expect([place.slice(0, 100), answer.status < 500]).toEqual([place.slice(0, 100), true]);
          expect(said).not.toMatch(/sqlite|syntax error|kysely|root:x:|\$argon2/i);
          // Nowhere is what was sent put into a page or a header.
          expect(answer.headers.get('content-type') ?? '').not.toContain('html');
          expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
          expect(answer.headers.get('set-cookie') ?? '').not.toContain('ctk_session=x');
        }
      }
      expect(await people()).toEqual(before);
    },
  );

  it('as a filter matches what is equal to it, and is no pattern', async () => {
    await write('/api/people', { login: 'canary', name: 'Canary', grants: [] });
    const rows = async (object: string) =>
      (await run.get<{ items: unknown[] }>(`/api/audit?${new URLSearchParams({ object })}`)).items;
    const [first] = (
      await run.get<{ items: { object: string }[] }>('/api/audit?action=person.create')
    ).items;
    expect((await rows(first?.object ?? '')).length).toBeGreaterThan(0);
    for (const text of ['%', 'person:%', "' or '1'='1", 'person:_', '*'])
      expect(await rows(text)).toEqual([]);
  });

  it('as a login or password is only wrong', async () => {
    for (const text of hostile) {
      const login = await write('/api/session', { login: text, password: text });
      expect([400, 401, 429]).toContain(login.status);
      expect(login.headers.get('set-cookie')).toBeNull();
    }
    for (const body of [
      { login: { $ne: null }, password: { $ne: null } },
      { login: ['local'], password: ['x'] },
      { login: 'local', password: null },
      { login: 'local', password: true },
      '{"login":"local","password":"x","__proto__":{"state":"full"}}',
      '{"login":"local","login":"eve","password":"x","constructor":{"prototype":{"readOnly":false}}}',
      '[]',
      'null',
      '{',
    ]) {
      const answer = await write('/api/session', body);
      expect([400, 401, 429]).toContain(answer.status);
    }
  });

  it('as a name is kept as it is, or refused, and never more than a text', async () => {
    for (const [i, text] of hostile.entries()) {
      const made = await write('/api/people', { login: `hostile-${i}`, name: text, grants: [] });
      expect([201, 400, 422]).toContain(made.status);
      if (made.status !== 201) continue;
      const { person } = (await made.json()) as Invited;
      expect(person.name).toBe(text);
      const erased = await run.ask(`/api/people/${person.id}`, { method: 'DELETE' });
      expect(erased.status).toBe(204);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { readOnly?: unknown }).readOnly).toBeUndefined();
  });

  it('gives nobody a role that is not asked for, nor fields that are not theirs', async () => {
    const more = {
      id: 'x',
      password: 'x',
      disabled: null,
      erased: null,
      secondFactor: true,
      created: 1,
    };
    const body = { login: 'more', name: 'More', grants: [], ...more };
    expect((await write('/api/people', body)).status).toBe(400);
    for (const grants of [
      [{ role: 'owner', estates: 'all' }],
      [{ role: 'viewer', estates: ['*'] }],
      [{ role: 'viewer', estates: ["court' or '1'='1"] }],
      [{ role: 'viewer', estates: 'court' }],
      [{ role: '__proto__', estates: 'all' }],
      'all',
    ]) {
      const answer = await write('/api/people', { login: 'more', name: 'More', grants });
      expect([400, 422]).toContain(answer.status);
    }
    expect(await people()).not.toContain('more');
  });

  it('never comes from outside the folder of the pages', async () => {
    for (const path of [
      '/../package.json',
      '/..%2f..%2fpackage.json',
      '/%2e%2e/%2e%2e/package.json',
      '/assets/..%5c..%5cpackage.json',
      '/docs/static/..%2f..%2f..%2fpackage.json',
      '//etc/passwd',
      '/.git/config',
    ]) {
      const answer = await run.ask(path, { redirect: 'manual' });
      expect(await answer.text()).not.toMatch(/"dependencies"|root:x:|\[core\]/);
      expect(answer.status).toBeLessThan(500);
    }
  });
});
