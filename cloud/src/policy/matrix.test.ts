import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionSchema, sessionSchema } from '../contract/index.ts';
import { type Role, roles } from '../identity/principal.ts';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';
import { cookieOf, letIn, visit } from '../testing/visitor.ts';
import { routeRules } from './routes.ts';

type Letters = string;
/** Viewer, technician, engineer, manager, administrator. */
const letters: Readonly<Record<Role, string>> = {
  viewer: 'V',
  technician: 'T',
  engineer: 'E',
  manager: 'M',
  administrator: 'A',
};

interface Asked {
  readonly path: string;
  readonly body?: unknown;
}

/**
 * `all`: needs the role for every estate. `any`: for whichever. `list`: gives what lies in one's estates. `named`: an
 * estate that is not one's own is as unknown as one that there is not. `self`: people, with their own account.
 */
type Kind = 'everybody' | 'self' | 'all' | 'any' | 'list' | 'named';

const everybody = (path: string, body?: unknown) => ['', 'everybody', { path, body }] as const;
const self = (path: string, body?: unknown) => ['', 'self', { path, body }] as const;
const to = (may: Letters, kind: Kind, path: string, body?: unknown) =>
  [may, kind, { path, body }] as const;

const period = 'from=1&to=2';
const nobodyId = '00000000-0000-4000-8000-000000000000';
const limit = { estate: 'court', asset: 'bin-1', rule: 'none', reason: 'test' };

const fileHash = '0'.repeat(64);

/** Of the device that the gateway of these tests has found. */
const found = createHash('sha256').update('court-1\nfound').digest('base64url').slice(0, 22);

/** Who may what, written down apart from the table of the product, with a request that is about the estate court. */
const expected: Readonly<Record<string, readonly [may: Letters, kind: Kind, asked: Asked]>> = {
  'GET /': everybody('/'),
  'GET /*': everybody('/favicon.ico'),
  'GET /healthz': everybody('/healthz'),
  'GET /readyz': everybody('/readyz'),
  'GET /docs*': everybody('/docs/json'),
  'GET /metrics': to('VTEMA', 'any', '/metrics'),
  'GET /api/session': everybody('/api/session'),
  'POST /api/session': everybody('/api/session', { login: 'x', password: 'y' }),
  'POST /api/session/code': everybody('/api/session/code', { code: '1' }),
  'POST /api/session/link': everybody('/api/session/link', { code: '1' }),
  'DELETE /api/session': everybody('/api/session'),
  'POST /api/session/confirm': self('/api/session/confirm', { password: 'y' }),
  'POST /api/first': everybody('/api/first', { code: '1', login: 'x', name: 'x', password: 'y' }),
  'POST /api/invite': everybody('/api/invite', { code: '1', password: 'y' }),
  'GET /api/account': self('/api/account'),
  'POST /api/account/name': self('/api/account/name', { name: 'Other' }),
  'POST /api/account/password': self('/api/account/password', { old: 'x', wanted: 'y' }),
  'POST /api/account/second-factor': self('/api/account/second-factor', {}),
  'POST /api/account/second-factor/confirm': self('/api/account/second-factor/confirm', {
    code: '1',
  }),
  'DELETE /api/account/second-factor': self('/api/account/second-factor'),
  'POST /api/account/recovery': self('/api/account/recovery', {}),
  'DELETE /api/account/sessions/:id': self(`/api/account/sessions/${nobodyId}`),
  'DELETE /api/account/sessions': self('/api/account/sessions'),
  'GET /api/account/tokens': self('/api/account/tokens'),
  'POST /api/account/tokens': self('/api/account/tokens', { name: 'x', grants: [], expires: 1 }),
  'DELETE /api/account/tokens/:id': self(`/api/account/tokens/${nobodyId}`),
  'GET /api/people': to('A', 'all', '/api/people'),
  'POST /api/people': to('A', 'all', '/api/people', { login: '!', name: 'x', grants: [] }),
  'PATCH /api/people/:id': to('A', 'all', `/api/people/${nobodyId}`, { name: 'x' }),
  'DELETE /api/people/:id': to('A', 'all', `/api/people/${nobodyId}`),
  'POST /api/people/:id/invite': to('A', 'all', `/api/people/${nobodyId}/invite`, {}),
  'DELETE /api/people/:id/second-factor': to('A', 'all', `/api/people/${nobodyId}/second-factor`),
  'GET /api/audit': to('MA', 'all', '/api/audit'),
  'GET /api/audit/state': to('MA', 'all', '/api/audit/state'),
  'GET /api/gateways': to('TEMA', 'list', '/api/gateways'),
  'POST /api/gateways/:id/code': to('EA', 'named', '/api/gateways/court-1/code', {
    estate: 'court',
  }),
  'POST /api/gateways/:id/revoke': to('EA', 'named', '/api/gateways/court-1/revoke', {}),
  'GET /api/gateways/:id/credentials': to('TEMA', 'named', '/api/gateways/court-1/credentials'),
  'POST /api/gateways/:id/credentials': to('EA', 'named', '/api/gateways/court-1/credentials', {
    ...{ kind: 'device', id: 'x', assets: ['none'] },
  }),
  'DELETE /api/gateways/:id/credentials/:credential': to(
    'EA',
    'named',
    '/api/gateways/court-1/credentials/none',
  ),
  'POST /api/gateways/enrol': everybody('/api/gateways/enrol', {}),
  'POST /api/gateways/rotate': everybody('/api/gateways/rotate', {}),
  'GET /api/discovery': to('TEMA', 'list', '/api/discovery'),
  'POST /api/discovery/:id/confirm': to('EMA', 'named', `/api/discovery/${found}/confirm`, {
    onto: 'none',
  }),
  'POST /api/discovery/:id/ignore': to('EMA', 'named', `/api/discovery/${found}/ignore`, {}),
  'GET /api/estates': to('VTEMA', 'list', '/api/estates'),
  'GET /api/estates/:estate/definition': to('TEMA', 'named', '/api/estates/court/definition'),
  'POST /api/estates/:estate/changes': to('EMA', 'named', '/api/estates/court/changes', {
    ...{ revision: 99, dropMappings: [0] },
  }),
  'GET /api/assets': to('VTEMA', 'list', '/api/assets'),
  'GET /api/assets/:estate/:asset': to('VTEMA', 'named', '/api/assets/court/bin-1'),
  'GET /api/points': to('VTEMA', 'list', '/api/points'),
  'GET /api/readings': to(
    'VTEMA',
    'named',
    `/api/readings?point=court/bin-1/temp_c&buckets=1&${period}`,
  ),
  'GET /api/episodes': to('VTEMA', 'list', '/api/episodes'),
  'GET /api/tickets': to('VTEMA', 'list', '/api/tickets'),
  'GET /api/tickets/counts': to('VTEMA', 'any', '/api/tickets/counts'),
  'GET /api/tickets/filters': to('', 'self', '/api/tickets/filters'),
  'POST /api/tickets/filters': to('', 'self', '/api/tickets/filters', {
    ...{ name: 'x', query: { state: 'late' } },
  }),
  'DELETE /api/tickets/filters/:id': to('', 'self', '/api/tickets/filters/9999'),
  'GET /api/tickets/ledger': to('VTEMA', 'list', '/api/tickets/ledger'),
  'GET /api/tickets/ledger/export': to('TEMA', 'any', '/api/tickets/ledger/export'),
  'POST /api/tickets/bulk': to('TEMA', 'any', '/api/tickets/bulk', {
    ...{ command: { type: 'note', note: 'x' }, tickets: [{ id: 1, revision: 99 }] },
  }),
  'GET /api/tickets/clocks': to('VTEMA', 'list', '/api/tickets/clocks'),
  'GET /api/tickets/:id': to('VTEMA', 'named', '/api/tickets/1'),
  'POST /api/tickets/:id/files': to('TEMA', 'named', '/api/tickets/1/files?kind=before', {}),
  'GET /api/tickets/:id/files/:hash': to('VTEMA', 'named', `/api/tickets/1/files/${fileHash}`),
  'POST /api/tickets/:id/events': to('TEMA', 'named', '/api/tickets/1/events', {
    type: 'note',
    revision: 99,
    note: 'x',
  }),
  'POST /api/tickets': to('TEMA', 'named', '/api/tickets', {
    ...{ estate: 'court', subject: 'court/bin-1', title: 'x' },
  }),
  'GET /api/tickets/first-asked': to('VTEMA', 'list', '/api/tickets/first-asked'),
  'POST /api/tickets/:id/sign-off-code': to('TEMA', 'named', '/api/tickets/1/sign-off-code', {}),
  'GET /api/estates/:estate/assignees': to('TEMA', 'named', '/api/estates/court/assignees'),
  'GET /api/estates/:estate/place-codes': to('TEMA', 'named', '/api/estates/court/place-codes'),
  'POST /api/estates/:estate/place-codes': to('EMA', 'named', '/api/estates/court/place-codes', {
    place: 'Yard',
  }),
  'DELETE /api/estates/:estate/place-codes/:code': to(
    'EMA',
    'named',
    '/api/estates/court/place-codes/none',
  ),
  'GET /api/planned-work': to('VTEMA', 'list', '/api/planned-work'),
  'POST /api/planned-work': to('EMA', 'named', '/api/planned-work', {
    ...{ estate: 'court', scope: { type: 'place', place: 'Nowhere' } },
    ...{ from: 1, to: 2, reason: 'x' },
  }),
  'DELETE /api/planned-work/:id': to('EMA', 'named', '/api/planned-work/1'),
  'GET /api/kpi': to('VTEMA', 'named', `/api/kpi?estate=court&${period}`),
  'GET /api/kpi/stretches': to('VTEMA', 'named', `/api/kpi/stretches?asset=court/bin-1&${period}`),
  'GET /api/events': to('VTEMA', 'list', '/api/events'),
  'GET /api/quarantine': to('TEMA', 'list', '/api/quarantine'),
  'GET /api/standard': to('VTEMA', 'any', '/api/standard'),
  'GET /api/standard/versions': to('VTEMA', 'any', '/api/standard/versions'),
  'GET /api/standard/versions/:a/diff/:b': to('VTEMA', 'any', '/api/standard/versions/1/diff/1'),
  'POST /api/standard/reload': to('EA', 'all', '/api/standard/reload', { effective: 1 }),
  'DELETE /api/standard/versions/:number': to('EA', 'all', '/api/standard/versions/9'),
  'GET /api/standard/restatements': to('VTEMA', 'list', '/api/standard/restatements'),
  'POST /api/standard/restatements': to('EA', 'all', '/api/standard/restatements', {
    ...{ reason: 'x', from: 1, version: '9' },
  }),
  'POST /api/standard/overrides/restatements': to(
    'EA',
    'named',
    '/api/standard/overrides/restatements',
    { ...limit, from: 1, numbers: { limit: 1 } },
  ),
  'GET /api/standard/overrides': to('VTEMA', 'list', '/api/standard/overrides'),
  'PUT /api/standard/overrides': to('EA', 'named', '/api/standard/overrides', {
    ...limit,
    numbers: { limit: 1 },
  }),
  'DELETE /api/standard/overrides': to('EA', 'named', '/api/standard/overrides', {
    ...limit,
    numbers: ['limit'],
  }),
  'GET /api/backtests': to('EMA', 'list', '/api/backtests'),
  'POST /api/backtests': to('EMA', 'named', '/api/backtests', {
    estate: 'court',
    files: [{ name: 'x.yaml', text: 'x' }],
  }),
  'GET /api/backtests/:id': to('EMA', 'named', '/api/backtests/none'),
  'DELETE /api/backtests/:id': to('EMA', 'named', '/api/backtests/none'),
};

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: RunningCloud;
let gateway: GatewayPlayer;
const own = new Map<Role, Record<string, string>>();
const other = new Map<Role, Record<string, string>>();
const overall = new Map<Role, Record<string, string>>();
let readOnly: Record<string, string>;
let narrow: Record<string, string>;

async function tokenOf(headers: Record<string, string>, body: object) {
  const made = await visit(`${run.url}/api/account/tokens`, 'POST', { headers, body });
  return { authorization: `Bearer ${made.body.token}` };
}

beforeAll(async () => {
  folder = await temporaryFolder();
  run = await runCloud(configFor(folder.path));
  gateway = await GatewayPlayer.connect(run);
  await gateway.hello();
  await gateway.send(1, [reading('bin-1/temp_c', Date.now() - 60_000, 71)]);
  await gateway.untilAccepted(1);
  await gateway.status({
    ...{ type: 'discovery', at: 1, anew: true, gone: [] },
    entries: [
      {
        ...{ id: 'found', format: 'json', device: null, name: null, topic: 'x', count: 1 },
        ...{ first: 1, last: 1, sample: '', bytes: 0, ignored: false, suggestion: null },
      },
    ],
  });
  const from = Date.now() + 60_000;
  await run.ask('/api/planned-work', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'matrix' },
    body: JSON.stringify({
      ...{ estate: 'court', scope: { type: 'subject', subject: 'court/bin-2' } },
      ...{ from, to: from + 60_000, reason: 'test' },
    }),
  });
  for (const role of roles) {
    const grant = (estates: 'all' | string[]) => [{ role, estates }];
    own.set(role, (await letIn(run, `own-${role}`, grant(['court']))).headers);
    other.set(role, (await letIn(run, `other-${role}`, grant(['park']))).headers);
    overall.set(role, (await letIn(run, `all-${role}`, grant('all'))).headers);
  }
  const expires = Date.now() + 60_000_000;
  const admin = overall.get('administrator') ?? {};
  const all = [{ role: 'administrator', estates: 'all' }];
  readOnly = await tokenOf(admin, { name: 'r', grants: all, readOnly: true, expires });
  const less = [{ role: 'viewer', estates: ['court'] }];
  narrow = await tokenOf(admin, { name: 'n', grants: less, readOnly: false, expires });
});
afterAll(async () => {
  await gateway.leave();
  await run.cloud.stop();
  await folder.remove();
});

async function outcome(route: string, headers: Record<string, string>): Promise<string> {
  const [method = ''] = route.split(' ');
  const [, , { path, body }] = expected[route] ?? ['', 'everybody', { path: '/' }];
  const key = { 'idempotency-key': crypto.randomUUID() };
  const answer = await visit(run.url + path, method, { headers: { ...key, ...headers }, body });
  // A browser keeps the newest.
  const cookie = cookieOf(answer);
  if (headers.cookie !== undefined && cookie !== null) headers.cookie = cookie;
  const { code, items } = answer.body ?? {};
  if (answer.status === 401 && code === 'CLOUD_SIGN_IN_NEEDED') return 'sign in';
  if (code === 'CLOUD_FORBIDDEN') return 'forbidden';
  if (code === 'CLOUD_TOKEN_READ_ONLY') return 'read only';
  if (answer.status === 404) return 'unknown';
  if (answer.status >= 500) return `failed ${answer.status} ${code}`;
  return Array.isArray(items) && items.length === 0 ? 'nothing' : 'allowed';
}

const open = /^(allowed|nothing|unknown)$/;
const routes = Object.keys(expected).filter((route) => expected[route]?.[1] !== 'everybody');

describe('the table of routes', () => {
  it('names every route there is, and no other', async () => {
    const { body } = await visit(`${run.url}/docs/json`, 'GET');
    const documented = Object.entries(body.paths as Record<string, object>).flatMap(([path, by]) =>
      Object.keys(by).map(
        (method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      ),
    );
    // Pages, documents and what only browsers are sent to.
    const hidden = [
      'GET /',
      'GET /*',
      'GET /docs*',
      'GET /api/oidc/start',
      'GET /api/oidc/callback',
    ];
    const table = Object.keys(routeRules).filter((route) => !hidden.includes(route));
    expect(table.sort()).toEqual(documented.sort());
  });

  it('is told to those who are signed in, and is what they may', async () => {
    const { body: nobody } = await visit(`${run.url}/api/session`, 'GET');
    expect(nobody).toMatchObject({ state: 'none', roles: {} });
    for (const role of roles) {
      const headers = overall.get(role) ?? {};
      const { body } = await visit(`${run.url}/api/session`, 'GET', { headers });
      const session = sessionSchema.parse(body);
      const held = Object.entries(session.roles).filter(([, roles]) => roles.includes(role));
      expect(held.map(([action]) => action)).toEqual(
        Object.keys(session.may).filter((action) => action !== 'self'),
      );
      expect(Object.keys(session.roles).sort()).toEqual(
        actionSchema.options.filter((action) => action !== 'self').sort(),
      );
    }
    const { body } = await visit(`${run.url}/api/session`, 'GET', { headers: narrow });
    expect(sessionSchema.parse(body).roles['gateway.manage']).toEqual([
      'engineer',
      'administrator',
    ]);
  });

  it('is tried here route by route', () => {
    const oidc = (route: string) => route.includes('/api/oidc/');
    expect(Object.keys(expected).sort()).toEqual(
      Object.keys(routeRules)
        .filter((route) => !oidc(route))
        .sort(),
    );
  });
});

describe.each(routes)('%s', (route) => {
  const [may, kind] = expected[route] ?? ['', 'everybody'];
  const isWrite = !route.startsWith('GET');

  it('lets in nobody who is not signed in, and no gateway', async () => {
    expect(await outcome(route, {})).toBe('sign in');
    const token = { authorization: `Bearer ${run.token('court-1')}` };
    expect(await outcome(route, token)).toBe('sign in');
  });

  // What ends a session is tried by what is about sessions.
  const ends = route.startsWith('DELETE /api/account/sessions') || route.endsWith('/confirm');
  const onlyWhereItStays = ends ? () => {} : it;
  onlyWhereItStays('is for the roles that may, in their own estate alone', async () => {
    const told: Record<string, string> = {};
    const wanted: Record<string, string> = {};
    for (const role of roles) {
      const allowed = kind === 'self' || may.includes(letters[role]);
      const is = async (where: string, headers: Record<string, string>, right: string) => {
        const got = await outcome(route, headers);
        told[`${role} ${where}`] = right === 'open' && open.test(got) ? 'open' : got;
        wanted[`${role} ${where}`] = right;
      };
      await is('of all', overall.get(role) ?? {}, allowed ? 'open' : 'forbidden');
      const scoped = allowed && kind !== 'all';
      await is('of court', own.get(role) ?? {}, scoped ? 'open' : 'forbidden');
      const elsewhere = {
        ...{ everybody: 'open', self: 'open', any: 'open', all: 'forbidden' },
        // A stream has no items to be none of.
        list: route === 'GET /api/events' ? 'open' : 'nothing',
        named: 'unknown',
      }[kind];
      await is('of another', other.get(role) ?? {}, allowed ? elsewhere : 'forbidden');
    }
    expect(told).toEqual(wanted);
  });

  it('gives a token no more than was given to it', async () => {
    const readsOnly = await outcome(route, readOnly);
    if (kind === 'self') expect(readsOnly).toBe('forbidden');
    else if (isWrite) expect(readsOnly).toBe('read only');
    else expect(readsOnly).toMatch(open);
    const viewer = kind !== 'self' && kind !== 'all' && may.includes('V') && !isWrite;
    const narrowed = await outcome(route, narrow);
    if (viewer) expect(narrowed).toMatch(open);
    else expect(narrowed).toBe('forbidden');
  });
});
