import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Command, partOf, runCommand, startCaretaker } from '../src/product/command.ts';
import { createSandbox, type Sandbox } from '../src/product/sandbox.ts';
import { patienceMs, until } from '../src/servers/process.ts';
import { Canaries } from './canaries.ts';
import { smallEstate } from './small.ts';

/** Easily told from everything else, and different in every run. */
const canary = (what: string) => `canary-${what}-${randomBytes(9).toString('hex')}`;

const canaries = new Canaries();
let sandbox: Sandbox;
let caretaker: Command;
let admin = '';

interface Asked {
  readonly method?: string;
  readonly body?: unknown;
  readonly cookie?: string;
  readonly bearer?: string;
  readonly headers?: Record<string, string>;
  /** The answer is meant to show a secret, once. */
  readonly shows?: true;
}

/** A file of the data folder. */
const read = (file: string) => readFileSync(join(sandbox.folder, file), 'utf8').trim();

/** Asks the cloud, and keeps what it says for the search. */
async function ask(
  path: string,
  { method = 'GET', body, cookie, bearer, headers, shows }: Asked = {},
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${sandbox.httpUrl}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(cookie === undefined ? {} : { cookie: `ctk_session=${cookie}` }),
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      origin: sandbox.httpUrl,
      ...headers,
    },
    ...(body === undefined ? {} : { body: text ?? '' }),
  });
  const said = await response.text();
  const [set = ''] = response.headers.getSetCookie();
  const token = /^ctk_session=([^;]*)/.exec(set)?.[1] ?? '';
  const rest = [...response.headers].filter(([name]) => name !== 'set-cookie').join('\n');
  if (shows !== true) canaries.hear(`answer to ${method} ${path.split('?')[0]}`, said);
  canaries.hear(`headers of ${method} ${path.split('?')[0]}`, rest);
  return { status: response.status, text: said, token };
}

const json = async <T>(answer: Promise<{ text: string }>): Promise<T> =>
  JSON.parse((await answer).text) as T;

const tooLong = () => new Promise<false>((done) => setTimeout(done, patienceMs, false).unref());

/** Runs a command to its end and keeps what it prints, unless that is a secret, once. */
async function command(args: readonly string[], { env = {}, shows = false } = {}): Promise<string> {
  const run = runCommand(args, { ...sandbox.environment, ...env });
  canaries.hearProcesses(`while ${args.join(' ')} ran`);
  const ended = await Promise.race([run.gone.then(() => true), tooLong()]);
  if (!ended) await run.kill();
  expect([args, ended]).toEqual([args, true]);
  if (!shows) canaries.hear(`output of ${args.slice(0, 2).join(' ')}`, run.output());
  return run.output();
}

const planted = {
  oidc: canaries.plant('client secret of the sign-in provider', canary('oidc')),
  influx: canaries.plant('password of InfluxDB', canary('influx')),
  database: canaries.plant('password of the database', canary('database')),
  password: canaries.plant('password of a person', canary('password')),
  wrong: canaries.plant('wrong password', canary('wrong')),
  wanted: canaries.plant('new password', canary('wanted')),
  code: canaries.plant('code of the sign-in provider', canary('code')),
  mqtt: canaries.plant('wrong password of a device', canary('mqtt')),
};

beforeAll(async () => {
  sandbox = await createSandbox(smallEstate, {
    CARETAKER_SIMULATE: '0',
    CARETAKER_MQTT_ANONYMOUS: '0',
    CARETAKER_LOG_LEVEL: 'debug',
    // Nothing answers there.
    CARETAKER_OIDC_ISSUER: 'http://127.0.0.1:9',
    CARETAKER_OIDC_CLIENT_ID: 'caretaker',
    CARETAKER_OIDC_CLIENT_SECRET: planted.oidc,
    INFLUX_URL: `http://caretaker:${planted.influx}@127.0.0.1:9`,
  });
  caretaker = await startCaretaker(sandbox);
  admin = canaries.plant('token of scripts', read('admin-token'), ['admin-token']);
  canaries.plant('token of metrics', read('edge/metrics-token'), ['edge/metrics-token']);
  canaries.plant('key of sealed secrets', read('cloud/secrets.key'), ['cloud/secrets.key']);
});

afterAll(async () => {
  // Undefined when it could not start, whose error must not be hidden by another.
  await (caretaker as Command | undefined)?.interrupt();
  sandbox.dispose();
});

it('a person comes in, and every way of getting it wrong', async () => {
  const link = /#code=([\w-]+)/.exec(caretaker.output())?.[1] ?? '';
  canaries.plant('link of the start', link, ['output of start']);
  const byLink = await ask('/api/session/link', { method: 'POST', body: { code: link } });
  canaries.plant('cookie of the link', byLink.token);
  await ask('/api/session/link', { method: 'POST', body: { code: link } });
  const person = { login: 'mei', name: 'Mei', grants: [{ role: 'administrator', estates: 'all' }] };
  const made = await json<{ invite: { code: string }; person: { id: string } }>(
    ask('/api/people', { method: 'POST', body: person, bearer: admin, shows: true }),
  );
  const invite = canaries.plant('code of an invitation', made.invite.code);
  const take = { code: invite, password: planted.password };
  await ask('/api/invite', { method: 'POST', body: { ...take, password: 'short' } });
  const { token: first } = await ask('/api/invite', { method: 'POST', body: take });
  canaries.plant('cookie of the invitation', first);
  await ask('/api/invite', { method: 'POST', body: take });

  const signIn = (body: unknown, more: Asked = {}) =>
    ask('/api/session', { method: 'POST', body, ...more });
  await signIn({ login: 'mei', password: planted.wrong });
  await signIn({ login: planted.password, password: planted.password });
  await signIn({ login: 'mei', password: planted.password, and: planted.password });
  await signIn({ login: 'mei', password: { text: planted.password } });
  await signIn(`{"login":"mei","password":"${planted.password}`);
  await signIn({ login: 'mei', password: planted.password.repeat(10_000) });
  await signIn(
    { login: 'mei', password: planted.password },
    { headers: { 'content-type': 'text/plain' } },
  );
  await signIn(
    { login: 'mei', password: planted.password },
    { headers: { origin: 'https://evil.example' } },
  );
  const { token: cookie } = await signIn({ login: 'mei', password: planted.password });
  canaries.plant('cookie of a session', cookie);
  expect((await ask('/api/account', { cookie })).status).toBe(200);
  const change = (old: string) =>
    ask('/api/account/password', { method: 'POST', body: { old, wanted: planted.wanted }, cookie });
  await change(planted.wrong);

  const { secret } = await json<{ secret: string }>(
    ask('/api/account/second-factor', { method: 'POST', body: {}, cookie, shows: true }),
  );
  canaries.plant('secret of a second factor', secret);
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
  const confirm = (given: string, shows?: true) =>
    ask('/api/account/second-factor/confirm', {
      method: 'POST',
      body: { code: given },
      cookie,
      ...(shows && { shows }),
    });
  await confirm('000000');
  const { recovery } = await json<{ recovery: string[] }>(confirm(code, true));
  for (const [i, one] of recovery.entries()) canaries.plant(`recovery code ${i + 1}`, one);
  const half = await signIn({ login: 'mei', password: planted.password });
  canaries.plant('cookie of a half session', half.token);
  const give = (given = '') =>
    ask('/api/session/code', { method: 'POST', body: { code: given }, cookie: half.token });
  await give('zzzz-zzzz-zzzz-zzzz');
  const full = await give(recovery[0]);
  canaries.plant('cookie of a full session', full.token);
  await give(recovery[0]);
  await ask('/api/session', { method: 'DELETE', cookie: full.token });
  await ask('/api/account', { cookie: full.token });
});

it('programs come with tokens, and with what is none', async () => {
  const expires = Date.now() + 3_600_000;
  const { token: cookie } = await ask('/api/session/link', {
    method: 'POST',
    body: { code: 'none' },
  });
  await ask('/api/account/tokens', { method: 'POST', body: {}, cookie, bearer: admin });
  const wrong = canaries.plant('token that is none', `ctk_${canary('token')}`);
  for (const path of ['/api/estates', '/api/nothing', '/metrics', '/api/account']) {
    await ask(path, { bearer: wrong });
    await ask(`${path}?token=${admin}&access_token=${wrong}&code=${planted.code}`);
    await ask(`${path}?estate=${admin}&cursor=${admin}&limit=${admin}`, { bearer: admin });
    await ask(path, { headers: { authorization: `Basic ${admin}`, 'x-token': admin } });
  }
  await ask(`/api/tickets/${admin}`, { bearer: admin });
  await ask('/api/people', {
    method: 'POST',
    body: { login: 'x', expires, token: admin },
    bearer: admin,
  });
  await ask('/api/standard/reload', {
    method: 'POST',
    body: { note: 5, token: admin },
    bearer: admin,
  });
  expect((await ask('/api/estates', { bearer: admin })).status).toBe(200);
});

it('the sign-in provider is down, and sends people back with codes', async () => {
  const accept = { accept: 'text/html' };
  for (const headers of [accept, { accept: '*/*' }]) {
    expect([303, 503]).toContain((await ask('/api/oidc/start', { headers })).status);
    await ask(`/api/oidc/callback?code=${planted.code}&state=${planted.code}`, { headers });
    await ask(`/api/oidc/callback?error=${planted.code}&error_description=${planted.code}`, {
      headers,
    });
    await ask(`/api/oidc/start?return=//${planted.code}.example`, { headers });
  }
});

it('devices and gateways come, and are refused', async () => {
  const output = await command(['device', 'add', 'north-gate', '--json'], { shows: true });
  const { password } = JSON.parse(output) as { password: string };
  canaries.plant('password of a device', password);
  const connect = (username: string, given: string, url = sandbox.mqttUrl) =>
    new Promise<boolean>((done) => {
      const client = mqtt.connect(url, { username, password: given, reconnectPeriod: 0 });
      const over = (letIn: boolean) => {
        client.end(true);
        done(letIn);
      };
      client.once('connect', () => {
        client.publish('caretaker/other', '{"slam_db":1}');
        client.publish('caretaker/north-gate', '{"slam_db":60}', { qos: 1 }, () => over(true));
      });
      client.on('error', () => over(false));
      client.once('close', () => over(false));
    });
  await until('the gateway knows the device', () => connect('north-gate', password));
  expect(await connect('north-gate', `${password}x`)).toBe(false);
  expect(await connect('nobody', password)).toBe(false);
  expect(await connect('north-gate', planted.mqtt)).toBe(false);
  await connect('court-1', password, String(sandbox.environment.CARETAKER_UPLINK_URL));
  await command(['device', 'add', 'north-gate']);
  await command(['device', 'list', '--json']);
  const { code } = await json<{ code: string }>(
    ask('/api/gateways/court-1/code', {
      method: 'POST',
      body: { estate: 'court' },
      bearer: admin,
      shows: true,
    }),
  );
  expect(code).toMatch(/^[0-9a-z]{4}(-[0-9a-z]{4})+$/);
  canaries.plant('code of a gateway', code);
  await command(['gateway', 'enrol'], { env: { CARETAKER_ENROL_CODE: `${code}-wrong` } });
  const enrol = ['gateway', 'enrol', '--cloud', sandbox.httpUrl];
  expect(await command(enrol, { env: { CARETAKER_ENROL_CODE: code } })).toContain('Enrolled');
  const { privateKey } = JSON.parse(read('edge/gateway-key.json')) as { privateKey: string };
  const [line = ''] = privateKey.split('\n').filter((one) => !one.startsWith('-'));
  canaries.plant('private key of the gateway', line, ['edge/gateway-key.json']);
  await ask('/api/gateways/enrol', { method: 'POST', body: { code, key: code, signature: code } });
  await ask('/api/gateways/rotate', { method: 'POST', body: { token: code }, bearer: code });
  await ask('/api/gateways', { bearer: admin });
});

it('a database refuses, and settings are wrong', async () => {
  const elsewhere = { CARETAKER_DATA: join(sandbox.folder, 'elsewhere') };
  const env = {
    ...elsewhere,
    DATABASE_URL: `postgres://caretaker:${planted.database}@127.0.0.1:9/caretaker`,
  };
  for (const args of [['cloud'], ['verify'], ['audit', 'export']]) {
    expect(await command(args, { env })).toMatch(/CLOUD_DATABASE_UNAVAILABLE|ECONNREFUSED/);
  }
  const bad = {
    ...elsewhere,
    DATABASE_URL: `mysql://caretaker:${planted.database}@127.0.0.1`,
    CARETAKER_OIDC_ISSUER: `https://x:${planted.oidc}@id.example`,
  };
  expect(await command(['cloud'], { env: bad })).toContain('CLOUD_OIDC_SETTING_INVALID');
});

it('a certificate and its key are mistaken for each other', async () => {
  const key = canaries.plant('private key of TLS', canary('tls'), ['tls-key.pem']);
  const file = join(sandbox.folder, 'tls-key.pem');
  writeFileSync(file, `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`);
  const folder = join(sandbox.folder, 'elsewhere');
  for (const part of ['cloud', 'edge']) {
    const both = { CARETAKER_TLS_CERT: file, CARETAKER_TLS_KEY: file, CARETAKER_DATA: folder };
    expect(await command([part], { env: both })).toContain('TLS');
  }
});

it('a crash is told in the log', async () => {
  process.kill(partOf(caretaker, 'cloud') ?? 0, 'SIGKILL');
  await until('the cloud runs again', () => caretaker.output().includes('cloud runs again'));
  await until('the cloud answers', () =>
    ask('/healthz').then(
      ({ status }) => status === 200,
      () => false,
    ),
  );
});

it('and none of it is found where it should not be', async () => {
  canaries.hearProcesses('of the product');
  const { paths } = await json<{ paths: Record<string, object> }>(
    ask('/docs/json', { bearer: admin }),
  );
  const plain = Object.entries(paths).filter(
    ([path, of]) => 'get' in of && !/[{]|events$/.test(path),
  );
  expect(plain.length).toBeGreaterThan(15);
  for (const [path] of plain) await ask(path, { bearer: admin });
  await ask('/api/audit?limit=1000', { bearer: admin });
  await ask('/api/quarantine?limit=1000', { bearer: admin });
  const events = await fetch(`${sandbox.httpUrl}/api/events`, {
    headers: { authorization: `Bearer ${admin}` },
  });
  const chunk = await events.body?.getReader().read();
  canaries.hear('events', Buffer.from(chunk?.value ?? []).toString());
  for (const format of ['jsonl', 'csv']) {
    const exported = await command(['audit', 'export', '--format', format]);
    expect(exported).toContain('session.refuse');
  }
  await command(['verify']);
  expect(await caretaker.interrupt()).toBe(0);
  canaries.hear('output of start', caretaker.output());
  canaries.hearFiles(sandbox.folder);
  expect(canaries.names.length).toBeGreaterThan(25);
  expect(canaries.missing()).toEqual([]);
  expect(canaries.found()).toEqual([]);
});
