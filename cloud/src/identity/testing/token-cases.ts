import { expect, it } from 'vitest';
import type { Grant } from '../principal.ts';
import {
  allTexts,
  type Bench,
  byAdmin,
  court,
  credentials,
  day,
  everything,
  from,
  person,
  rightPassword,
  t0,
} from './bench.ts';

const wanted = (grants: readonly Grant[], readOnly = false) => ({
  name: 'Report of the week',
  grants,
  readOnly,
  expires: t0 + 30 * day,
});
const viewer = (...estates: string[]): Grant[] => [{ role: 'viewer', estates }];

export function tokenCases(bench: () => Bench): void {
  it('never opens more than its owner may do at that moment', async () => {
    const made = bench();
    const { tokens, people } = made.identity;
    const held: Grant[] = [{ role: 'engineer', estates: ['court', 'park'] }];
    const owner = await people.create(byAdmin(t0), person('lin', held));
    const by = byAdmin(t0);
    const { id, token } = await tokens.create(by, owner, wanted(held, true));
    expect(token).toMatch(/^ctk_[\w-]{43}$/);
    expect(JSON.stringify([await allTexts(made), made.told])).not.toContain(token.slice(4));
    const now = (at: number) => tokens.open(token, at);
    expect(await now(t0 + 1)).toEqual({
      ...{ kind: 'token', id, owner, name: 'Name of lin (Report of the week)' },
      ...{ grants: held, readOnly: true },
    });
    await people.setGrants(by, owner, [{ role: 'technician', estates: ['park'] }]);
    expect(await now(t0 + 2)).toMatchObject({ grants: [] });
    await people.setGrants(by, owner, [{ role: 'engineer', estates: ['park', 'lake'] }]);
    expect(await now(t0 + 3)).toMatchObject({ grants: [{ role: 'engineer', estates: ['park'] }] });
    await people.setGrants(by, owner, everything);
    expect(await now(t0 + 4)).toMatchObject({ grants: held });
  });

  it.each([
    [wanted(viewer('park')), 'CLOUD_TOKEN_SCOPE'],
    [wanted([{ role: 'viewer', estates: 'all' }]), 'CLOUD_TOKEN_SCOPE'],
    [wanted([{ role: 'manager', estates: ['court'] }]), 'CLOUD_TOKEN_SCOPE'],
    [wanted([]), 'CLOUD_TOKEN_SCOPE'],
    [{ ...wanted(court), expires: t0 }, 'CLOUD_TOKEN_INVALID'],
    [{ ...wanted(court), expires: t0 + 367 * day }, 'CLOUD_TOKEN_INVALID'],
    [{ ...wanted(court), expires: Number.NaN }, 'CLOUD_TOKEN_INVALID'],
    [{ ...wanted(court), name: '' }, 'CLOUD_TOKEN_INVALID'],
  ])('is not given for %j', async (scope, code) => {
    const { tokens, people } = bench().identity;
    const owner = await people.create(byAdmin(t0), person('lin'));
    await expect(tokens.create(byAdmin(t0), owner, scope)).rejects.toMatchObject({ code });
    expect(await tokens.list(owner)).toEqual([]);
  });

  it('ends by itself, or when its owner says so', async () => {
    const { tokens, people } = bench().identity;
    const owner = await people.create(byAdmin(t0), person('lin'));
    const other = await people.create(byAdmin(t0), person('mei'));
    const by = byAdmin(t0);
    const one = await tokens.create(by, owner, wanted(viewer('court')));
    const two = await tokens.create(by, owner, wanted(court));
    const unknown = { code: 'CLOUD_TOKEN_UNKNOWN' };
    await expect(tokens.revoke(by, other, one.id)).rejects.toMatchObject(unknown);
    expect(await tokens.open(one.token, t0 + 1)).toMatchObject({ grants: viewer('court') });
    await tokens.revoke(by, owner, one.id);
    await expect(tokens.revoke(by, owner, one.id)).rejects.toMatchObject(unknown);
    expect(await tokens.open(one.token, t0 + 2)).toBeNull();
    expect(await tokens.open(two.token, t0 + 30 * day - 1)).not.toBeNull();
    expect(await tokens.open(two.token, t0 + 30 * day)).toBeNull();
    for (const not of ['', two.token.slice(4), `${two.token}x`, two.token.toLowerCase()]) {
      expect(await tokens.open(not, t0 + 1)).toBeNull();
    }
    const listed = await tokens.list(owner);
    expect(listed.find((token) => token.id === one.id)).toMatchObject({
      name: 'Report of the week',
      lastUsed: t0 + 1,
      revoked: t0,
    });
  });
}

export function firstCases(bench: () => Bench): void {
  const boss = { login: 'boss', name: 'Boss', password: rightPassword };
  const refused = { code: 'CLOUD_FIRST_CODE_REFUSED' };

  it('makes one administrator by one code, for a day', async () => {
    const made = bench();
    const { first, people, signIn } = made.identity;
    const older = (await first.issue(t0)) ?? '';
    const code = (await first.issue(t0 + 1)) ?? '';
    expect(code).toMatch(/^([0-9a-z]{4}-){4}[0-9a-z]{4}$/);
    expect(JSON.stringify([await allTexts(made), made.told])).not.toContain(code);
    const { address } = from;
    await expect(first.redeem(older, boss, address, t0 + 2)).rejects.toMatchObject(refused);
    await expect(first.redeem('', boss, address, t0 + 2)).rejects.toMatchObject(refused);
    await expect(first.redeem(code, boss, address, t0 + 1 + day)).rejects.toMatchObject(refused);
    const common = { ...boss, password: 'administrator' };
    await expect(first.redeem(code, common, address, t0 + 3)).rejects.toMatchObject({
      code: 'CLOUD_PASSWORD_UNFIT',
    });
    const both = await Promise.allSettled([
      first.redeem(` ${code.toUpperCase()}`, boss, address, t0 + 3),
      first.redeem(code, { ...boss, login: 'rival' }, address, t0 + 3),
    ]);
    expect(both.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await people.list()).toMatchObject([{ grants: everything }]);
    expect(await first.issue(t0 + 4)).toBeNull();
    await expect(
      first.redeem(code, { ...boss, login: 'rival' }, address, t0 + 4),
    ).rejects.toMatchObject(refused);
    const [{ login } = { login: '' }] = await people.list();
    await signIn.withPassword(credentials(login), t0 + 5);
  });

  it('is worth nothing once there is an administrator by another way', async () => {
    const { first, people } = bench().identity;
    const code = (await first.issue(t0)) ?? '';
    await people.create(
      byAdmin(t0),
      person('mei', [{ role: 'administrator', estates: ['court'] }]),
    );
    expect(await first.issue(t0)).not.toBeNull();
    const again = (await first.issue(t0)) ?? '';
    await people.create(byAdmin(t0), person('lin', everything));
    for (const one of [code, again]) {
      await expect(first.redeem(one, boss, 'a', t0 + 1)).rejects.toMatchObject(refused);
    }
  });
}
