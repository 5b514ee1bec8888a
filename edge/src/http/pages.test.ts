import { request } from 'node:http';
import path from 'node:path';
import { systemClock } from '@caretaker/readings/base';
import { patient } from '@caretaker/readings/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CredentialStore } from '../access/index.ts';
import { scratch } from '../journal/testing.ts';
import { device, type Rigged, startEdge } from '../testing.ts';

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

const words = 'violet anchor tin meadow';

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly cookie: string | null;
  readonly headers: Headers;
}

async function get(where: string, headers: Record<string, string> = {}): Promise<Answer> {
  const url = `http://127.0.0.1:${rigged.httpPort}${where}`;
  return answerOf(await fetch(url, { headers, redirect: 'manual' }));
}

async function post(
  where: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const origin = `http://127.0.0.1:${rigged.httpPort}`;
  const body = new URLSearchParams(fields);
  const all = { origin, ...headers };
  return answerOf(
    await fetch(`${origin}${where}`, { method: 'POST', body, headers: all, redirect: 'manual' }),
  );
}

async function answerOf(answer: Response): Promise<Answer> {
  const { status, headers } = answer;
  const cookie = headers.get('set-cookie')?.split(';')[0] ?? null;
  return { status, text: await answer.text(), cookie, headers };
}

/** Signs in by the code of the first start. */
async function signedIn(): Promise<{ cookie: string }> {
  const { status, cookie } = await post('/code', { code: rigged.code });
  expect(status).toBe(303);
  return { cookie: cookie ?? '' };
}

describe('without a session', () => {
  it('only health and the way in are open', async () => {
    const open = ['/healthz', '/readyz', '/sign-in', '/code', '/style.css'];
    for (const where of open) expect([where, (await get(where)).status]).toEqual([where, 200]);
    for (const where of ['/', '/password']) {
      const { status, headers } = await get(where);
      expect([status, headers.get('location')]).toEqual([303, '/sign-in']);
    }
    for (const where of ['/status', '/metrics']) {
      const { status, headers, text } = await get(where);
      expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(JSON.parse(text)).toMatchObject({ code: 'EDGE_SIGN_IN_NEEDED' });
    }
    for (const where of ['/password', '/sign-out']) {
      expect((await post(where, { wanted: words, repeated: words })).status).toBe(303);
    }
    expect((await post('/sign-in', { password: words })).status).toBe(400);
    expect((await get('/nowhere')).status).toBe(404);
    expect((await get('/readyz')).text).toBe('{"status":"ready"}');
  });

  it('programs read figures with the token, and nothing else', async () => {
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    for (const where of ['/status', '/metrics']) {
      expect((await get(where, bearer(rigged.token))).status).toBe(200);
      for (const wrong of ['', 'x', rigged.token.slice(1), rigged.code]) {
        expect((await get(where, bearer(wrong))).status).toBe(401);
      }
    }
    expect((await get('/', bearer(rigged.token))).status).toBe(303);
  });
});

describe('a session', () => {
  it('begins with a code, gets a password, and ends for good', async () => {
    expect((await get(`/code?code=${rigged.code}`)).text).toContain(`value="${rigged.code}"`);
    const by = await signedIn();
    expect((await post('/code', { code: rigged.code })).status).toBe(400);
    const page = await get('/', by);
    expect([page.status, page.text.includes('no password yet')]).toEqual([200, true]);
    const repeated = { wanted: words, repeated: `${words}.` };
    expect((await post('/password', repeated, by)).text).toContain('not typed the same');
    const set = await post('/password', { wanted: words, repeated: words }, by);
    expect(set.status).toBe(303);
    expect((await get('/', by)).status).toBe(303);
    const now = { cookie: set.cookie ?? '' };
    expect((await get('/', now)).text).not.toContain('no password yet');
    expect((await get('/password', now)).text).toContain('name="old"');
    expect((await post('/sign-out', {}, now)).status).toBe(303);
    expect((await get('/', now)).status).toBe(303);
    const again = await post('/sign-in', { password: words });
    expect((await get('/', { cookie: again.cookie ?? '' })).status).toBe(200);
  });

  it('has a cookie that no script and no other site gets, and a new token at each sign-in', async () => {
    const planted = `ctk_gateway=${'A'.repeat(43)}`;
    const answer = await post('/code', { code: rigged.code }, { cookie: planted });
    expect(answer.headers.get('set-cookie')).toMatch(
      /^ctk_gateway=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(answer.cookie).not.toBe(planted);
    expect((await get('/', { cookie: planted })).status).toBe(303);
  });

  it('cannot be used, nor begun, by a form of another page', async () => {
    const by = await signedIn();
    const foreign: Record<string, string>[] = [
      { origin: 'http://attacker.example' },
      { origin: 'null' },
      { origin: `http://127.0.0.1:${rigged.httpPort + 1}` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign) {
      const change = { wanted: words, repeated: words };
      expect((await post('/password', change, { ...by, ...headers })).status).toBe(403);
      expect((await post('/sign-out', {}, { ...by, ...headers })).status).toBe(403);
      expect((await post('/sign-in', { password: words }, headers)).status).toBe(403);
    }
    expect((await get('/', by)).status).toBe(200);
  });

  it('makes guessers wait', async () => {
    for (let n = 0; n < 5; n += 1) await post('/sign-in', { password: 'wrong' });
    const { status, headers } = await post('/sign-in', { password: 'wrong' });
    expect([status, Number(headers.get('retry-after')) > 0]).toEqual([429, true]);
  });
});

describe('the page', () => {
  it('shows what hostile devices said as text, and runs nothing', async () => {
    const client = await device(rigged.url, { clientId: '"><img src=x onerror=alert(1)>' });
    const topic = "caretaker/hall/<script>alert('1')</script>";
    await client.publishAsync(topic, '1', { qos: 1 });
    await client.endAsync();
    const { text, headers } = await get('/', await signedIn());
    expect(text).toContain('&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;');
    expect(text).toContain('&quot;&gt;&lt;img src=x onerror=alert(1)&gt;');
    expect(text).not.toMatch(/<script|<img|onerror=.*<\/?[a-z]+ on/);
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'self';/,
    );
    expect(text).not.toMatch(/ style=| on[a-z]+="/);
  });

  it('speaks English and Chinese, and says what is not there yet', async () => {
    const by = await signedIn();
    const en = (await get('/', by)).text;
    for (const part of ['Gateway yard-1', 'Not connected to the cloud', 'No device has a']) {
      expect(en).toContain(part);
    }
    const zh = (await get('/', { ...by, 'accept-language': 'de, zh-TW;q=0.9, en;q=0.8' })).text;
    for (const part of ['网关 yard-1', '未连接云端', '还没有设备凭据']) expect(zh).toContain(part);
    expect(zh).toContain('<html lang="zh-CN">');
  });

  it('shows credentials with their last use, also after a restart, and never a secret', async () => {
    const store = new CredentialStore({
      directory: path.join(directory, 'edge'),
      clock: systemClock,
    });
    const { secret } = await store.add('gate', { kind: 'device', assets: ['gate'] }, Date.now());
    await store.add('mesh', { kind: 'bridge', prefix: 'zigbee2mqtt' }, Date.now());
    await store.revoke('mesh', Date.now());
    // Until the gateway has looked at the file, nobody can connect by it.
    const client = await vi.waitFor(
      () => device(rigged.url, { username: 'gate', password: secret, reconnectPeriod: 0 }),
      patient,
    );
    await client.endAsync();
    await rigged.edge.stop();
    rigged = await startEdge(directory);
    const { text } = await get('/', await signedIn());
    const row = (id: string) => new RegExp(`<tr><td[^>]*>${id}</td>.*?</tr>`).exec(text)?.[0];
    expect(row('gate')).toMatch(/in force.*20\d\d/);
    expect(row('mesh')).toMatch(/zigbee2mqtt\/#.*revoked.*not since it was made/);
    expect(text).not.toContain(secret);
  });
});

it('answers no name but its own, whatever is asked', async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { host: 'attacker.example' };
    request({ host: '127.0.0.1', port: rigged.httpPort, path: '/sign-in', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(421);
});
