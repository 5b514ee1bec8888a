import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect as connectPlain, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Fault, FaultsError, silentLog } from '@caretaker/readings/base';
import { manualClock } from '@caretaker/readings/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generate } from './generate.ts';
import { createListener } from './listener.ts';
import { readTls, type TlsSettings } from './settings.ts';
import { openTls, type Tls } from './tls.ts';
import { connectTls, readTrust, type Trust } from './trust.ts';

const YEAR = 365 * 86_400_000;
const now = Date.now();
let folder: string;
const ends: (() => void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'caretaker-tls-'));
});
afterEach(() => {
  for (const end of ends.splice(0)) end();
  rmSync(folder, { recursive: true });
});

function settings(
  env: Record<string, string>,
  host = '127.0.0.1',
  publicUrl: string | null = null,
) {
  const faults: Fault[] = [];
  const text = (name: string) => env[name];
  const read = readTls({ text, data: folder, host, publicUrl, now }, faults);
  return { read, faults: faults.map(({ where, code }) => [where, code]) };
}

const selfSigned = () => settings({ CARETAKER_TLS: 'self-signed' }).read as TlsSettings;

/** A certificate with its key as two files. */
async function files(name: string, made = now) {
  const pair = await generate(['127.0.0.1', 'care.example'], null, made);
  const cert = join(folder, `${name}.crt`);
  const key = join(folder, `${name}.key`);
  writeFileSync(cert, pair.cert);
  writeFileSync(key, pair.key);
  return { cert, key };
}

const asked = ({ cert, key }: { cert: string; key: string }) =>
  settings({ CARETAKER_TLS_CERT: cert, CARETAKER_TLS_KEY: key });

async function opened(from: TlsSettings, clock = manualClock(now), log = silentLog) {
  const tls = (await openTls(from, { clock, log })) as Tls;
  ends.push(() => tls.stop());
  return tls;
}

/** Says "hello" to whoever has come through. */
async function listening(tls: Tls | null, admit: (socket: Socket) => boolean = () => true) {
  const failed: string[] = [];
  const server: Server = createListener(tls, {
    admit,
    ready: (socket) => void socket.on('error', () => {}).end('hello'),
    failed: (_address, reason) => failed.push(reason),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, failed };
}

async function heard(socket: Socket): Promise<string> {
  ends.push(() => socket.destroy());
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}

const trusting = (trust: Partial<Trust>): Trust => ({ ca: null, fingerprints: [], ...trust });

describe('settings', () => {
  it('are off unless asked for', () => {
    expect(settings({})).toEqual({ read: null, faults: [] });
  });

  it('name the host and the public address in a certificate that is made', () => {
    const { read } = settings({ CARETAKER_TLS: 'self-signed' }, '0.0.0.0', 'https://care.example');
    expect(read).toMatchObject({
      from: 'self-signed',
      names: ['localhost', '127.0.0.1', '::1', 'care.example'],
    });
  });

  it('say everything that is wrong at once', async () => {
    const good = await files('good');
    expect(settings({ CARETAKER_TLS: 'yes', CARETAKER_TLS_KEY: good.key }).faults).toEqual([
      ['CARETAKER_TLS', 'READINGS_TLS_SETTING'],
      ['CARETAKER_TLS_CERT', 'READINGS_TLS_SETTING'],
    ]);
    const nowhere = { cert: join(folder, 'no.crt'), key: join(folder, 'no.key') };
    expect(asked(nowhere).faults).toEqual([
      [nowhere.cert, 'READINGS_TLS_FILE_UNREADABLE'],
      [nowhere.key, 'READINGS_TLS_FILE_UNREADABLE'],
    ]);
    expect(asked({ cert: good.key, key: good.cert }).faults).toEqual([
      [good.key, 'READINGS_TLS_CERTIFICATE_INVALID'],
      [good.cert, 'READINGS_TLS_KEY_INVALID'],
    ]);
  });

  it('refuse a certificate that has expired and a key that is not its own', async () => {
    const good = await files('good');
    const old = await files('old', now - 11 * YEAR);
    const young = await files('young', now + YEAR);
    expect(asked(good).faults).toEqual([]);
    expect(asked({ cert: old.cert, key: good.key }).faults).toEqual([
      [old.cert, 'READINGS_TLS_EXPIRED'],
      [good.key, 'READINGS_TLS_KEY_MISMATCH'],
    ]);
    expect(asked(young).faults).toEqual([[young.cert, 'READINGS_TLS_NOT_YET_VALID']]);
  });
});

describe('a certificate that is made', () => {
  it('is kept where only its owner can read the key, and is found again', async () => {
    const first = (await opened(selfSigned())).identity;
    const second = (await opened(selfSigned())).identity;
    expect(second).toEqual(first);
    expect(statSync(join(folder, 'tls/self-signed.pem')).mode & 0o777).toBe(0o600);
    const copy = readFileSync(join(folder, 'tls/certificate.pem'), 'utf8');
    expect(new X509Certificate(copy).fingerprint256).toBe(first.fingerprint);
    expect(copy).not.toContain('PRIVATE');
    expect(new X509Certificate(copy).subjectAltName).toMatch(/localhost.*127\.0\.0\.1.*0:1$/);
  });

  it('is the same for processes that start at once, whoever is first', async () => {
    // Each begins a turn later than the one before, so that some are done while others still make theirs.
    const all: Promise<Tls>[] = [];
    for (let i = 0; i < 12; i++) {
      all.push(opened(selfSigned()));
      await nextTurn();
    }
    const shown = (await Promise.all(all)).map((tls) => tls.identity.fingerprint);
    const kept = (await opened(selfSigned())).identity.fingerprint;
    expect(new Set([...shown, kept]).size).toBe(1);
  });

  it('is refused when others can read its key', async () => {
    await opened(selfSigned());
    chmodSync(join(folder, 'tls/self-signed.pem'), 0o640);
    await expect(opened(selfSigned())).rejects.toThrow(/READINGS_TLS_KEY_NOT_PRIVATE/);
  });

  it('is renewed a month before its end, and after it, for the same key', async () => {
    const clock = manualClock(now);
    const tls = await opened(selfSigned(), clock);
    const first = tls.identity;
    clock.step(first.until - 31 * 86_400_000);
    await tls.look();
    expect(tls.identity).toEqual(first);
    clock.step(first.until - 29 * 86_400_000);
    await tls.look();
    const renewed = tls.identity;
    expect(renewed.fingerprint).not.toBe(first.fingerprint);
    expect(renewed.keyFingerprint).toBe(first.keyFingerprint);
    expect(renewed.until).toBeGreaterThan(first.until + 9 * YEAR);
    const late = await opened(selfSigned(), manualClock(renewed.until + YEAR));
    expect(late.identity.keyFingerprint).toBe(first.keyFingerprint);
  });

  it('takes in a new name and loses none', async () => {
    await opened(selfSigned());
    const env = { CARETAKER_TLS: 'self-signed' };
    const named = settings(env, 'care.example').read as TlsSettings;
    const other = (await opened(named)).identity;
    const again = (await opened(selfSigned())).identity;
    expect(again).toEqual(other);
    const certificate = new X509Certificate(other.cert);
    expect(certificate.checkHost('care.example')).toBe('care.example');
    expect(certificate.checkIP('::1')).toBe('::1');
  });
});

describe('files that change', () => {
  it('are taken in for connections to come', async () => {
    const pair = await files('a');
    const tls = await opened(asked(pair).read as TlsSettings);
    const { port } = await listening(tls);
    const before = tls.identity.fingerprint;
    expect(
      await heard(connectTls('127.0.0.1', port, trusting({ fingerprints: [pin(before)] }))),
    ).toBe('hello');
    await files('a');
    await tls.look();
    const after = tls.identity.fingerprint;
    expect(after).not.toBe(before);
    expect(
      await heard(connectTls('127.0.0.1', port, trusting({ fingerprints: [pin(after)] }))),
    ).toBe('hello');
    await expect(
      heard(connectTls('127.0.0.1', port, trusting({ fingerprints: [pin(before)] }))),
    ).rejects.toMatchObject({ code: 'READINGS_TLS_UNTRUSTED' });
  });

  it('that are broken keep the one before, and are told of once', async () => {
    const errors: unknown[] = [];
    const log = { ...silentLog, error: (fields: unknown) => errors.push(fields) };
    const pair = await files('a');
    const tls = await opened(asked(pair).read as TlsSettings, manualClock(now), log);
    const before = tls.identity;
    writeFileSync(pair.key, 'nonsense');
    await tls.look();
    expect(errors).toEqual([]);
    for (let i = 0; i < 4; i++) await tls.look();
    expect(errors).toHaveLength(1);
    expect(JSON.stringify(errors)).toContain('READINGS_TLS_KEY_INVALID');
    expect(tls.identity).toBe(before);
  });

  it('are looked at by themselves', async () => {
    const clock = manualClock(now);
    const pair = await files('a');
    const tls = await opened(asked(pair).read as TlsSettings, clock);
    const before = tls.identity.fingerprint;
    await files('a');
    clock.advance(5_000);
    await Promise.resolve();
    expect(tls.identity.fingerprint).not.toBe(before);
  });
});

describe('a listener', () => {
  it('refuses who does not speak TLS', async () => {
    const { port, failed } = await listening(await opened(selfSigned()));
    const socket = connectPlain(port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    expect(await heard(socket).catch(() => '')).not.toContain('hello');
    expect(failed).toHaveLength(1);
  });

  it('asks before the handshake whether somebody may come', async () => {
    const came: Socket[] = [];
    const { port } = await listening(await opened(selfSigned()), (socket) => {
      came.push(socket);
      return false;
    });
    const socket = connectPlain(port, '127.0.0.1');
    expect(await heard(socket).catch(() => 'reset')).toMatch(/^(reset)?$/);
    expect(came).toHaveLength(1);
  });

  it('is plain without TLS', async () => {
    const { port } = await listening(null);
    expect(await heard(connectPlain(port, '127.0.0.1'))).toBe('hello');
  });
});

describe('a client', () => {
  it('trusts a certificate of its own, a fingerprint or what vouches, and nothing else', async () => {
    const tls = await opened(selfSigned());
    const { port } = await listening(tls);
    const ask = (trust: Partial<Trust>) => heard(connectTls('127.0.0.1', port, trusting(trust)));
    const { cert, fingerprint, keyFingerprint } = tls.identity;
    expect(await ask({ ca: cert })).toBe('hello');
    expect(await ask({ fingerprints: [pin(fingerprint)] })).toBe('hello');
    expect(await ask({ fingerprints: [pin(keyFingerprint)] })).toBe('hello');
    expect(await ask({ own: () => keyFingerprint })).toBe('hello');
    const refused = { code: 'READINGS_TLS_UNTRUSTED' };
    await expect(ask({})).rejects.toMatchObject(refused);
    await expect(ask({ fingerprints: ['0'.repeat(64)] })).rejects.toMatchObject(refused);
    const other = readFileSync((await files('other')).cert, 'utf8');
    await expect(ask({ ca: other })).rejects.toMatchObject(refused);
    await expect(ask({ ca: other, own: () => keyFingerprint })).rejects.toMatchObject(refused);
    // A fingerprint that was given is not softened by a certificate that would do.
    await expect(ask({ ca: cert, fingerprints: ['0'.repeat(64)] })).rejects.toMatchObject(refused);
  });

  it('does not trust a certificate for another name', async () => {
    const pair = await files('named');
    const tls = await opened(asked(pair).read as TlsSettings);
    const { port } = await listening(tls);
    const { cert } = tls.identity;
    expect(await heard(connectTls('127.0.0.1', port, trusting({ ca: cert })))).toBe('hello');
    await expect(
      heard(connectTls('localhost', port, trusting({ ca: cert }))),
    ).rejects.toMatchObject({ code: 'READINGS_TLS_UNTRUSTED' });
  });

  it('sends nothing to a server that it does not trust', async () => {
    const tls = await opened(selfSigned());
    const received: string[] = [];
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const server = createListener(tls, {
      admit: (socket) => socket.on('close', () => resolve()) === socket,
      ready: (socket) =>
        void socket.on('error', () => {}).on('data', (part) => received.push(String(part))),
      failed: () => {},
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const socket = connectTls('127.0.0.1', port, trusting({ fingerprints: ['0'.repeat(64)] }));
    socket.write('a secret');
    await expect(heard(socket)).rejects.toMatchObject({ code: 'READINGS_TLS_UNTRUSTED' });
    await closed;
    expect(received).toEqual([]);
  });

  it('is told of settings that cannot be right', () => {
    const faults: Fault[] = [];
    const env: Record<string, string> = {
      CARETAKER_UPLINK_CA: join(folder, 'none.pem'),
      CARETAKER_UPLINK_FINGERPRINT: 'abc',
    };
    readTrust((name) => env[name], faults);
    expect(faults.map(({ code }) => code)).toEqual([
      'READINGS_TLS_FILE_UNREADABLE',
      'READINGS_TLS_SETTING',
    ]);
  });
});

function pin(fingerprint: string): string {
  const env: Record<string, string> = { CARETAKER_UPLINK_FINGERPRINT: fingerprint };
  const faults: Fault[] = [];
  const [plain] = readTrust((name) => env[name], faults).fingerprints;
  if (plain === undefined || faults.length > 0) throw new FaultsError('X', 'not a pin', faults);
  return plain;
}
