import { createHash, createHmac, randomBytes } from 'node:crypto';
import { decodeJwt, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { byAdmin, credentials, person } from '../testing/bench.ts';
import { Browser } from './testing/browser.ts';
import { clientSecret } from './testing/company.ts';
import { type House, openHouse, signIn, whoIs } from './testing/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
beforeEach(async () => {
  await house.bench.database.write((tx) => tx.deleteFrom('attempts').execute());
  house.ahead = 0;
  Object.assign(house.company, { forge: null, intercept: null });
  for (const list of [house.company.asked, house.log, house.bench.told]) list.length = 0;
  house.company.colleagues.set('c-1', { preferred_username: 'lin', groups: ['technicians'] });
  house.company.colleagues.set('c-2', { preferred_username: 'eve', groups: ['technicians'] });
});
afterAll(() => house.close());

const problem = (code: string) => `/sign-in?problem=${code}`;
const invalid = problem('CLOUD_OIDC_INVALID');
const expired = problem('CLOUD_OIDC_EXPIRED');
const unavailable = problem('CLOUD_OIDC_UNAVAILABLE');

/** Goes to the provider and signs in there. @returns the address that it sends the browser back to */
const there = (browser: Browser, login = 'c-1') =>
  browser.signInThere(`${house.url}/api/oidc/start`, login, '/api/oidc/callback');
const asked = (what: string) => house.company.asked.filter((one) => one === what).length;
const tokensAsked = () => asked('POST /token');

/** Comes back with that address, and is not let in. */
async function refused(browser: Browser, back: string, where: string): Promise<void> {
  const response = await browser.go(back);
  expect([response.status, response.headers.get('location')]).toEqual([303, where]);
  expect(await whoIs(house, browser)).toBeNull();
}

function changed(address: string, change: (query: URLSearchParams) => void): string {
  const url = new URL(address);
  change(url.searchParams);
  return url.href;
}

describe('an answer that is not of this sign-in', () => {
  it('with another state, or none, or two, is not even shown to the provider', async () => {
    for (const change of [
      (query: URLSearchParams) => query.set('state', randomBytes(32).toString('base64url')),
      (query: URLSearchParams) => query.delete('state'),
      (query: URLSearchParams) => query.append('state', 'x'),
    ]) {
      const browser = new Browser();
      await refused(browser, changed(await there(browser), change), invalid);
    }
    expect(tokensAsked()).toBe(0);
  });

  it('brought by a browser that began none, or another one, opens nothing', async () => {
    const eve = new Browser();
    const back = await there(eve, 'c-2');
    await refused(new Browser(), back, expired);
    // The victim is on the way as well: their cookie does not fit the answer that Eve plants.
    const victim = new Browser();
    await there(victim);
    await refused(victim, back, invalid);
    expect(tokensAsked()).toBe(0);
  });

  it('is taken once', async () => {
    const browser = new Browser();
    const back = await there(browser);
    const kept = browser.jar(house.url).get('ctk_oidc') ?? '';
    expect((await browser.go(back)).headers.get('location')).toBe('/');
    const thief = new Browser();
    thief.jar(house.url).set('ctk_oidc', kept);
    await refused(thief, back, invalid);
    expect(tokensAsked()).toBe(1);
  });

  it('with a code of somebody else lets nobody in as them', async () => {
    const lin = new Browser();
    const stolen = new URL(await there(lin)).searchParams.get('code') ?? '';
    const eve = new Browser();
    const back = changed(await there(eve, 'c-2'), (query) => query.set('code', stolen));
    await refused(eve, back, invalid);
    expect(tokensAsked()).toBe(1);
  });

  it('that says it is of another provider, or of none, is not taken further', async () => {
    for (const change of [
      (query: URLSearchParams) => query.set('iss', 'https://evil.example'),
      (query: URLSearchParams) => query.delete('iss'),
    ]) {
      const browser = new Browser();
      await refused(browser, changed(await there(browser), change), invalid);
    }
    expect(tokensAsked()).toBe(0);
  });

  it('is worth nothing after ten minutes, or with a cookie that was not sealed here', async () => {
    const browser = new Browser();
    const back = await there(browser);
    house.ahead = 10 * 60_000;
    await refused(browser, back, expired);
    house.ahead = 0;
    const other = new Browser();
    const again = await there(other);
    const sealed = other.jar(house.url).get('ctk_oidc') ?? '';
    for (const forged of [
      '',
      'v1.',
      `${sealed.slice(0, 60)}${sealed[60] === 'A' ? 'B' : 'A'}${sealed.slice(61)}`,
      sealed.slice(3),
      'x'.repeat(9000),
    ]) {
      other.jar(house.url).set('ctk_oidc', forged);
      await refused(other, again, expired);
    }
    // Sealed with the same key for something else.
    const pending = JSON.stringify({
      state: 's',
      nonce: 'n',
      verifier: 'v',
      back: '/',
      again: false,
      began: Date.now(),
      link: null,
    });
    other.jar(house.url).set('ctk_oidc', house.bench.identity.vault.seal(pending, 'person'));
    await refused(other, again, expired);
  });

  it('from an address that guesses has to wait', async () => {
    let last = '';
    for (let i = 0; i < 22; i += 1) {
      const browser = new Browser();
      await browser.go(`${house.url}/api/oidc/start`);
      const back = `${house.url}/api/oidc/callback?code=guess&state=guess`;
      last = (await browser.go(back)).headers.get('location') ?? '';
      if (i < 20) expect(last).toBe(invalid);
    }
    expect(last).toBe(problem('CLOUD_SIGN_IN_WAIT'));
  });
});

describe('an ID token', () => {
  const attempt = async () => {
    const browser = new Browser();
    const response = await browser.go(await there(browser));
    return [response.headers.get('location'), (await whoIs(house, browser))?.kind ?? null];
  };

  it('that the provider signs is taken: the next tests change nothing else', async () => {
    house.company.forge = (token) => house.company.sign(decodeJwt(token));
    expect(await attempt()).toEqual(['/', 'person']);
  });

  const seconds = () => Math.floor(Date.now() / 1000);
  it.each([
    ['a foreign nonce', { nonce: 'foreign' }],
    ['no nonce', { nonce: undefined }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'another-client' }],
    ['several audiences and another party', { aud: ['caretaker', 'x'], azp: 'x' }],
    ['an end that has passed', { exp: seconds() - 120 }],
    ['no end', { exp: undefined }],
    ['a beginning to come', { nbf: seconds() + 120 }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
  ])('with %s proves nothing, though the provider signed it', async (_, claims) => {
    house.company.forge = (token) =>
      house.company.sign({ ...decodeJwt(token), ...claims } as JWTPayload);
    expect(await attempt()).toEqual([invalid, null]);
  });

  it('may be 20 seconds off, as clocks are', async () => {
    house.company.forge = (token) =>
      house.company.sign({ ...decodeJwt(token), exp: seconds() - 20, nbf: seconds() + 20 });
    expect(await attempt()).toEqual(['/', 'person']);
  });

  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const bodyOf = (token: string) => token.split('.')[1] ?? '';
  /** Signed with a secret, by the confusion of that with a key. */
  const withSecret = (token: string, secret: string | Buffer, more = {}) => {
    const text = `${part({ alg: 'HS256', ...more })}.${bodyOf(token)}`;
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  };

  it.each<[string, (token: string) => Promise<string>]>([
    ['without signature (alg none)', async (token) => `${part({ alg: 'none' })}.${bodyOf(token)}.`],
    ['with the signature cut off', async (token) => `${token.slice(0, token.lastIndexOf('.'))}.`],
    [
      'with another body',
      async (token) => {
        const [head, , end] = token.split('.');
        return `${head}.${part({ ...decodeJwt(token), sub: 'c-2' })}.${end}`;
      },
    ],
    ['of the client secret', async (token) => withSecret(token, clientSecret)],
    [
      'of the public key as secret',
      async (token) => {
        const [key] = (await house.company.keys()).keys;
        return withSecret(token, Buffer.from(key?.n ?? '', 'base64url'), { kid: key?.kid });
      },
    ],
  ])('%s proves nothing', async (_, forge) => {
    house.company.forge = forge;
    expect(await attempt()).toEqual([invalid, null]);
  });

  it('of another key proves nothing, whatever it says of that key', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const jwk = await crypto.subtle.exportKey('jwk', publicKey);
    const [key] = (await house.company.keys()).keys;
    const heads = [
      { kid: key?.kid ?? '' },
      {},
      { jwk },
      { jku: 'https://evil.example/keys', kid: 'evil' },
    ];
    for (const head of heads) {
      house.company.forge = (token) =>
        new SignJWT(decodeJwt(token))
          .setProtectedHeader({ alg: 'RS256', ...head })
          .sign(privateKey);
      expect(await attempt()).toEqual([invalid, null]);
    }
  });

  it('of new keys is taken at once, and one of keys that are gone no more', async () => {
    const { colleagues } = house.company;
    await signIn(house, 'c-1');
    const old = await house.company.keys();
    const signOld = house.company.signer();
    await house.company.newKeys();
    expect((await house.company.keys()).keys[0]?.kid).not.toBe(old.keys[0]?.kid);
    expect(colleagues.size).toBe(2);
    expect(await attempt()).toEqual(['/', 'person']);
    house.company.forge = (token) => signOld(decodeJwt(token));
    expect(await attempt()).toEqual([invalid, null]);
  });
});

describe('a page that one is sent to', () => {
  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/..//evil.example',
    '/.//evil.example',
    '/%2e%2e//evil.example',
    '/a/..//evil.example',
    'javascript:alert(1)',
    'evil.example',
    ' //evil.example',
    '/\n//evil.example',
    '/api/oidc/start',
    '/api/../api/people',
  ])('is never %j', async (wanted) => {
    const query = `?${new URLSearchParams({ return: wanted })}`;
    const { response } = await signIn(house, 'c-1', { query });
    const to = response.headers.get('location') ?? '';
    expect(new URL(to, house.url).origin).toBe(house.url);
    expect(to).toMatch(/^\/(?![/\\])/);
    expect(to).not.toContain('/api');
  });

  it('is not chosen by what comes back, nor is the way back by the host of a request', async () => {
    const browser = new Browser();
    const back = changed(await there(browser), (query) => {
      for (const name of ['return', 'redirect_uri', 'location'])
        query.set(name, 'https://evil.example');
    });
    expect((await browser.go(back)).headers.get('location')).toBe('/');
    const start = await new Browser().go(
      `${house.url}/api/oidc/start?redirect_uri=https://evil.example`,
    );
    const to = new URL(start.headers.get('location') ?? '');
    expect(to.origin).toBe(house.company.issuer);
    expect(to.searchParams.get('redirect_uri')).toBe(`${house.url}/api/oidc/callback`);
    // Under its other name, the browser is taken to the one that the provider knows.
    const port = new URL(house.url).port;
    const other = await new Browser().go(
      `http://localhost:${port}/api/oidc/start?return=/a&again=1`,
    );
    expect(other.headers.get('location')).toBe(`${house.url}/api/oidc/start?return=%2Fa&again=1`);
  });

  it('asks with PKCE, state and nonce that are new each time', async () => {
    const seen = new Set<string>();
    for (let i = 0; i < 3; i += 1) {
      const start = await new Browser().go(`${house.url}/api/oidc/start`);
      const query = new URL(start.headers.get('location') ?? '').searchParams;
      expect(query.get('code_challenge_method')).toBe('S256');
      for (const name of ['state', 'nonce', 'code_challenge']) seen.add(query.get(name) ?? '');
      expect(start.headers.getSetCookie()[0]).toMatch(
        /^ctk_oidc=v1\.[\w-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
      );
    }
    expect(seen.size).toBe(9);
  });
});

describe('a provider in trouble', () => {
  /** Beyond what is remembered of the provider by the tests before. */
  let later = 0;
  const down: [string, NonNullable<House['company']['intercept']>][] = [
    ['refuses connections', ({ socket }) => socket.destroy() !== undefined],
    [
      'answers 500',
      (_, response) => response.writeHead(500).end('{"error":"server_error"}') !== undefined,
    ],
    [
      'answers with a page',
      (_, response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end('<p>') !== undefined,
    ],
    [
      'sends elsewhere',
      (_, response) => response.writeHead(302, { location: house.url }).end() !== undefined,
    ],
    [
      'answers with nonsense',
      (_, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end('{') !== undefined,
    ],
    [
      'is another one',
      (_, response) =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end('{"issuer":"https://evil.example"}') !== undefined,
    ],
  ];

  it.each(down)('that %s is said plainly, and passwords go on', async (_, intercept) => {
    const login = `mei-${randomBytes(4).toString('hex')}`;
    await house.bench.identity.people.create(byAdmin(Date.now()), person(login));
    house.company.intercept = intercept;
    later += 2 * 60_000;
    house.ahead = later;
    const start = await new Browser().go(`${house.url}/api/oidc/start`);
    expect(start.headers.get('location')).toBe(unavailable);
    const program = await fetch(`${house.url}/api/oidc/start`, { redirect: 'manual' });
    expect([program.status, await program.json()]).toMatchObject([
      503,
      { code: 'CLOUD_OIDC_UNAVAILABLE' },
    ]);
    const done = await house.bench.identity.signIn.withPassword(credentials(login), Date.now());
    expect(done.stage).toBe('full');
    house.company.intercept = null;
    expect((await signIn(house, 'c-1')).response.headers.get('location')).toBe('/');
  });

  it.each(down.slice(0, 5))(
    'that %s only when the code is brought lets nobody in',
    async (_, intercept) => {
      const browser = new Browser();
      const back = await there(browser);
      house.company.intercept = (request, response) =>
        request.url === '/token' && intercept(request, response);
      await refused(browser, back, unavailable);
    },
  );

  it('that answers for somebody else at its second address lets nobody in', async () => {
    const browser = new Browser();
    const back = await there(browser);
    house.company.intercept = (request, response) => {
      if (request.url !== '/me') return false;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ sub: 'c-2', groups: ['bosses'] }));
      return true;
    };
    await refused(browser, back, invalid);
  });

  it('or a person who refuses there is told, without a word of theirs', async () => {
    const browser = new Browser();
    const back = changed(await there(browser), (query) => {
      query.delete('code');
      query.set('error', '<b>access_denied</b>');
      query.set('error_description', '<script>');
    });
    await refused(browser, back, problem('CLOUD_OIDC_REFUSED'));
  });

  it('that does not know our secret is no fault of the person', async () => {
    const other = await openHouse({ clientSecret: 'canary-of-a-wrong-secret' });
    other.company.colleagues.set('c-1', { groups: ['bosses'] });
    const { response, browser } = await signIn(other, 'c-1');
    expect(response.headers.get('location')).toBe(problem('CLOUD_OIDC_REFUSED'));
    expect(await whoIs(other, browser)).toBeNull();
    expect(other.log.join()).toContain('invalid_client');
    expect(other.log.join()).not.toContain('canary-of-a-wrong-secret');
    await other.close();
  });
});

it('tells no secret to the log, the audit log or the database', async () => {
  const seen = new Set<string>([clientSecret]);
  house.company.forge = async (token) => {
    seen.add(token);
    return token;
  };
  for (const break_ of [false, true]) {
    const browser = new Browser();
    const back = await there(browser);
    const query = new URL(back).searchParams;
    for (const name of ['code', 'state']) seen.add(query.get(name) ?? '');
    seen.add(browser.jar(house.url).get('ctk_oidc') ?? '');
    house.company.intercept = (request, response) =>
      break_ && request.url === '/token' && response.writeHead(503).end() !== undefined;
    await browser.go(back, { headers: break_ ? { accept: 'application/json' } : {} });
    const token = browser.jar(house.url).get('ctk_session');
    if (token !== undefined) seen.add(token);
    house.company.intercept = null;
  }
  seen.delete('');
  expect(seen.size).toBe(9);
  const { database, told } = house.bench;
  const answers = await database.read.selectFrom('oidc_answers').selectAll().execute();
  const links = await database.read.selectFrom('person_identities').selectAll().execute();
  const all = JSON.stringify([house.log, told, answers, links]);
  expect(house.log.join()).toContain('a request failed');
  for (const secret of seen) expect(all).not.toContain(secret);
  const state = [...seen].find((one) =>
    all.includes(createHash('sha256').update(one).digest('base64url')),
  );
  expect(state).toBeDefined();
});
