import { expect, it } from 'vitest';
import {
  allTexts,
  type Bench,
  byAdmin,
  codeAt,
  credentials,
  person,
  t0,
  withFactor,
} from './bench.ts';

const step = 30_000;
const refusal = { code: 'CLOUD_SECOND_FACTOR_REFUSED' };

export function factorCases(bench: () => Bench): void {
  it('asks for the code at every sign-in once one was given, and opens nothing before', async () => {
    const made = bench();
    const { signIn, sessions } = made.identity;
    const { id, secret, uri } = await withFactor(made, 'lin', t0);
    expect(uri).toMatch(/^otpauth:\/\/totp\/Caretaker:lin\?.*secret=[A-Z2-7]{32}/);
    const at = t0 + 4 * step;
    const half = await signIn.withPassword(credentials('lin'), at);
    expect(half.stage).toBe('half');
    expect(await signIn.principalOf(half.token, at)).toBeNull();
    expect(await sessions.list(id, at)).toEqual([]);
    const no = signIn.changePassword(half.token, { old: '', wanted: '', address: 'a' }, at);
    await expect(no).rejects.toMatchObject({ code: 'CLOUD_SIGN_IN_REFUSED' });
    const full = await signIn.withCode(half.token, codeAt(secret, at), 'a', at);
    expect(await signIn.principalOf(full, at)).toMatchObject({ principal: { id }, renew: false });
    expect(await signIn.principalOf(half.token, at)).toBeNull();
    await expect(signIn.withCode(full, codeAt(secret, at), 'a', at)).rejects.toMatchObject({
      code: 'CLOUD_SIGN_IN_REFUSED',
    });
    const texts = JSON.stringify([await allTexts(made), made.told]);
    expect(texts).not.toContain(secret);
  });

  it('gives up the half way in after 10 minutes', async () => {
    const made = bench();
    const { secret } = await withFactor(made, 'lin', t0);
    const { token } = await made.identity.signIn.withPassword(credentials('lin'), t0 + step);
    const at = t0 + step + 600_000;
    await expect(
      made.identity.signIn.withCode(token, codeAt(secret, at), 'a', at),
    ).rejects.toMatchObject({ code: 'CLOUD_SIGN_IN_REFUSED' });
  });

  it('takes a code once, in its step and the one before and after', async () => {
    const made = bench();
    const { factors } = made.identity;
    const { id, secret } = await withFactor(made, 'lin', t0);
    const check = (code: string, at: number) =>
      made.database.write((tx) => factors.checkIn(tx, id, code, at));
    const base = t0 + 100 * step;
    for (const [i, away] of [-3, -2, -1, 0, 1, 2, 3].entries()) {
      const at = base + i * 20 * step;
      const taken = await check(codeAt(secret, at + away * step), at);
      expect([away, taken]).toEqual([away, Math.abs(away) <= 1 ? 'code' : null]);
      expect(await check(codeAt(secret, at + away * step), at)).toBeNull();
    }
    const at = base + 1000 * step;
    const [one, two] = await Promise.all([
      check(codeAt(secret, at), at),
      check(codeAt(secret, at), at),
    ]);
    expect([one, two].toSorted()).toEqual(['code', null]);
    expect(await check(codeAt(secret, at - step), at)).toBeNull();
    expect(await check(` ${codeAt(secret, at + step).replace(/^.../, '$& ')} `, at)).toBe('code');
  });
  recoveryCases(bench);
  stateCases(bench);
}

function recoveryCases(bench: () => Bench): void {
  it('takes each of ten recovery codes once, however it is typed', async () => {
    const made = bench();
    const { signIn, factors } = made.identity;
    const { id, recovery } = await withFactor(made, 'lin', t0);
    const other = await withFactor(made, 'mei', t0);
    expect(new Set(recovery).size).toBe(10);
    const [first = '', second = ''] = recovery;
    expect(JSON.stringify([await allTexts(made), made.told])).not.toContain(first);
    const enter = async (code: string) => {
      const { token } = await signIn.withPassword(credentials('lin'), t0);
      return signIn.withCode(token, code, 'a', t0);
    };
    await enter(first.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O'));
    expect(await factors.left(id)).toBe(9);
    await expect(enter(first)).rejects.toMatchObject(refusal);
    await expect(enter(other.recovery[0] ?? '')).rejects.toMatchObject(refusal);
    const renewed = await factors.renewRecovery(byAdmin(t0), id);
    await expect(enter(second)).rejects.toMatchObject(refusal);
    await enter(renewed[9] ?? '');
    expect(await factors.left(id)).toBe(9);
  });

  it('slows down who guesses at codes, whatever half-way session they use', async () => {
    const made = bench();
    const { signIn } = made.identity;
    const { secret } = await withFactor(made, 'lin', t0);
    const codes: string[] = [];
    for (let i = 0; i < 8; i += 1) {
      const { token } = await signIn.withPassword(credentials('lin', undefined, `h${i}`), t0);
      await signIn
        .withCode(token, '000000', `h${i}`, t0)
        .catch((error: { code: string }) => codes.push(error.code));
    }
    expect(codes.filter((code) => code === refusal.code)).toHaveLength(5);
    expect(codes.at(-1)).toBe('CLOUD_SIGN_IN_WAIT');
    const { token } = await signIn.withPassword(credentials('lin'), t0 + step);
    await signIn.withCode(token, codeAt(secret, t0 + step), 'a', t0 + step);
  });
}

function stateCases(bench: () => Bench): void {
  it('is not asked for before its first code, nor after it was taken away', async () => {
    const made = bench();
    const { factors, people, signIn } = made.identity;
    const state = { code: 'CLOUD_SECOND_FACTOR_STATE' };
    const id = await people.create(byAdmin(t0), person('lin'));
    const by = byAdmin(t0);
    await expect(factors.confirm(by, id, '123456')).rejects.toMatchObject(state);
    await expect(factors.renewRecovery(by, id)).rejects.toMatchObject(state);
    await expect(factors.remove(by, id)).rejects.toMatchObject(state);
    const first = await factors.begin(by, id);
    expect(await signIn.withPassword(credentials('lin'), t0)).toMatchObject({ stage: 'full' });
    const { secret } = await factors.begin(by, id);
    await expect(factors.confirm(by, id, codeAt(first.secret, t0))).rejects.toMatchObject(refusal);
    await factors.confirm(by, id, codeAt(secret, t0));
    await expect(factors.begin(by, id)).rejects.toMatchObject(state);
    await expect(factors.confirm(by, id, codeAt(secret, t0))).rejects.toMatchObject(state);
    expect(await people.read(id)).toMatchObject({ secondFactor: true });
    await factors.remove(by, id);
    expect(await signIn.withPassword(credentials('lin'), t0)).toMatchObject({ stage: 'full' });
    expect(made.told.map(({ action }) => action).filter((a) => a.startsWith('second'))).toEqual([
      'second-factor.begin',
      'second-factor.begin',
      'second-factor.add',
      'second-factor.remove',
    ]);
  });

  it('lets in by a recovery code when the key of the data folder is lost', async () => {
    const made = bench();
    const { id, secret, recovery } = await withFactor(made, 'lin', t0);
    const other = await withFactor(made, 'mei', t0);
    await made.database.write(async (tx) => {
      const row = await tx
        .selectFrom('second_factors')
        .select('secret')
        .where('person', '=', other.id)
        .executeTakeFirstOrThrow();
      // Sealed for somebody else: what a stranger's key makes of it.
      await tx.updateTable('second_factors').set(row).where('person', '=', id).execute();
    });
    const { token } = await made.identity.signIn.withPassword(credentials('lin'), t0);
    const at = t0 + 3 * step;
    await expect(
      made.identity.signIn.withCode(token, codeAt(secret, at), 'a', at),
    ).rejects.toMatchObject({ code: 'CLOUD_SECRET_SEALED' });
    await made.identity.signIn.withCode(token, recovery[3] ?? '', 'a', at);
  });
}
