import { chmod, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { LocalAdministrator } from './administrator.ts';

const cost = { memory: 8, passes: 1, parallelism: 1 };
const t0 = Date.parse('2026-11-22T00:00:00Z');
const minute = 60_000;
const hour = 60 * minute;
const words = 'violet anchor tin meadow';
const here = '192.0.2.1';

let directory: string;
let remove: () => Promise<void>;
let one: LocalAdministrator;

async function opened(): Promise<LocalAdministrator> {
  const administrator = new LocalAdministrator(directory, cost);
  await administrator.start();
  return administrator;
}

beforeEach(async () => {
  ({ directory, remove } = await scratch());
  one = await opened();
});
afterEach(async () => {
  one.stop();
  await remove();
});

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'in',
    (error: { code?: string }) => error.code,
  );
const redeem = (code: string, at: number) => codeOf((async () => one.redeem(code, here, at))());

it('lets nobody in before there is a password or a code', async () => {
  expect(one.hasPassword).toBe(false);
  expect(await codeOf(one.signIn('', here, t0))).toBe('EDGE_SIGN_IN_REFUSED');
  expect(await redeem('', t0)).toBe('EDGE_CODE_REFUSED');
});

it('takes a code once, for 24 hours, and only the newest', async () => {
  const first = one.issueCode(t0);
  const second = one.issueCode(t0 + 1);
  expect(await redeem(first, t0 + 2)).toBe('EDGE_CODE_REFUSED');
  expect(await redeem(second, t0 + 1 + 24 * hour)).toBe('EDGE_CODE_REFUSED');
  expect(await redeem(second.toUpperCase().replaceAll('-', ' '), t0 + 23 * hour)).toBe('in');
  expect(await redeem(second, t0 + 23 * hour)).toBe('EDGE_CODE_REFUSED');
});

it('holds a session 12 hours after its last use, a week in all, and none after signing out', async () => {
  await one.setPassword(words);
  const idle = await one.signIn(words, here, t0);
  expect(one.session(idle, t0 + 12 * hour - 1)).toMatchObject({ by: 'password' });
  expect(one.session(idle, t0 + 24 * hour - 2)).not.toBeNull();
  expect(one.session(idle, t0 + 36 * hour)).toBeNull();
  const week = await one.signIn(words, here, t0);
  for (let at = t0; at < t0 + 7 * 24 * hour; at += 6 * hour) {
    expect(one.session(week, at)).not.toBeNull();
  }
  expect(one.session(week, t0 + 7 * 24 * hour)).toBeNull();
  const left = await one.signIn(words, here, t0);
  one.signOut(left);
  expect(one.session(left, t0)).toBeNull();
  expect(one.session('', t0)).toBeNull();
});

it('makes guessers wait, longer each time, also over a restart and for the right password', async () => {
  await one.setPassword(words);
  for (let n = 0; n < 5; n += 1) {
    expect(await codeOf(one.signIn('wrong', here, t0))).toBe('EDGE_SIGN_IN_REFUSED');
  }
  expect(await codeOf(one.signIn(words, '198.51.100.7', t0 + 999))).toBe('EDGE_SIGN_IN_WAIT');
  one.stop();
  one = await opened();
  expect(await codeOf(one.signIn(words, here, t0 + 999))).toBe('EDGE_SIGN_IN_WAIT');
  expect(await codeOf(one.signIn('wrong', here, t0 + 1_000))).toBe('EDGE_SIGN_IN_REFUSED');
  expect(await codeOf(one.signIn(words, here, t0 + 2_999))).toBe('EDGE_SIGN_IN_WAIT');
  expect(await codeOf(one.signIn(words, here, t0 + 3_000))).toBe('in');
  expect(await codeOf(one.signIn(words, here, t0 + 3_001))).toBe('in');
});

it('ends every session with a new password, and asks for the old one unless a code was used', async () => {
  const by = 'code' as const;
  const session = { started: t0, used: t0, by };
  const before = one.redeem(one.issueCode(t0), here, t0);
  const token = await one.changePassword(session, { old: '', wanted: words }, here, t0);
  expect([one.session(before, t0), one.session(token, t0)?.by]).toEqual([null, 'password']);
  const known = { ...session, by: 'password' as const };
  const change = (old: string, wanted: string) =>
    codeOf(one.changePassword(known, { old, wanted }, here, t0));
  expect(await change('wrong', 'quartz lantern birch fjord')).toBe('EDGE_SIGN_IN_REFUSED');
  expect(await change(words, 'password1234')).toBe('EDGE_PASSWORD_UNFIT');
  expect(one.session(token, t0)).not.toBeNull();
  expect(await change(words, 'quartz lantern birch fjord')).toBe('in');
  expect(one.session(token, t0)).toBeNull();
  expect(await codeOf(one.signIn(words, here, t0))).toBe('EDGE_SIGN_IN_REFUSED');
});

it('keeps nothing that opens anything, and nothing that others can read', async () => {
  await one.setPassword(words);
  const code = one.issueCode(t0);
  const token = await one.signIn(words, here, t0);
  const files = ['local.sqlite', 'local.sqlite-wal'].map((name) => path.join(directory, name));
  const kept = (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('');
  for (const secret of [words, code, code.replaceAll('-', ''), token]) {
    expect(kept).not.toContain(secret);
  }
  one.stop();
  await chmod(files[0]!, 0o644);
  await expect(opened()).rejects.toMatchObject({ code: 'EDGE_FILE_NOT_PRIVATE' });
});
