import { createPrivateKey, sign } from 'node:crypto';
import {
  enrolRequest,
  newGatewayKey,
  rotationRequest,
  type TokenSigner,
  uplinkToken,
} from '@caretaker/readings/uplink';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../db/database.ts';
import { GatewayKeys } from '../gateways/enrolment.ts';
import { GatewayTokens } from '../gateways/tokens.ts';
import type { AuditEntry } from '../identity/deed.ts';
import type { Fresh } from './database-suite.ts';

const t0 = Date.parse('2026-11-22T00:00:00Z');
const minute = 60_000;
const hour = 60 * minute;
const by = { actor: 'person:lin', at: t0 };
const refused = { code: 'CLOUD_ENROLMENT_REFUSED' };

/** Everything about codes, keys and tokens of gateways, on either database. */
export function gatewayKeySuite(name: string, make: () => Promise<Fresh>): void {
  describe(`keys of gateways on ${name}`, () => {
    let fresh: Fresh;
    let database: Database;
    let keys: GatewayKeys;
    let told: AuditEntry[];
    const newKeys = () =>
      new GatewayKeys(database, async (_tx, entry) => {
        told.push(entry);
      });

    beforeEach(async () => {
      fresh = await make();
      database = await openDatabase(fresh.config);
      told = [];
      keys = newKeys();
    });
    afterEach(async () => {
      await database.close();
      await fresh.drop();
    });

    /** A gateway that has just enrolled. */
    async function enrolled(now = t0): Promise<TokenSigner> {
      const { code } = await keys.issueCode('yard-1', 'yard', { ...by, at: now });
      const pair = newGatewayKey();
      const { gateway, key } = await keys.enrol(enrolRequest(code, pair), now);
      return { gateway, key, privateKey: pair.privateKey };
    }

    enrolmentCases({ keys: () => keys, told: () => told, database: () => database, enrolled });
    proofCases({ keys: () => keys, enrolled });
    endingCases({ keys: () => keys, newKeys, enrolled });
    tokenCases({ keys: () => keys, enrolled });
    forgeryCases({ keys: () => keys, enrolled });
  });
}

interface Bench {
  keys(): GatewayKeys;
  enrolled(now?: number): Promise<TokenSigner>;
}

function enrolmentCases(bench: Bench & { told(): AuditEntry[]; database(): Database }): void {
  it('exchanges a code for a key, typed in whatever way, and once', async () => {
    const keys = bench.keys();
    const { code, expires } = await keys.issueCode('yard-1', 'yard', by);
    expect(expires).toBe(t0 + hour);
    expect(code).toMatch(/^([0-9a-z]{4}-){4}[0-9a-z]{4}$/);
    const typed = ` ${code.toUpperCase().replaceAll('-', ' ')} `;
    const answer = await keys.enrol(enrolRequest(typed, newGatewayKey()), t0 + hour - 1);
    expect(answer).toMatchObject({ gateway: 'yard-1', estate: 'yard', at: t0 + hour - 1 });
    expect(keys.good(answer.key, t0 + hour)).toMatchObject({ gateway: 'yard-1' });
    await expect(keys.enrol(enrolRequest(code, newGatewayKey()), t0)).rejects.toMatchObject(
      refused,
    );
    expect(bench.told().map(({ actor, action, object }) => [actor, action, object])).toEqual([
      ['person:lin', 'gateway.code', 'gateway:yard-1'],
      ['gateway:yard-1', 'gateway.enrol', 'gateway:yard-1'],
    ]);
    // Not `key`: under that name the log keeps nothing.
    expect(bench.told()[1]?.detail).toMatchObject({ keyId: answer.key });
  });

  it('says the same again to a gateway that did not get the answer, while nothing else came', async () => {
    const keys = bench.keys();
    const { code } = await keys.issueCode('yard-1', 'yard', by);
    const request = enrolRequest(code, newGatewayKey());
    const first = await keys.enrol(request, t0);
    expect((await keys.enrol(request, t0 + minute)).key).toBe(first.key);
    expect(bench.told().filter(({ action }) => action === 'gateway.enrol')).toHaveLength(1);
    await expect(keys.enrol(request, t0 + hour)).rejects.toMatchObject(refused);
    await keys.revoke('yard-1', by);
    await expect(keys.enrol(request, t0 + minute)).rejects.toMatchObject(refused);
  });

  it('keeps neither the code nor a private key, and tells nobody of them', async () => {
    const { code } = await bench.keys().issueCode('yard-1', 'yard', by);
    const pair = newGatewayKey();
    await bench.keys().enrol(enrolRequest(code, pair), t0);
    const codes = await bench.database().read.selectFrom('gateway_codes').selectAll().execute();
    const all = JSON.stringify([codes, await bench.keys().list(), bench.told()]);
    for (const secret of [code, code.replaceAll('-', ''), pair.privateKey]) {
      expect(all).not.toContain(secret);
    }
  });

  it('gives nothing for a code that is spent, void, expired or guessed', async () => {
    const keys = bench.keys();
    const first = await keys.issueCode('yard-1', 'yard', by);
    const second = await keys.issueCode('yard-1', 'yard', by);
    const tries: [string, number][] = [
      [first.code, t0],
      [second.code, t0 + hour],
      ['aaaa-bbbb-cccc-dddd-eeee', t0],
      ['', t0],
    ];
    for (const [code, now] of tries) {
      const request = enrolRequest(code, newGatewayKey());
      await expect(keys.enrol(request, now), code).rejects.toMatchObject(refused);
    }
    await keys.enrol(enrolRequest(second.code, newGatewayKey()), t0);
  });
}

function proofCases(bench: Bench): void {
  it('takes no key without the proof that goes with it, and the code stays good', async () => {
    const keys = bench.keys();
    const { code } = await keys.issueCode('yard-1', 'yard', by);
    const mine = newGatewayKey();
    const good = enrolRequest(code, mine);
    const stranger = newGatewayKey();
    for (const bad of [
      { ...good, publicKey: stranger.publicKey },
      { ...good, proof: enrolRequest('other', mine).proof },
      { ...good, more: 1 },
      null,
    ]) {
      await expect(keys.enrol(bad, t0)).rejects.toMatchObject(refused);
    }
    await keys.enrol(good, t0);
  });

  it('takes one of many that come with the same code at once', async () => {
    const keys = bench.keys();
    const { code } = await keys.issueCode('yard-1', 'yard', by);
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, () => keys.enrol(enrolRequest(code, newGatewayKey()), t0)),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('takes no key that was known before', async () => {
    const keys = bench.keys();
    const pair = newGatewayKey();
    const one = await keys.issueCode('yard-1', 'yard', by);
    await keys.enrol(enrolRequest(one.code, pair), t0);
    await keys.revoke('yard-1', by);
    const two = await keys.issueCode('yard-1', 'yard', by);
    await expect(keys.enrol(enrolRequest(two.code, pair), t0)).rejects.toMatchObject(refused);
    await keys.enrol(enrolRequest(two.code, newGatewayKey()), t0);
  });
}

function endingCases(bench: Bench & { newKeys(): GatewayKeys }): void {
  it('ends the key of a gateway that is enrolled anew, and that of one revoked', async () => {
    const keys = bench.keys();
    const ended: string[] = [];
    const stop = keys.onEnded(({ key }) => ended.push(key));
    const first = await bench.enrolled();
    const second = await bench.enrolled(t0 + minute);
    expect(ended).toEqual([first.key]);
    await keys.revoke('yard-1', { ...by, at: t0 + 2 * minute });
    expect(ended).toEqual([first.key, second.key]);
    expect(keys.good(second.key, t0 + 2 * minute)).toBeNull();
    stop();
  });

  it('notices at the next look what another process has revoked', async () => {
    const { key } = await bench.enrolled();
    const ended: string[] = [];
    bench.keys().onEnded((one) => ended.push(one.key));
    const other = bench.newKeys();
    await other.refresh(t0);
    await other.revoke('yard-1', by);
    expect(bench.keys().good(key, t0)).not.toBeNull();
    await bench.keys().refresh(t0 + 2_000);
    expect(ended).toEqual([key]);
    expect(bench.keys().good(key, t0 + 2_000)).toBeNull();
  });

  it('replaces a key by the next one; the old one has an hour more', async () => {
    const keys = bench.keys();
    const old = await bench.enrolled();
    const next = newGatewayKey();
    const row = keys.good(old.key, t0);
    if (row === null) throw new Error('no key');
    const answer = await keys.rotate(row, rotationRequest('yard-1', next), t0);
    const ended: string[] = [];
    keys.onEnded(({ key }) => ended.push(key));
    expect(keys.good(old.key, t0 + hour - 1)).not.toBeNull();
    expect(keys.good(old.key, t0 + hour)).toBeNull();
    await keys.refresh(t0 + hour);
    expect(ended).toEqual([old.key]);
    expect(keys.good(answer.key, t0 + 99 * hour)).not.toBeNull();
  });

  it('lets an old key make no further ones, nor a proof of another gateway', async () => {
    const keys = bench.keys();
    const row = keys.good((await bench.enrolled()).key, t0);
    if (row === null) throw new Error('no key');
    const wrong = rotationRequest('park-1', newGatewayKey());
    await expect(keys.rotate(row, wrong, t0)).rejects.toMatchObject(refused);
    await keys.rotate(row, rotationRequest('yard-1', newGatewayKey()), t0);
    const again = rotationRequest('yard-1', newGatewayKey());
    await expect(keys.rotate(row, again, t0)).rejects.toMatchObject(refused);
    await keys.revoke('yard-1', by);
    await expect(keys.rotate(row, again, t0)).rejects.toMatchObject(refused);
  });
}

const principal = { kind: 'gateway', id: 'yard-1', estate: 'yard' };

function tokenCases(bench: Bench): void {
  const tokens = (started = t0) => new GatewayTokens(bench.keys(), started);

  it('knows a gateway by a fresh token, once', async () => {
    const signer = await bench.enrolled();
    const check = tokens();
    const token = uplinkToken(signer, t0 + minute);
    expect(await check.check('yard-1', token, t0 + minute)).toMatchObject({ principal });
    expect(await check.check('yard-1', token, t0 + minute)).toBeNull();
    const next = uplinkToken(signer, t0 + minute);
    expect(await check.check('yard-1', next, t0 + minute)).toMatchObject({ principal });
  });

  it('bears a clock that is five minutes off, and no more', async () => {
    const signer = await bench.enrolled();
    const now = t0 + hour;
    const offs: [number, boolean][] = [
      [-5 * minute, true],
      [5 * minute, true],
      [-5 * minute - 1_000, false],
      [5 * minute + 1_000, false],
      [-t0, false],
    ];
    for (const [off, good] of offs) {
      const found = await tokens().check('yard-1', uplinkToken(signer, now + off), now);
      expect(found !== null, String(off)).toBe(good);
    }
  });

  it('takes no token from before it started, for it may have been used', async () => {
    const signer = await bench.enrolled();
    const token = uplinkToken(signer, t0 + minute);
    expect(await tokens().check('yard-1', token, t0 + minute)).not.toBeNull();
    expect(await tokens(t0 + 2 * minute).check('yard-1', token, t0 + 2 * minute)).toBeNull();
  });

  it('takes no token of a key that has ended', async () => {
    const signer = await bench.enrolled();
    const check = tokens();
    await bench.keys().revoke('yard-1', by);
    expect(await check.check('yard-1', uplinkToken(signer, t0), t0)).toBeNull();
  });

  it('remembers a bounded number of tokens and forgets them when their time is over', async () => {
    const signer = await bench.enrolled();
    const check = tokens();
    const at = async (now: number) =>
      (await check.check('yard-1', uplinkToken(signer, now), now)) !== null;
    const first = await Promise.all(Array.from({ length: 310 }, () => at(t0)));
    expect(first.filter(Boolean)).toHaveLength(300);
    expect(await at(t0 + 5 * minute + 1_000)).toBe(true);
  });
}

function forgeryCases(bench: Bench): void {
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('is not deceived by forged, borrowed or weakened tokens', async () => {
    const signer = await bench.enrolled();
    const stranger = newGatewayKey().privateKey;
    const [head = '', body = '', signature = ''] = uplinkToken(signer, t0).split('.');
    const header = { alg: 'EdDSA', typ: 'JWT', kid: signer.key };
    const iat = t0 / 1_000;
    const claims = { sub: 'yard-1', aud: 'caretaker-uplink', iat, exp: iat + 300, jti: 'x' };
    const made = (top: object, inside: object, key = signer.privateKey) => {
      const text = `${encoded(top)}.${encoded(inside)}`;
      return `${text}.${sign(null, Buffer.from(text), createPrivateKey(key)).toString('base64url')}`;
    };
    const { exp: _exp, ...endless } = claims;
    const { jti: _jti, ...nameless } = claims;
    const bad = [
      '',
      'password',
      `${head}.${body}.`,
      `${head}.${encoded({ ...claims, jti: 'y' })}.${signature}`,
      `${encoded({ ...header, alg: 'none' })}.${body}.`,
      `${encoded({ ...header, alg: 'HS256' })}.${body}.${signature}`,
      made(header, claims, stranger),
      made({ ...header, kid: 'none' }, claims),
      made(header, { ...claims, aud: 'elsewhere' }),
      made(header, { ...claims, sub: 'park-1' }),
      made(header, endless),
      made(header, nameless),
      made(header, { ...claims, jti: 'z'.repeat(2_000) }),
    ];
    const check = new GatewayTokens(bench.keys(), t0);
    for (const token of bad) expect(await check.check('yard-1', token, t0), token).toBeNull();
    const good = made(header, claims);
    expect(await check.check('park-1', good, t0)).toBeNull();
    expect(await check.check('yard-1', good, t0)).toMatchObject({ principal });
  });
}
