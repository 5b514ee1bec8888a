import { request } from 'node:http';
import { patient } from '@caretaker/readings/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  assetDetailSchema,
  assetSchema,
  type ClockEntry,
  clockEntrySchema,
  estateSchema,
  kpiSchema,
  kpiStretchesSchema,
  type Person,
  type Problem,
  pageSchema,
  pointSchema,
  problemSchema,
  standardSchema,
  type Ticket,
  type TicketDetail,
  ticketDetailSchema,
  ticketSchema,
} from '../contract/index.ts';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';
import { problemOf } from './problems.ts';

const minute = 60_000;
const t0 = Date.now() - 60 * minute;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: RunningCloud;
let gateway: GatewayPlayer;
let next = 1;

/** Sends readings and waits until they are judged. */
async function judge(...readings: ReturnType<typeof reading>[]): Promise<void> {
  await gateway.send(next, readings);
  next += readings.length;
  await gateway.untilAccepted(next - 1);
}

beforeAll(async () => {
  folder = await temporaryFolder();
  const config = configFor(folder.path, { CARETAKER_PUBLIC_URL: 'https://care.example' });
  run = await runCloud({ ...config, localAccess: true });
  gateway = await GatewayPlayer.connect(run);
  await gateway.hello();
  await judge(
    reading('bin-1/temp_c', t0, 20),
    reading('bin-1/fill_pct', t0, 30),
    reading('bin-1/temp_c', t0 + 10 * minute, 71),
    reading('lift-1/trapped', t0 + 11 * minute, true),
    reading('bin-2/temp_c', t0 + 12 * minute, 66),
  );
});
afterAll(async () => {
  await gateway.leave();
  await run.cloud.stop();
  await folder.remove();
});

/** A raw request, because `fetch` sets Host and Origin itself. */
function ask(
  path: string,
  headers: Record<string, string>,
  method = 'GET',
  body?: string,
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((done, fail) => {
    const authorization = `Bearer ${run.bearer}`;
    const given = { authorization, ...headers };
    const asked = request(`${run.url}${path}`, { method, headers: given }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        done({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    asked.on('error', fail);
    asked.end(body);
  });
}

const codeOf = ({ body }: { body: string }) => problemSchema.parse(JSON.parse(body)).code;

describe('every answer', () => {
  it.each([
    ['/api/estates', pageSchema(estateSchema)],
    ['/api/assets?estate=court', pageSchema(assetSchema)],
    ['/api/assets/court/bin-1', assetDetailSchema],
    ['/api/points?estate=court', pageSchema(pointSchema)],
    ['/api/tickets', pageSchema(ticketSchema)],
    ['/api/tickets/clocks?state=running', pageSchema(clockEntrySchema)],
    ['/api/tickets/clocks', pageSchema(clockEntrySchema)],
    ['/api/tickets/1', ticketDetailSchema],
    ['/api/standard', standardSchema],
    [`/api/kpi?estate=court&from=${t0}&to=${t0 + 60 * minute}`, kpiSchema],
    [`/api/kpi/stretches?asset=court/bin-1&from=${t0}&to=${t0 + 60 * minute}`, kpiStretchesSchema],
  ])('of %s is as the contract says', async (path, schema) => {
    const found = await run.get<unknown>(path);
    expect(schema.parse(found)).toEqual(found);
  });

  it('is described by an OpenAPI document with every route in it', async () => {
    const document = await run.get<{ openapi: string; paths: Record<string, object> }>(
      '/docs/json',
    );
    expect(document.openapi).toMatch(/^3\./);
    expect(Object.keys(document.paths).sort()).toEqual([
      '/api/account',
      '/api/account/name',
      '/api/account/password',
      '/api/account/recovery',
      '/api/account/second-factor',
      '/api/account/second-factor/confirm',
      '/api/account/sessions',
      '/api/account/sessions/{id}',
      '/api/account/tokens',
      '/api/account/tokens/{id}',
      '/api/assets',
      '/api/assets/{estate}/{asset}',
      '/api/audit',
      '/api/audit/state',
      '/api/backtests',
      '/api/backtests/{id}',
      '/api/discovery',
      '/api/discovery/{id}/confirm',
      '/api/discovery/{id}/ignore',
      '/api/episodes',
      '/api/estates',
      '/api/estates/{estate}/assignees',
      '/api/estates/{estate}/changes',
      '/api/estates/{estate}/definition',
      '/api/estates/{estate}/place-codes',
      '/api/estates/{estate}/place-codes/{code}',
      '/api/events',
      '/api/first',
      '/api/gateways',
      '/api/gateways/enrol',
      '/api/gateways/rotate',
      '/api/gateways/{id}/code',
      '/api/gateways/{id}/credentials',
      '/api/gateways/{id}/credentials/{credential}',
      '/api/gateways/{id}/revoke',
      '/api/invite',
      '/api/kpi',
      '/api/kpi/stretches',
      '/api/oidc/link',
      '/api/people',
      '/api/people/{id}',
      '/api/people/{id}/invite',
      '/api/people/{id}/second-factor',
      '/api/planned-work',
      '/api/planned-work/{id}',
      '/api/points',
      '/api/quarantine',
      '/api/readings',
      '/api/session',
      '/api/session/code',
      '/api/session/confirm',
      '/api/session/link',
      '/api/standard',
      '/api/standard/overrides',
      '/api/standard/overrides/restatements',
      '/api/standard/reload',
      '/api/standard/restatements',
      '/api/standard/versions',
      '/api/standard/versions/{a}/diff/{b}',
      '/api/standard/versions/{number}',
      '/api/tickets',
      '/api/tickets/bulk',
      '/api/tickets/clocks',
      '/api/tickets/counts',
      '/api/tickets/filters',
      '/api/tickets/filters/{id}',
      '/api/tickets/first-asked',
      '/api/tickets/ledger',
      '/api/tickets/ledger/export',
      '/api/tickets/{id}',
      '/api/tickets/{id}/events',
      '/api/tickets/{id}/files',
      '/api/tickets/{id}/files/{hash}',
      '/api/tickets/{id}/sign-off-code',
      '/healthz',
      '/metrics',
      '/readyz',
    ]);
    for (const operations of Object.values(document.paths)) {
      for (const operation of Object.values(operations))
        expect(operation).toHaveProperty('summary');
    }
  });

  it('carries headers that keep pages of others out', async () => {
    const { headers } = await ask('/api/estates', {});
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['content-security-policy']).not.toContain("'unsafe-");
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it.each([
    ['/api/nothing', 404, 'CLOUD_NOT_FOUND'],
    ['/api/tickets/clocks?state=met', 400, 'CLOUD_REQUEST_INVALID'],
    ['/api/tickets/clocks?cursor=%5B', 400, 'CLOUD_CURSOR_INVALID'],
    ['/api/tickets/9999', 404, 'CLOUD_TICKET_UNKNOWN'],
    ['/api/tickets/x', 400, 'CLOUD_REQUEST_INVALID'],
    ['/api/tickets?limit=0', 400, 'CLOUD_REQUEST_INVALID'],
    ['/api/tickets?cursor=%5B', 400, 'CLOUD_CURSOR_INVALID'],
    ['/api/assets/court/none', 404, 'CLOUD_ASSET_UNKNOWN'],
    ['/api/assets?estate=none', 404, 'CLOUD_ESTATE_UNKNOWN'],
    ['/api/readings?point=court/bin-1/none&from=1&to=2', 404, 'CLOUD_POINT_UNKNOWN'],
    ['/api/readings?point=court/bin-1/temp_c&from=2&to=1', 400, 'CLOUD_REQUEST_INVALID'],
    ['/api/kpi?estate=court&from=5&to=5', 400, 'CLOUD_REQUEST_INVALID'],
  ])('about %s is a problem with a code', async (path, status, code) => {
    const response = await run.ask(path);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const problem = (await response.json()) as Problem;
    expect([response.status, problem.status, problem.code]).toEqual([status, status, code]);
  });
});

it('says nothing of our inside when the fault is ours', () => {
  const problem = problemOf(new Error('select secret from table'));
  expect(problem).toMatchObject({ status: 500, code: 'CLOUD_INTERNAL' });
  expect(JSON.stringify(problem)).not.toContain('secret');
});

describe('a foreign page', () => {
  it.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost.evil'])(
    'that rebound the name %s to us is refused',
    async (host) => {
      const answer = await ask('/api/tickets', { host });
      expect([answer.status, codeOf(answer)]).toEqual([403, 'CLOUD_HOST_NOT_ALLOWED']);
    },
  );

  it.each(['http://evil.example', 'http://127.0.0.1:1', 'http://localhost:1', 'null'])(
    'of the origin %s is refused',
    async (origin) => {
      expect(codeOf(await ask('/api/tickets', { origin }))).toBe('CLOUD_ORIGIN_NOT_ALLOWED');
      expect(codeOf(await ask('/', { origin }))).toBe('CLOUD_ORIGIN_NOT_ALLOWED');
    },
  );

  it('may be ours, by any name of this machine or the public one', async () => {
    const port = new URL(run.url).port;
    for (const host of [
      `localhost:${port}`,
      `127.0.0.1:${port}`,
      `[::1]:${port}`,
      'care.example',
    ]) {
      expect((await ask('/api/estates', { host, origin: `http://${host}` })).status).toBe(200);
    }
    const proxied = { host: `127.0.0.1:${port}`, origin: 'https://care.example' };
    expect((await ask('/api/estates', proxied)).status).toBe(200);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', undefined])(
    'cannot write with a form of type %s',
    async (type) => {
      const headers = { ...(type === undefined ? {} : { 'content-type': type }) };
      const answer = await ask('/api/tickets/1/events', headers, 'POST', '{}');
      expect([answer.status, codeOf(answer)]).toEqual([415, 'CLOUD_NOT_JSON']);
    },
  );
});

describe('lists', () => {
  it('go on page by page without a gap or a repeat', async () => {
    for (const path of ['/api/assets', '/api/points', '/api/tickets', '/api/episodes']) {
      const whole = await run.list<{ id: unknown }>(`${path}?limit=1000`);
      const found: unknown[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
        const page: { items: { id: unknown }[]; next: string | null } = await run.get(
          `${path}?limit=1${more}`,
        );
        expect(page.items.length).toBeLessThanOrEqual(1);
        found.push(...page.items.map((item) => item.id));
        cursor = page.next;
      }
      expect(found).toEqual(whole.map((item) => item.id));
      expect(found.length).toBeGreaterThan(1);
    }
  });

  it('filter tickets and episodes', async () => {
    const tickets = await run.list<Ticket>('/api/tickets?state=open&subject=court/lift-1');
    expect(tickets.map((t) => t.item)).toContain('TP27-S1');
    expect(tickets.every((t) => t.subject === 'court/lift-1')).toBe(true);
    const open = await run.list<{ id: number }>('/api/episodes?open=true&subject=court/bin-1');
    expect(open).toHaveLength(1);
    expect(await run.list('/api/episodes?open=false&subject=court/bin-1')).toEqual([]);
    expect(await run.list(`/api/episodes?ids=${open[0]!.id}`)).toHaveLength(1);
    expect(await run.list(`/api/episodes?from=0&to=${t0}`)).toEqual([]);
  });
});

describe('an asset', () => {
  it('shows its worst fact, its points with limits, and what is not watched', async () => {
    const asset = await run.get<{ state: object; detail: { points: object[] } }>(
      '/api/assets/court/bin-1',
    );
    expect(asset.state).toMatchObject({
      verdict: 'breach',
      phase: 'breach',
      severity: 'emergency',
      rule: 'bin-fire',
      since: t0 + 10 * minute,
    });
    expect(asset).toMatchObject({
      name: { en: 'Bin 1' },
      group: 'bins',
      detail: {
        conditions: expect.arrayContaining([
          expect.objectContaining({ rule: 'bin-fire', verdict: 'breach', value: 71 }),
        ]),
        notWatched: [expect.objectContaining({ rule: 'bin-tilt', missing: ['tilt'] })],
      },
    });
    const heat = asset.detail.points.find((p) => (p as { metric: string }).metric === 'temp_c');
    expect(heat).toMatchObject({
      value: 71,
      verdict: 'breach',
      watched: true,
      limits: expect.arrayContaining([
        expect.objectContaining({ rule: 'bin-fire', side: 'above', limit: 60, clear: 45 }),
      ]),
    });
  });
});

describe('clocks of tickets', () => {
  it('that nobody saw to in time are listed, and said in the log', async () => {
    const missed = await run.list<ClockEntry>('/api/tickets/clocks?clock=acknowledge');
    const burning = missed.find(({ subject }) => subject === 'court/bin-1');
    expect(burning).toMatchObject({
      state: 'missed',
      started: t0 + 10 * minute,
      budget: 5 * minute,
    });
    const path = `/api/tickets/${burning?.ticket}`;
    const types = async () => (await run.get<TicketDetail>(path)).events.map(({ type }) => type);
    await expect.poll(types, patient).toContain('clock-missed');
    const { clock, clocks } = await run.get<TicketDetail>(path);
    expect(clock).toMatchObject({ name: 'acknowledge', due: t0 + 15 * minute });
    expect(clock?.share).toBeGreaterThan(1);
    expect(clocks.map((one) => one.clock).sort()).toEqual([
      ...['acknowledge', 'arrive', 'make-safe', 'restore'],
    ]);
  });
});

describe('commands', () => {
  async function openOf(subject: string): Promise<Ticket> {
    const [ticket] = await run.list<Ticket>(`/api/tickets?state=open&subject=${subject}`);
    return ticket!;
  }
  const detail = (id: number) => run.get<TicketDetail>(`/api/tickets/${id}`);

  it('of a hundred people at once acknowledge a ticket once', async () => {
    const ticket = await openOf('court/bin-1');
    const answers = await Promise.all(
      Array.from({ length: 100 }, () =>
        run.command(ticket.id, { type: 'acknowledge', revision: 1 }),
      ),
    );
    const statuses = answers.map((a) => a.status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 99 }, () => 409)]);
    const refused = await answers.find((a) => a.status === 409)!.json();
    expect(refused).toMatchObject({
      code: 'CLOUD_TICKET_CHANGED',
      current: { state: 'acknowledged' },
    });
    const { events } = ticketDetailSchema.parse(await detail(ticket.id));
    const byPeople = events.filter((e) => e.by !== 'engine').map((e) => e.type);
    expect(byPeople).toEqual(['acknowledged']);
  });

  it('sent twice with one key are carried out once, and a key serves one request', async () => {
    const { id, revision } = await openOf('court/bin-1');
    const note = { type: 'note', revision, note: 'On my way' };
    const [first, again] = [await run.command(id, note, 'k1'), await run.command(id, note, 'k1')];
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(await again.json()).toEqual(await first.json());
    const other = await run.command(id, { ...note, note: 'Something else' }, 'k1');
    expect([other.status, codeOf({ body: await other.text() })]).toEqual([422, 'CLOUD_KEY_REUSED']);
    expect((await detail(id)).events.filter((e) => e.type === 'note')).toHaveLength(1);
  });

  it('need a key, a body of the contract and an open ticket', async () => {
    const { id, revision } = await openOf('court/bin-1');
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ type: 'note', revision, note: 'x' });
    const bare = await ask(`/api/tickets/${id}/events`, headers, 'POST', body);
    expect([bare.status, codeOf(bare)]).toEqual([400, 'CLOUD_KEY_MISSING']);
    const mute = await run.command(id, { type: 'cancel', revision });
    expect(mute.status).toBe(400);
    const twice = await run.command(id, { type: 'acknowledge', revision });
    expect([twice.status, codeOf({ body: await twice.text() })]).toEqual([
      409,
      'CLOUD_TICKET_MOVE',
    ]);
  });

  it('end it while the condition stands; the same breach does not reopen, the next one does', async () => {
    const { id, revision } = await openOf('court/bin-1');
    const close = { type: 'cancel', revision, note: 'Put out' };
    const closed = (await (await run.command(id, close)).json()) as Ticket;
    expect(closed).toMatchObject({ state: 'cancelled', conditionClear: false });
    await judge(reading('bin-1/temp_c', t0 + 15 * minute, 90));
    expect(await run.list(`/api/tickets?state=open&subject=court/bin-1`)).toEqual([]);
    expect((await detail(id)).events.at(-1)).toMatchObject({
      type: 'cancelled',
      note: 'Put out',
      standing: true,
    });
    const later = Date.now() + minute;
    await judge(
      reading('bin-1/temp_c', t0 + 16 * minute, 20),
      reading('bin-1/temp_c', t0 + 47 * minute, 20),
      reading('bin-1/temp_c', later, 80),
    );
    expect(await openOf('court/bin-1')).toMatchObject({ onset: later, repeat: 2, state: 'new' });
    expect((await detail(id)).conditionClear).toBe(true);
  });

  it('leave an untouched ticket to clear itself, and a latched one to a person', async () => {
    const { id } = await openOf('court/bin-2');
    const end = t0 + 20 * minute;
    await judge(
      reading('bin-2/temp_c', end, 20),
      reading('bin-2/temp_c', end + 31 * minute, 20),
      reading('lift-1/trapped', end, false),
    );
    expect(await detail(id)).toMatchObject({ state: 'self-cleared', conditionClear: true });
    const [lift] = await run.list<Ticket>('/api/tickets?item=TP27-S1');
    expect(lift).toMatchObject({ state: 'new', conditionClear: true, latched: true });
    const { id: trapped, revision } = lift ?? { id: 0, revision: 0 };
    await run.command(trapped, { type: 'cancel', revision, note: 'Freed' });
    const [last] = (await detail(trapped)).events.slice(-1);
    expect(last).toMatchObject({ type: 'cancelled', note: 'Freed', standing: false });
  });
});

it('changes all of a person that is asked for at once, or nothing', async () => {
  const [person] = await run.list<Person>('/api/people');
  const { id, name } = person as Person;
  const answer = await run.ask(`/api/people/${id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Other', disabled: true }),
  });
  const { code } = problemSchema.parse(await answer.json());
  expect([answer.status, code]).toEqual([409, 'CLOUD_LAST_ADMINISTRATOR']);
  expect(await run.list('/api/people')).toMatchObject([{ id, name, disabled: null }]);
});

it('serves pages only to browsers, and a plain word when they are not built', async () => {
  const page = await ask('/tickets/4', { accept: 'text/html' });
  expect([200, 503]).toContain(page.status);
  expect(page.headers['content-type']).toContain('text/html');
  expect(codeOf(await ask('/no/such.js', { accept: '*/*' }))).toBe('CLOUD_NOT_FOUND');
});
