import { expect, it } from 'vitest';
import { openIdentity } from '../open.ts';
import { Passwords } from '../passwords.ts';
import {
  allTexts,
  type Bench,
  byAdmin,
  credentials,
  hour,
  person,
  rightPassword,
  t0,
  wrongPassword,
} from './bench.ts';

const refusedWith = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: { code: string; message: string; next: string }) => ({
      code: error.code,
      message: error.message,
      next: error.next,
    }),
  );

export function signInCases(bench: () => Bench): void {
  it('answers alike to an unknown login, a wrong password and a disabled person', async () => {
    const { identity, passwords, told } = bench();
    const { signIn, people } = identity;
    await people.create(byAdmin(t0), person('lin'));
    const gone = await people.create(byAdmin(t0), person('gone'));
    const elsewhere = await people.create(byAdmin(t0), { ...person('oidc'), password: null });
    await people.disable(byAdmin(t0), gone);
    const before = told.length;
    const tries = [
      credentials('nobody'),
      credentials('lin', wrongPassword),
      credentials('gone'),
      credentials('oidc', ''),
      credentials('lin', ''),
      credentials('lin', 'x'.repeat(100_000)),
    ];
    const answers: unknown[] = [];
    for (const one of tries) answers.push(await refusedWith(signIn.withPassword(one, t0)));
    expect(answers[0]).toMatchObject({ code: 'CLOUD_SIGN_IN_REFUSED' });
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(passwords.looked).toBe(tries.length);
    expect(told.slice(before).map(({ action }) => action)).toEqual(
      tries.map(() => 'session.refuse'),
    );
    expect(told.some(({ object }) => object === `person:${elsewhere}`)).toBe(true);
    expect(await signIn.withPassword(credentials(' LIN '), t0)).toMatchObject({ stage: 'full' });
  });

  it('begins a session anew, whatever token the browser had before', async () => {
    const { identity } = bench();
    await identity.people.create(byAdmin(t0), person('lin'));
    await identity.people.create(byAdmin(t0), person('eve'));
    const planted = await identity.signIn.withPassword(credentials('eve'), t0);
    const { token } = await identity.signIn.withPassword(
      { ...credentials('lin'), previous: planted.token },
      t0 + 1,
    );
    expect(token).not.toBe(planted.token);
    expect(await identity.signIn.principalOf(planted.token, t0 + 2)).toBeNull();
    expect(await identity.signIn.principalOf(token, t0 + 2)).toMatchObject({
      principal: { name: 'Name of lin' },
    });
  });

  it('hashes a password again once hashing is to cost more', async () => {
    const { identity, database } = bench();
    const id = await identity.people.create(byAdmin(t0), person('lin'));
    const stored = async () =>
      (await database.read.selectFrom('people').select('password').executeTakeFirst())?.password;
    const cheap = await stored();
    const dearer = openIdentity({
      database,
      audit: async () => {},
      folder: '',
      passwords: new Passwords({ memory: 16, passes: 2, parallelism: 1 }),
      vault: { seal: (text) => text, open: (text) => text },
    });
    await dearer.signIn.withPassword(credentials('lin'), t0);
    expect(cheap).toContain('$m=8,t=1,');
    expect(await stored()).toContain('$m=16,t=2,');
    await dearer.signIn.withPassword(credentials('lin'), t0);
    expect(await identity.people.read(id)).toMatchObject({ login: 'lin' });
  });
  changingCases(bench);
  guessingCases(bench);
}

function changingCases(bench: () => Bench): void {
  it('changes a password for who knows the old one, and signs out elsewhere', async () => {
    const { identity } = bench();
    const { signIn, people } = identity;
    await people.create(byAdmin(t0), person('lin'));
    const { token } = await signIn.withPassword(credentials('lin'), t0);
    const { token: elsewhere } = await signIn.withPassword(credentials('lin'), t0);
    const change = (old: string, wanted: string) =>
      refusedWith(signIn.changePassword(token, { old, wanted, address: 'a' }, t0 + 1));
    expect(await change(rightPassword, 'password1234')).toMatchObject({
      code: 'CLOUD_PASSWORD_UNFIT',
    });
    expect(await change(wrongPassword, 'quite another four words')).toMatchObject({
      code: 'CLOUD_SIGN_IN_REFUSED',
    });
    expect(await signIn.principalOf(token, t0 + 2)).not.toBeNull();
    const fresh = await signIn.changePassword(
      token,
      { old: rightPassword, wanted: 'quite another four words', address: 'a' },
      t0 + 3,
    );
    expect(await signIn.principalOf(fresh, t0 + 4)).toMatchObject({
      renew: false,
      confirmed: t0 + 3,
    });
    expect(await signIn.principalOf(elsewhere, t0 + 4)).toBeNull();
    expect(await signIn.principalOf(token, t0 + 4)).toBeNull();
    expect(await refusedWith(signIn.withPassword(credentials('lin'), t0 + 5))).not.toBeNull();
    await signIn.withPassword(credentials('lin', 'quite another four words'), t0 + 5);
  });
}

function guessingCases(bench: () => Bench): void {
  it('slows guesses at one login down, from wherever, and remembers it over a restart', async () => {
    const made = bench();
    await made.identity.people.create(byAdmin(t0), person('lin'));
    for (let i = 0; i < 5; i += 1) {
      expect(await guessAt(made, 'lin', t0, `192.0.2.${i}`)).toMatchObject({
        code: 'CLOUD_SIGN_IN_REFUSED',
      });
    }
    const anew = made.again();
    const wait = { code: 'CLOUD_SIGN_IN_WAIT', retryAfter: 1000 };
    const right = () => anew.signIn.withPassword(credentials('LIN'), t0);
    await expect(right()).rejects.toMatchObject(wait);
    expect(made.passwords.looked).toBe(5);
    await expect(anew.signIn.withPassword(credentials('lin'), t0 + 999)).rejects.toMatchObject({
      ...wait,
      retryAfter: 1,
    });
    await anew.signIn.withPassword(credentials('lin'), t0 + 1000);
    expect(await guessAt(made, 'lin', t0 + 1001, 'a')).toMatchObject({
      code: 'CLOUD_SIGN_IN_REFUSED',
    });
    expect(await allTexts(made)).not.toContain('192.0.2.1');
  });

  it('looks at five of a hundred guesses that come at once', async () => {
    const made = bench();
    await made.identity.people.create(byAdmin(t0), person('lin'));
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => guessAt(made, 'lin', t0, `198.51.100.${i}`)),
    );
    expect(answers.filter((a) => a?.code === 'CLOUD_SIGN_IN_REFUSED')).toHaveLength(5);
    expect(made.passwords.looked).toBe(5);
  });

  it('gives a patient guesser little more than a guess each 15 minutes', async () => {
    const made = bench();
    let at = t0;
    let looked = 0;
    while (at < t0 + 24 * hour) {
      const error = await made.identity.signIn
        .withPassword(credentials('lin', wrongPassword, `h${looked}`), at)
        .catch((caught: { code: string; retryAfter?: number }) => caught);
      if ('retryAfter' in error) at += error.retryAfter ?? 0;
      else looked += 1;
    }
    expect(looked).toBeGreaterThan(90);
    expect(looked).toBeLessThan(5 + 11 + 96);
  });

  spreadCases(bench);
}

function guessAt({ identity }: Bench, login: string, at: number, address: string) {
  return refusedWith(identity.signIn.withPassword(credentials(login, wrongPassword, address), at));
}

function spreadCases(bench: () => Bench): void {
  it('slows down who tries many logins, also with a login of their own in between', async () => {
    const made = bench();
    await made.identity.people.create(byAdmin(t0), person('eve'));
    let looked = 0;
    for (let i = 0; i < 60; i += 1) {
      const answer = await guessAt(made, `login${i}`, t0 + i, `2001:db8::${i + 1}`);
      if (answer?.code === 'CLOUD_SIGN_IN_REFUSED') looked += 1;
      const own = credentials('eve', rightPassword, '2001:db8::eeee');
      await refusedWith(made.identity.signIn.withPassword(own, t0 + i));
    }
    expect(looked).toBe(20);
    const neighbour = credentials('eve', rightPassword, '2001:db8:0:1::1');
    await made.identity.signIn.withPassword(neighbour, t0 + 60);

    await made.identity.people.create(byAdmin(t0), person('mei'));
    const later = t0 + 2000;
    for (const login of ['eve', 'mei', 'eve']) {
      const own = credentials(login, rightPassword, '2001:db8::eeee');
      await made.identity.signIn.withPassword(own, later);
    }
    const answers: unknown[] = [];
    for (const login of ['x', 'y']) {
      answers.push((await guessAt(made, login, later, '2001:db8::1'))?.code);
    }
    expect(answers).toEqual(['CLOUD_SIGN_IN_REFUSED', 'CLOUD_SIGN_IN_WAIT']);
  });
}
