import { argon2Sync } from 'node:crypto';
import { isCommon, Turns } from '@caretaker/readings/secrets';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPassword, Passwords, usualCost } from './passwords.ts';

const cheap = { memory: 8, passes: 1, parallelism: 1 };

describe('hashes', () => {
  it('cost what OWASP asks for at least, and are argon2id in PHC form', async () => {
    expect(usualCost).toMatchObject({ memory: 19 * 1024, passes: 2, parallelism: 1 });
    const stored = await new Passwords().hash('violet anchor tin meadow');
    const [, kind, version, cost, salt = '', hash = ''] = stored.split('$');
    expect([kind, version, cost]).toEqual(['argon2id', 'v=19', 'm=19456,t=2,p=1']);
    const nonce = Buffer.from(salt, 'base64');
    expect(nonce).toHaveLength(16);
    const expected = argon2Sync('argon2id', {
      message: 'violet anchor tin meadow',
      nonce,
      memory: 19_456,
      passes: 2,
      parallelism: 1,
      tagLength: 32,
    });
    expect(hash).toBe(expected.toString('base64').replaceAll('=', ''));
  });

  it('fit their password and no other, and tell when they cost too little', async () => {
    const passwords = new Passwords(cheap);
    const dearer = new Passwords({ ...cheap, memory: 16 });
    const words = fc.string({ unit: 'grapheme', maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(words, words, async (one, other) => {
        const stored = await passwords.hash(one);
        expect(await passwords.verify(one, stored)).toEqual({ right: true, stale: false });
        expect((await dearer.verify(one, stored)).stale).toBe(true);
        expect((await passwords.verify(other, stored)).right).toBe(
          other.normalize('NFKC') === one.normalize('NFKC'),
        );
        expect(await passwords.hash(one)).not.toBe(stored);
      }),
      { numRuns: 40 },
    );
  });

  it('fit nothing when they are damaged or missing', async () => {
    const passwords = new Passwords(cheap);
    const stored = await passwords.hash('violet');
    const damaged = [null, '', 'violet', stored.slice(0, -1), stored.replace('id$', 'i$')];
    damaged.push(stored.replace(/.{43}$/, 'A'.repeat(43)), `${stored}=`);
    for (const one of damaged) {
      expect((await passwords.verify('violet', one)).right).toBe(false);
    }
    expect((await passwords.verify('', null)).right).toBe(false);
    const long = await passwords.hash('x'.repeat(2049));
    expect((await passwords.verify('x'.repeat(2049), long)).right).toBe(false);
  });

  it('are spent for unknown people too', async () => {
    const passwords = new Passwords({ memory: 4096, passes: 2, parallelism: 1 });
    const stored = await passwords.hash('violet');
    const spent = async (against: string | null) => {
      const begun = process.cpuUsage();
      for (let i = 0; i < 10; i += 1) await passwords.verify('wrong', against);
      const { user, system } = process.cpuUsage(begun);
      return user + system;
    };
    await spent(stored);
    const known = await spent(stored);
    // A check without a hash takes a thousandth.
    expect(await spent(null)).toBeGreaterThan(known / 4);
  });

  it('are made two at a time, with so many waiting and no more', async () => {
    const passwords = new Passwords(cheap);
    const all = await Promise.allSettled(
      Array.from({ length: 100 }, () => passwords.verify('x', null)),
    );
    const refused = all.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(100 - 66);
    expect(refused[0]?.reason).toMatchObject({ code: 'CLOUD_SIGN_IN_BUSY' });
    expect(await passwords.verify('x', null)).toMatchObject({ right: false });
  });
});

it('takes turns, also when work fails', async () => {
  const turns = new Turns(2, 100);
  let working = 0;
  let most = 0;
  const done = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) =>
      turns.take(
        async () => {
          working += 1;
          most = Math.max(most, working);
          await new Promise(setImmediate);
          working -= 1;
          if (i % 3 === 0) throw new Error('failed');
        },
        () => expect.unreachable(),
      ),
    ),
  );
  expect([most, done.filter((one) => one.status === 'rejected').length]).toEqual([2, 7]);
});

describe('a password', () => {
  const refusalOf = (password: string, login = 'lin') => {
    try {
      checkPassword(password, login);
      return null;
    } catch (error) {
      expect(error).toMatchObject({ code: 'CLOUD_PASSWORD_UNFIT' });
      return (error as Error).message;
    }
  };

  it('has 12 to 1024 characters, counted as people count', () => {
    expect(refusalOf('b7#kQ2!xPw9')).toContain('shorter');
    expect(refusalOf('b7#kQ2!xPw9z')).toBeNull();
    expect(refusalOf('🦊🐘🦉🐢🐙🦔🦥🦦🦩🐝🦎🐳')).toBeNull();
    expect(refusalOf('🦊🐘🦉🐢🐙🦔🦥🦦🦩🐝🦎')).toContain('shorter');
    const long = 'b7#kQ2!xPw9z'.repeat(100);
    expect(refusalOf(long.slice(0, 1024))).toBeNull();
    expect(refusalOf(long.slice(0, 1025))).toContain('longer');
  });

  it('does not say the login', () => {
    expect(refusalOf('my-dear-Meiling-7', 'meiling@example.com')).toContain('login');
    expect(refusalOf('quartz bo lantern', 'bo')).toBeNull();
  });

  it.each([
    'password1234',
    'Password123!',
    'P@$$w0rd1234',
    'passwordpassword',
    'qwertyuiop123',
    'Admin-2026-admin',
    'administrator',
    'iloveyou1234',
    'password123456789',
    '123456789012',
    '098765432109',
    'aaaaaaaaaaaa',
    'abababababab',
    'abcdefghijklm',
    'letmeinplease',
    'Welcome2026!!',
  ])('is not %s', (password) => {
    expect(refusalOf(password)).toContain('guessed');
  });

  it.each([
    'violet anchor tin meadow',
    '839205718364',
    'correct-horse-battery',
    '园区里的银杏树在秋天会变黄色',
    'admin 83920571836',
  ])('may be %s', (password) => {
    expect(refusalOf(password)).toBeNull();
  });

  it('is hardly ever common by chance', () => {
    const random = fc.string({ unit: 'grapheme-ascii', minLength: 12, maxLength: 30 });
    let common = 0;
    fc.assert(
      fc.property(random, (text) => {
        if (isCommon(text) && new Set(text.toLowerCase()).size >= 5) common += 1;
      }),
      { numRuns: 2000 },
    );
    expect(common).toBeLessThan(5);
  });
});
