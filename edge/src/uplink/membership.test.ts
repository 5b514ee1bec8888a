import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { silentLog, systemClock } from '@caretaker/readings/base';
import { type ManualClock, manualClock, patient } from '@caretaker/readings/testing';
import {
  type EnrolRequest,
  enrolRequestSchema,
  newBundleKey,
  rotateRequestSchema,
} from '@caretaker/readings/uplink';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pinBundleKey, pinnedBundleKey } from '../access/bundle-key.ts';
import { forgetNextKey, loadIdentity, nextKey } from '../access/enrolment.ts';
import { scratch } from '../journal/testing.ts';
import { CloudClient } from './cloud-client.ts';
import { Membership } from './membership.ts';

const year = 365 * 86_400_000;

/** The cloud's side of enrolment, over HTTP: what it was asked, and an answer of the test's choice. */
class Desk {
  readonly asked: { readonly path: string; readonly body: unknown }[] = [];
  /** Null breaks the connection instead. */
  answer: (path: string, body: unknown) => { status: number; body: object } | null = () => null;
  now: () => number = Date.now;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        const body = text === '' ? null : JSON.parse(text);
        if (body !== null) this.asked.push({ path: request.url ?? '', body });
        const given = this.answer(request.url ?? '', body);
        if (given === null) return void response.destroy();
        const date = new Date(this.now()).toUTCString();
        response.writeHead(given.status, { 'content-type': 'application/json', date });
        response.end(JSON.stringify(given.body));
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

let directory: string;
let remove: () => Promise<void>;
let desk: Desk;
/** Addresses without TLS show no certificate. */
const nobody = { ca: null, fingerprints: [] };
let cloudUrl: string;
let clock: ManualClock;
let membership: Membership | null = null;
const told: string[] = [];

beforeEach(async () => {
  ({ directory, remove } = await scratch());
  await mkdir(directory, { recursive: true });
  desk = new Desk();
  cloudUrl = await desk.start();
  clock = manualClock(Date.now());
  told.length = 0;
});
afterEach(async () => {
  membership?.stop();
  membership = null;
  await desk.stop();
  await remove();
});

function join(more: { code?: string; codeFile?: string } = {}): Membership {
  const note = (_fields: object, message: string) => told.push(message);
  const { code = null, codeFile = null } = more;
  const log = { ...silentLog, warn: note, info: note };
  const gateway = 'yard-1';
  membership = new Membership({
    directory,
    gateway,
    trust: nobody,
    cloudUrl,
    code,
    codeFile,
    clock,
    log,
  });
  return membership;
}

const accepts = (key: string) => () => ({
  status: 200,
  body: { gateway: 'yard-1', estate: 'yard', key, at: clock.now() },
});
/** A cloud that signs configuration. */
const signs = (key: string, bundleKey: string) => () => ({
  status: 200,
  body: { ...accepts(key)().body, bundleKey },
});
const refuses = () => ({
  status: 403,
  body: { code: 'CLOUD_ENROLMENT_REFUSED', detail: 'The code is spent.' },
});
/** Lets the membership look again and again until something holds. */
const until = (holds: () => unknown) =>
  vi.waitUntil(async () => {
    clock.advance(1_000);
    return await holds();
  }, patient);
const claimsOf = (password: string | undefined) =>
  JSON.parse(Buffer.from(password?.split('.')[1] ?? '', 'base64url').toString());

describe('a gateway without a key', () => {
  it('says what to do, once, and goes on when another process has enrolled it', async () => {
    const joined = join();
    const changes = vi.fn();
    joined.onChanged(changes);
    await joined.start();
    await until(() => joined.trouble !== null);
    await until(() => joined.trouble !== null);
    expect(joined.trouble).toMatchObject({ code: 'EDGE_NOT_ENROLLED' });
    expect(joined.trouble?.next).toContain('caretaker gateway code yard-1');
    expect(told).toHaveLength(1);
    expect(joined.credentials()).toBeNull();
    desk.answer = accepts('k1');
    await new CloudClient(cloudUrl, systemClock, nobody).enrol(directory, 'yard-1', 'aaaa');
    await until(() => joined.credentials() !== null);
    expect([joined.trouble, changes.mock.calls.length]).toEqual([null, 1]);
  });

  it('enrols with its code, tries again until the cloud is there, and signs each token anew', async () => {
    const joined = join({ code: 'aaaa-bbbb' });
    await joined.start();
    await until(() => joined.trouble?.code === 'EDGE_CLOUD_UNREACHABLE');
    desk.answer = accepts('k1');
    await until(() => joined.credentials() !== null);
    const requests = desk.asked.map(({ body }) => enrolRequestSchema.parse(body));
    expect(new Set(requests.map((one: EnrolRequest) => one.publicKey)).size).toBe(1);
    const [first, second] = [joined.credentials(), joined.credentials()];
    expect(first?.username).toBe('yard-1');
    expect(first?.password).not.toBe(second?.password);
    const file = path.join(directory, 'gateway-key.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).not.toContain('aaaa-bbbb');
  });

  it('waits for a file with its code, and removes it once the code is spent', async () => {
    const codeFile = path.join(directory, 'code');
    const joined = join({ codeFile });
    desk.answer = accepts('k1');
    await joined.start();
    await until(() => joined.trouble !== null);
    await writeFile(codeFile, 'cccc-dddd\n');
    await until(() => joined.credentials() !== null);
    expect(desk.asked[0]?.body).toMatchObject({ code: 'cccc-dddd' });
    await vi.waitFor(() => expect(stat(codeFile)).rejects.toThrow(), patient);
  });

  it('shows a refused code only once, and takes the next one', async () => {
    const codeFile = path.join(directory, 'code');
    await writeFile(codeFile, 'wrong');
    const joined = join({ codeFile });
    desk.answer = refuses;
    await joined.start();
    await until(() => joined.trouble?.code === 'EDGE_ENROLMENT_REFUSED');
    const before = desk.asked.length;
    for (let i = 0; i < 200; i += 1) clock.advance(1_000);
    expect(desk.asked).toHaveLength(before);
    desk.answer = accepts('k1');
    await writeFile(codeFile, 'right');
    await until(() => joined.credentials() !== null);
  });

  it('shows its code to nobody on the way to another machine', async () => {
    for (const url of ['http://cloud.example:8080', 'http://192.0.2.7', 'http://[2001:db8::1]']) {
      const client = new CloudClient(url, systemClock, nobody);
      await expect(client.enrol(directory, 'yard-1', 'aaaa')).rejects.toMatchObject({
        code: 'EDGE_CLOUD_PLAIN',
      });
    }
  });

  it('takes no code and no key of another gateway', async () => {
    desk.answer = () => ({
      status: 200,
      body: { gateway: 'park-1', estate: 'park', key: 'k', at: 0 },
    });
    const joined = join({ code: 'aaaa' });
    await joined.start();
    await until(() => joined.trouble?.code === 'EDGE_ENROLMENT_FOREIGN');
    expect(await loadIdentity(directory)).toBeNull();
    await new CloudClient(cloudUrl, systemClock, nobody).enrol(directory, 'park-1', 'bbbb');
    await until(() => joined.trouble?.message.includes('data folder'));
    expect(joined.credentials()).toBeNull();
  });
});

describe('a gateway with a key', () => {
  beforeEach(async () => {
    desk.answer = accepts('k1');
    await new CloudClient(cloudUrl, systemClock, nobody).enrol(directory, 'yard-1', 'aaaa');
    desk.answer = () => ({ status: 200, body: {} });
  });

  it('corrects its clock by that of the cloud when it is refused', async () => {
    clock = manualClock(Date.UTC(1970, 0, 1, 0, 5));
    desk.now = () => clock.now() + 56 * year;
    const joined = join();
    const changes = vi.fn();
    await joined.start();
    joined.onChanged(changes);
    expect(claimsOf(joined.credentials()?.password).iat).toBe(300);
    await joined.refused();
    expect(changes).toHaveBeenCalledOnce();
    const { iat } = claimsOf(joined.credentials()?.password);
    expect(Math.abs(iat * 1_000 - desk.now())).toBeLessThan(2_000);
    expect(joined.trouble).toBeNull();
    // Refused with the right time: so it is the key.
    clock.advance(60_000);
    await joined.refused();
    clock.advance(60_000);
    await joined.refused();
    expect(joined.trouble).toMatchObject({ code: 'EDGE_UPLINK_REFUSED' });
    joined.accepted();
    expect(joined.trouble).toBeNull();
  });

  it('says so when it is refused and cannot ask for the time', async () => {
    const joined = join();
    await joined.start();
    desk.answer = () => null;
    await joined.refused();
    expect(joined.trouble?.message).toContain('clock');
  });

  it('replaces its key every quarter, with the same new one until the cloud has answered', async () => {
    clock = manualClock(Date.now() + year);
    const joined = join();
    desk.answer = (url) => (url.endsWith('rotate') ? null : { status: 200, body: {} });
    await joined.start();
    const rotations = () =>
      desk.asked.flatMap(({ path: at, body }) => (at.endsWith('rotate') ? [body] : []));
    await until(() => rotations().length > 1);
    expect(joined.trouble).toBeNull();
    desk.answer = accepts('k2');
    await until(async () => (await loadIdentity(directory))?.key === 'k2');
    const keys = rotations().map((body) => {
      const { token: _, ...request } = body as { token: string };
      return rotateRequestSchema.parse(request).publicKey;
    });
    expect(new Set(keys).size).toBe(1);
    await until(() => {
      const header = joined.credentials()?.password.split('.')[0] ?? '';
      return Buffer.from(header, 'base64url').toString().includes('k2');
    });
  });

  it('takes a fresh key when the cloud does not take the one that it had tried', async () => {
    const { key } = await nextKey(directory);
    desk.answer = (_url, body) =>
      (body as EnrolRequest).publicKey === key.publicKey ? refuses() : accepts('k3')();
    const client = new CloudClient(cloudUrl, systemClock, nobody);
    expect((await client.enrol(directory, 'yard-1', 'aaaa')).key).toBe('k3');
    await forgetNextKey(directory);
  });

  it('tells that its file is damaged, and what to do', async () => {
    await writeFile(path.join(directory, 'gateway-key.json'), '{}');
    const joined = join();
    await joined.start();
    expect(joined.trouble).toMatchObject({ code: 'EDGE_IDENTITY_DAMAGED' });
  });
});

describe('the key by which configuration is believed', () => {
  const key = newBundleKey().publicKey;
  const other = newBundleKey().publicKey;
  const enrol = () =>
    new CloudClient(cloudUrl, systemClock, nobody).enrol(directory, 'yard-1', 'aa');
  const pin = () => pinnedBundleKey(directory, 'yard-1');
  const rotations = () => desk.asked.filter(({ path: at }) => at.endsWith('rotate')).length;

  it('is pinned at the enrolment, and by another enrolment alone replaced', async () => {
    desk.answer = signs('k1', key);
    await enrol();
    const joined = join();
    await joined.start();
    expect(await joined.bundleKey()).toBe(key);
    desk.answer = signs('k2', other);
    clock.advance(year);
    await until(async () => (await loadIdentity(directory))?.key === 'k2');
    expect([await joined.bundleKey(), rotations()]).toEqual([key, 1]);
    await enrol();
    expect(await joined.bundleKey()).toBe(other);
    // A cloud that signs nothing.
    desk.answer = accepts('k3');
    await enrol();
    expect(await pin()).toBeNull();
    expect(await pinnedBundleKey(directory, 'yard-2')).toBeNull();
  });

  it('is asked for once, by a gateway that enrolled before there was one, when it is needed', async () => {
    desk.answer = accepts('k1');
    await enrol();
    const joined = join();
    await joined.start();
    // A cloud that signs nothing, and one that is away, are not asked again and again.
    expect(await joined.bundleKey()).toBeNull();
    expect([await joined.bundleKey(), rotations()]).toEqual([null, 1]);
    desk.answer = () => null;
    clock.advance(600_000);
    expect([await joined.bundleKey(), rotations()]).toEqual([null, 2]);
    desk.answer = signs('k2', key);
    clock.advance(600_000);
    expect(await Promise.all([joined.bundleKey(), joined.bundleKey()])).toContain(key);
    expect([await joined.bundleKey(), rotations()]).toEqual([key, 3]);
    expect((await loadIdentity(directory))?.key).toBe('k2');
    expect(await pin()).toBe(key);
  });

  it('is not asked for by a gateway that has not enrolled, and not believed when its file is damaged', async () => {
    const joined = join();
    await joined.start();
    expect(await joined.bundleKey()).toBeNull();
    expect(desk.asked).toEqual([]);
    await pinBundleKey(directory, 'yard-1', key);
    await writeFile(path.join(directory, 'bundle-key.json'), '{}');
    expect(await joined.bundleKey()).toBeNull();
  });
});
