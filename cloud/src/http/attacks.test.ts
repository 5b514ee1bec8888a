import { request } from 'node:http';
import { systemClock } from '@caretaker/readings/base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Invited, type Problem, type SessionInfo, sessionSchema } from '../contract/index.ts';
import { codeAt } from '../identity/testing/bench.ts';
import { routeRules } from '../policy/routes.ts';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';

const minute = 60_000;
const password = 'violet anchor tin meadow';
const wrong = 'violet anchor tin meadows';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: RunningCloud;
/** The cloud's clock stands still but for this, so that no wait is over before it was seen. */
let ahead = 0;
const began = Date.now();

beforeAll(async () => {
  folder = await temporaryFolder();
  const clock = { ...systemClock, now: () => began + ahead };
  run = await runCloud(configFor(folder.path), { clock });
});
afterAll(async () => {
  await run.cloud.stop();
  await folder.remove();
});

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface Asked {
  readonly method?: Method;
  readonly body?: unknown;
  /** Token of a session, as the browser's cookie. */
  readonly cookie?: string | undefined;
  readonly bearer?: string;
  /** Over those of a page of ours. */
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Token that the answer sets as cookie; empty when it clears it. */
  readonly token: string | undefined;
}

/** Raw, because `fetch` sets Host and Origin itself and refuses cookies. */
function ask(
  path: string,
  { method = 'GET', body, cookie, bearer, headers }: Asked = {},
): Promise<Answer> {
  const given: Record<string, string> = { origin: run.url };
  if (body !== undefined) given['content-type'] = 'application/json';
  if (cookie !== undefined) given.cookie = `ctk_session=${cookie}`;
  if (bearer !== undefined) given.authorization = `Bearer ${bearer}`;
  Object.assign(given, headers);
  for (const [name, value] of Object.entries(given)) if (value === '') delete given[name];
  return new Promise((done, fail) => {
    const sent = request(`${run.url}${path}`, { method, headers: given }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => {
        const set = response.headers['set-cookie']?.find((one) => one.startsWith('ctk_session='));
        done({
          status: response.statusCode ?? 0,
          code: codeIn(text),
          text,
          headers: response.headers,
          token: set?.slice('ctk_session='.length, set.indexOf(';')),
        });
      });
    });
    sent.on('error', fail);
    sent.end(
      body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    );
  });
}

function codeIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as Partial<Problem>).code;
  } catch {
    return undefined;
  }
}

let people = 0;

/** Somebody new, with a password, signed in. */
async function somebody(grants: unknown[] = [{ role: 'administrator', estates: 'all' }]) {
  people += 1;
  const login = `person-${people}`;
  const made = await ask('/api/people', {
    method: 'POST',
    bearer: run.bearer,
    body: { login, name: login, grants },
  });
  const { person, invite } = JSON.parse(made.text) as Invited;
  const body = { code: invite.code, password };
  const { token = '' } = await ask('/api/invite', { method: 'POST', body });
  return { id: person.id, login, token };
}

const signIn = (login: string, given = password, more: Asked = {}) =>
  ask('/api/session', { method: 'POST', body: { login, password: given }, ...more });

async function stateOf(cookie: string | undefined): Promise<SessionInfo['state']> {
  return sessionSchema.parse(JSON.parse((await ask('/api/session', { cookie })).text)).state;
}

const writes = Object.keys(routeRules)
  .map((route) => route.split(' ') as [Method, string])
  .filter(([method]) => method !== 'GET')
  .map(([method, path]) => [method, path.replaceAll(/:\w+/g, '1')] as const);

describe('a page of somebody else in the browser of an administrator (CSRF)', () => {
  let cookie = '';
  beforeAll(async () => {
    cookie = (await somebody()).token;
  });

  it.each(writes)('makes %s %s write nothing', async (method, path) => {
    const body = method === 'DELETE' ? undefined : {};
    for (const origin of [
      'https://evil.example',
      'null',
      'http://127.0.0.1:1',
      `${run.url}.evil.example`,
    ]) {
      const answer = await ask(path, { method, body, cookie, headers: { origin } });
      expect([origin, answer.code]).toEqual([origin, 'CLOUD_ORIGIN_NOT_ALLOWED']);
    }
    if (method === 'DELETE') return;
    // What a page can post without asking first.
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      '',
    ]) {
      const headers = { 'content-type': type, origin: '' };
      const answer = await ask(path, { method, body: '{}', cookie, headers });
      expect([type, answer.status]).toEqual([type, 415]);
    }
  });

  it.each(writes.filter(([method, path]) => isOurs(method, path)))(
    'makes %s %s write nothing without saying where it is from',
    async (method, path) => {
      const body = method === 'DELETE' ? undefined : {};
      for (const site of ['', 'cross-site', 'same-site', 'none']) {
        const headers = { origin: '', 'sec-fetch-site': site };
        const answer = await ask(path, { method, body, cookie, headers });
        expect([site, answer.code]).toEqual([site, 'CLOUD_ORIGIN_NOT_ALLOWED']);
      }
    },
  );

  it('and the same from a page of ours is taken', async () => {
    const body = { name: 'New name' };
    expect((await ask('/api/account/name', { method: 'POST', body, cookie })).status).toBe(204);
    expect(await stateOf(cookie)).toBe('full');
  });

  it('does not get the cookie with it in the first place', async () => {
    const { login } = await somebody();
    const [set] = (await signIn(login)).headers['set-cookie'] as string[];
    expect(set).toMatch(
      /^ctk_session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/,
    );
  });
});

/** Routes that are not open to everybody. */
function isOurs(method: string, path: string): boolean {
  return Object.entries(routeRules).some(
    ([route, { who }]) =>
      who !== 'everybody' && route.replaceAll(/:\w+/g, '1') === `${method} ${path}`,
  );
}

describe('a name that was pointed at this machine (DNS rebinding)', () => {
  it.each(Object.keys(routeRules))('opens nothing of %s', async (route) => {
    const [method, path = ''] = route.replaceAll(/:\w+/g, '1').replaceAll('*', 'x').split(' ') as [
      Method,
      string,
    ];
    const { port } = new URL(run.url);
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1.evil.example',
      'localhost@evil.example',
      '',
    ]) {
      const answer = await ask(path, {
        method,
        bearer: run.bearer,
        headers: { host: host === '' ? ' ' : host, origin: '', 'content-type': 'application/json' },
      });
      // An empty or broken name is refused by Node itself.
      expect([400, 403]).toContain(answer.status);
      if (answer.status === 403) expect(answer.code).toBe('CLOUD_HOST_NOT_ALLOWED');
      expect(answer.text).not.toContain('"items"');
    }
  });
});

describe('a session', () => {
  it('is made anew at sign-in, whatever cookie was planted before (fixation)', async () => {
    const eve = await somebody();
    const lin = await somebody();
    const invented = 'A'.repeat(43);
    for (const planted of [eve.token, invented]) {
      const { token } = await signIn(lin.login, password, { cookie: planted });
      expect(token).not.toBe(planted);
      expect([await stateOf(planted), await stateOf(token)]).toEqual(['none', 'full']);
    }
  });

  it('with a second factor changes its token when the code comes, and the half one opens nothing', async () => {
    const lin = await somebody();
    const cookie = lin.token;
    const begun = await ask('/api/account/second-factor', { method: 'POST', body: {}, cookie });
    const { secret } = JSON.parse(begun.text) as { secret: string };
    const code = codeAt(secret, began + ahead);
    await ask('/api/account/second-factor/confirm', { method: 'POST', body: { code }, cookie });
    const { token: half } = await signIn(lin.login);
    expect(await stateOf(half)).toBe('half');
    for (const path of ['/api/account', '/api/tickets', '/api/people', '/metrics', '/api/events']) {
      expect((await ask(path, { cookie: half })).status).toBe(401);
    }
    const change = {
      method: 'POST',
      body: { old: password, wanted: wrong },
      cookie: half,
    } as const;
    expect((await ask('/api/account/password', change)).status).toBe(401);
    ahead += minute;
    const next = { code: codeAt(secret, began + ahead) };
    const { token: full } = await ask('/api/session/code', {
      method: 'POST',
      body: next,
      cookie: half,
    });
    expect(full).not.toBe(half);
    expect([await stateOf(half), await stateOf(full)]).toEqual(['none', 'full']);
  });

  it('that was stolen is worth nothing after signing out', async () => {
    const { token } = await somebody();
    const out = await ask('/api/session', { method: 'DELETE', cookie: token });
    expect([out.status, out.token]).toEqual([204, '']);
    expect((await ask('/api/account', { cookie: token })).status).toBe(401);
  });

  it('ends for thief and owner when a replaced token is replayed', async () => {
    const { id, token: stolen } = await somebody();
    const boss = await somebody();
    const grants = [{ role: 'viewer', estates: ['court'] }];
    ahead += minute;
    await ask(`/api/people/${id}`, { method: 'PATCH', body: { grants }, cookie: boss.token });
    const { token: fresh = '' } = await ask('/api/account', { cookie: stolen });
    expect(fresh).toMatch(/^[\w-]{43}$/);
    expect([fresh === stolen, await stateOf(fresh)]).toEqual([false, 'full']);
    ahead += minute;
    expect((await ask('/api/account', { cookie: stolen })).status).toBe(401);
    expect((await ask('/api/account', { cookie: fresh })).status).toBe(401);
    const { text } = await ask('/api/audit?action=session.end&limit=1', { cookie: boss.token });
    expect(text).toContain('"why":"replayed"');
  });

  it('does no act of weight without a fresh proof, and ends everywhere with a new password', async () => {
    const { token, login } = await somebody();
    const { token: stolen } = await signIn(login);
    ahead += 16 * minute;
    const person = { login: 'friend-of-the-thief', name: 'x', grants: [] };
    for (const [method, path, body] of [
      ['POST', '/api/people', person],
      [
        'POST',
        '/api/account/tokens',
        {
          name: 'x',
          grants: [{ role: 'viewer', estates: 'all' }],
          expires: began + ahead + minute,
        },
      ],
      ['POST', '/api/account/second-factor', {}],
      ['POST', '/api/gateways/court-1/revoke', {}],
    ] as const) {
      expect((await ask(path, { method, body, cookie: stolen })).code).toBe('CLOUD_CONFIRM_NEEDED');
    }
    const change = { old: password, wanted: `${password} new` };
    const changed = await ask('/api/account/password', {
      method: 'POST',
      body: change,
      cookie: token,
    });
    expect(changed.status).toBe(204);
    expect([await stateOf(stolen), await stateOf(changed.token)]).toEqual(['none', 'full']);
  });

  it('is not taken from the address, a header of another name, or two cookies at once', async () => {
    const { token } = await somebody();
    for (const asked of [
      { path: `/api/account?ctk_session=${token}&token=${token}&access_token=${token}` },
      { path: '/api/account', headers: { 'x-session': token, authorization: `Basic ${token}` } },
      { path: '/api/account', headers: { authorization: `Bearer ${token}` } },
      {
        path: '/api/account',
        headers: { cookie: `ctk_session=${'A'.repeat(43)}; ctk_session=${token}` },
      },
    ]) {
      expect((await ask(asked.path, { headers: asked.headers ?? {} })).status).toBe(401);
    }
  });

  it('does not count beside a token that opens nothing, which shuts out of nothing that is for everybody', async () => {
    const { token } = await somebody();
    for (const bearer of ['ctk_wrong', 'A'.repeat(43), token]) {
      const asked = { cookie: token, bearer };
      for (const path of ['/healthz', '/readyz', '/api/session', '/docs/json']) {
        expect((await ask(path, asked)).status, path).toBe(200);
      }
      expect(JSON.parse((await ask('/api/session', asked)).text)).toMatchObject({ state: 'none' });
      const refused = await ask('/api/account', asked);
      expect([refused.status, refused.code]).toEqual([401, 'CLOUD_SIGN_IN_NEEDED']);
    }
  });
});

describe('somebody who guesses', () => {
  it('at a password is slowed down, also with the right one and many at once, and told when to come again', async () => {
    const { login } = await somebody();
    const many = await Promise.all(Array.from({ length: 12 }, () => signIn(login, wrong)));
    const codes = many.map(({ code }) => code).sort();
    expect(codes.filter((code) => code === 'CLOUD_SIGN_IN_REFUSED').length).toBeLessThanOrEqual(6);
    const right = await signIn(login);
    expect([right.status, right.code, right.token]).toEqual([429, 'CLOUD_SIGN_IN_WAIT', undefined]);
    expect(Number(right.headers['retry-after'])).toBeGreaterThan(0);
    ahead += 15 * minute;
    expect((await signIn(login)).status).toBe(200);
    ahead += 60 * minute;
  });

  it('learns nothing of who there is', async () => {
    const { login } = await somebody();
    const answers = [await signIn(login, wrong), await signIn('nobody-of-that-name', wrong)];
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    ahead += 60 * minute;
  });

  it('at codes and tokens gets no further', async () => {
    const paths = ['/api/first', '/api/invite', '/api/session/link'];
    const seen: (number | undefined)[] = [];
    for (let i = 0; i < 24; i += 1) {
      const body = { code: `0000-0000-0000-0000-00${i}`, login: 'me', name: 'me', password };
      const given =
        paths[i % 3] === '/api/session/link'
          ? { code: body.code }
          : paths[i % 3] === '/api/invite'
            ? { code: body.code, password }
            : body;
      seen.push((await ask(paths[i % 3] ?? '', { method: 'POST', body: given })).status);
    }
    expect(new Set(seen)).toEqual(new Set([401, 429]));
    expect(seen.at(-1)).toBe(429);
    ahead += 6 * 60 * minute;
    for (const bearer of [
      `ctk_${'A'.repeat(43)}`,
      'ctk_',
      'x',
      `${run.bearer}x`,
      run.bearer.toUpperCase(),
      run.bearer.slice(0, -1),
    ]) {
      expect((await ask('/api/estates', { bearer })).status).toBe(401);
    }
  });
});

describe('a token of less than its owner may', () => {
  const tokenOf = async (cookie: string, grants: unknown[], readOnly = false) => {
    const body = { name: 'narrow', grants, readOnly, expires: began + ahead + 60 * minute };
    const made = await ask('/api/account/tokens', { method: 'POST', body, cookie });
    return JSON.parse(made.text) as { id: string; token: string };
  };

  it('does no more than it was given', async () => {
    const { token: cookie } = await somebody();
    const { token: bearer } = await tokenOf(cookie, [{ role: 'viewer', estates: ['court'] }]);
    expect((await ask('/api/tickets', { bearer })).status).toBe(200);
    for (const [method, path] of writes.filter(([one, where]) => isOurs(one, where))) {
      const body = method === 'DELETE' ? undefined : {};
      const { status } = await ask(path, { method, body, bearer });
      expect([method, path, status]).toEqual([method, path, 403]);
    }
    for (const path of [
      '/api/people',
      '/api/audit',
      '/api/account',
      '/api/account/tokens',
      '/api/gateways',
    ]) {
      expect((await ask(path, { bearer })).status).toBe(403);
    }
  });

  it('sees nothing of other estates, not even that they are there', async () => {
    const { token: cookie } = await somebody();
    const { token: bearer } = await tokenOf(cookie, [{ role: 'engineer', estates: ['elsewhere'] }]);
    for (const path of [
      '/api/estates',
      '/api/assets',
      '/api/points',
      '/api/tickets',
      '/api/episodes',
      '/api/gateways',
    ]) {
      expect(JSON.parse((await ask(path, { bearer })).text)).toMatchObject({ items: [] });
    }
    for (const [known, unknown] of [
      ['/api/assets?estate=court', '/api/assets?estate=nowhere'],
      ['/api/assets/court/bin-1', '/api/assets/nowhere/bin-1'],
      ['/api/kpi?estate=court&from=0&to=1', '/api/kpi?estate=nowhere&from=0&to=1'],
    ] as const) {
      const [real, made] = [await ask(known, { bearer }), await ask(unknown, { bearer })];
      expect(real.text.replaceAll('court', 'nowhere')).toBe(made.text);
      expect(real.status).toBe(404);
    }
  });

  it('writes nothing when it is read only, and nothing at all once it is revoked or its owner has less', async () => {
    const owner = await somebody();
    const all = [{ role: 'administrator', estates: 'all' }];
    const readOnly = await tokenOf(owner.token, all, true);
    const answer = await ask('/api/standard/reload', {
      method: 'POST',
      body: {},
      bearer: readOnly.token,
    });
    expect([answer.status, answer.code]).toEqual([403, 'CLOUD_TOKEN_READ_ONLY']);
    const revoked = await tokenOf(owner.token, all);
    await ask(`/api/account/tokens/${revoked.id}`, { method: 'DELETE', cookie: owner.token });
    expect((await ask('/api/estates', { bearer: revoked.token })).status).toBe(401);
    const wide = await tokenOf(owner.token, all);
    expect((await ask('/api/people', { bearer: wide.token })).status).toBe(200);
    const grants = [{ role: 'viewer', estates: ['court'] }];
    await ask(`/api/people/${owner.id}`, { method: 'PATCH', body: { grants }, bearer: run.bearer });
    expect((await ask('/api/people', { bearer: wide.token })).status).toBe(403);
  });

  it('makes no other token, and none of more than its owner may', async () => {
    const { token: cookie } = await somebody([{ role: 'engineer', estates: ['court'] }]);
    for (const grants of [
      [{ role: 'administrator', estates: 'all' }],
      [{ role: 'engineer', estates: 'all' }],
      [{ role: 'engineer', estates: ['court', 'elsewhere'] }],
      [{ role: 'manager', estates: ['court'] }],
    ]) {
      const body = { name: 'wide', grants, expires: began + ahead + minute };
      expect((await ask('/api/account/tokens', { method: 'POST', body, cookie })).code).toBe(
        'CLOUD_TOKEN_SCOPE',
      );
    }
  });
});
