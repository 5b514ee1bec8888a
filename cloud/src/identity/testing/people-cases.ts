import { expect, it } from 'vitest';
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
  t0,
} from './bench.ts';

export function peopleCases(bench: () => Bench): void {
  it('keeps people and their roles, one login in one spelling', async () => {
    const { identity } = bench();
    const id = await identity.people.create(byAdmin(t0), {
      ...person(' Lin@Example.com '),
      grants: [
        ...court,
        { role: 'viewer', estates: 'all' },
        { role: 'engineer', estates: ['park'] },
      ],
    });
    expect(await identity.people.read(id)).toEqual({
      id,
      login: 'lin@example.com',
      name: 'Name of  Lin@Example.com',
      created: t0,
      disabled: null,
      erased: null,
      secondFactor: false,
      grants: [
        { role: 'viewer', estates: 'all' },
        { role: 'engineer', estates: ['court', 'park'] },
      ],
    });
    await expect(
      identity.people.create(byAdmin(t0), person('LIN@EXAMPLE.COM')),
    ).rejects.toMatchObject({ code: 'CLOUD_LOGIN_TAKEN' });
    await identity.people.rename(byAdmin(t0), id, '林');
    await identity.people.setGrants(byAdmin(t0), id, []);
    expect(await identity.people.list()).toMatchObject([{ name: '林', grants: [] }]);
  });

  it.each([
    [{ login: 'a b' }, 'CLOUD_LOGIN_INVALID'],
    [{ login: 'erased:x' }, 'CLOUD_LOGIN_INVALID'],
    [{ name: ' ' }, 'CLOUD_NAME_INVALID'],
    [{ name: 'Lin‮' }, 'CLOUD_NAME_INVALID'],
    [{ password: 'short' }, 'CLOUD_PASSWORD_UNFIT'],
    [{ grants: [{ role: 'owner' as 'viewer', estates: 'all' as const }] }, 'CLOUD_GRANT_INVALID'],
    [{ grants: [{ role: 'viewer' as const, estates: [] }] }, 'CLOUD_GRANT_INVALID'],
    [{ grants: [{ role: 'viewer' as const, estates: ['*'] }] }, 'CLOUD_GRANT_INVALID'],
  ])('takes nobody with %j', async (part, code) => {
    const { identity, told } = bench();
    await expect(
      identity.people.create(byAdmin(t0), { ...person('lin'), ...part }),
    ).rejects.toMatchObject({ code });
    expect([await identity.people.list(), told]).toEqual([[], []]);
  });

  it('does not let the last administrator go', async () => {
    const { identity } = bench();
    const one = await identity.people.create(byAdmin(t0), person('one', everything));
    const two = await identity.people.create(byAdmin(t0), person('two', everything));
    await identity.people.disable(byAdmin(t0), two);
    const last = { code: 'CLOUD_LAST_ADMINISTRATOR' };
    const { people } = identity;
    await expect(people.disable(byAdmin(t0), one)).rejects.toMatchObject(last);
    await expect(people.erase(byAdmin(t0), one)).rejects.toMatchObject(last);
    const partly = [{ role: 'administrator' as const, estates: ['court'] }];
    await expect(people.setGrants(byAdmin(t0), one, partly)).rejects.toMatchObject(last);
    expect(await people.read(one)).toMatchObject({ disabled: null, grants: everything });
    await people.enable(byAdmin(t0), two);
    await people.disable(byAdmin(t0), one);
  });
  editingCases(bench);
  keepingCases(bench);
  erasingCases(bench);
}

function editingCases(bench: () => Bench): void {
  it('makes all changes at once or none', async () => {
    const made = bench();
    const { people } = made.identity;
    const id = await people.create(byAdmin(t0), person('one', everything));
    const before = await allTexts(made);
    const refused = [
      [{ name: 'Mei', grants: everything, disabled: true }, 'CLOUD_LAST_ADMINISTRATOR'],
      [{ name: 'Mei', grants: [], disabled: false }, 'CLOUD_LAST_ADMINISTRATOR'],
      [{ name: 'Mei', grants: [{ role: 'viewer' as const, estates: [] }] }, 'CLOUD_GRANT_INVALID'],
    ] as const;
    for (const [edit, code] of refused) {
      await expect(people.edit(byAdmin(t0 + 1), id, edit)).rejects.toMatchObject({ code });
      expect(await allTexts(made)).toBe(before);
      expect(made.told.length).toBe(1);
    }
    await people.create(byAdmin(t0), person('two', everything));
    const told = made.told.length;
    await people.edit(byAdmin(t0 + 2), id, { name: 'Mei', grants: court, disabled: true });
    expect(await people.read(id)).toMatchObject({ name: 'Mei', grants: court, disabled: t0 + 2 });
    expect(made.told.slice(told).map(({ action }) => action)).toEqual([
      'person.rename',
      'person.grant',
      'person.disable',
    ]);
    await people.edit(byAdmin(t0 + 3), id, {});
    expect(made.told.length).toBe(told + 3);
  });
}

function keepingCases(bench: () => Bench): void {
  it('opens nothing for the disabled', async () => {
    const { identity } = bench();
    const id = await identity.people.create(byAdmin(t0), person('lin'));
    const { token } = await identity.signIn.withPassword(credentials('lin'), t0);
    const scope = { name: 'n', grants: court, readOnly: false, expires: t0 + day };
    const api = await identity.tokens.create(byAdmin(t0), id, scope);
    await identity.people.disable(byAdmin(t0 + 1), id);
    expect(await identity.signIn.principalOf(token, t0 + 2)).toBeNull();
    expect(await identity.tokens.open(api.token, t0 + 2)).toBeNull();
    await identity.people.enable(byAdmin(t0 + 3), id);
    expect(await identity.signIn.principalOf(token, t0 + 4)).toBeNull();
    expect(await identity.tokens.open(api.token, t0 + 4)).not.toBeNull();
  });

  it('changes nothing that the audit log does not take', async () => {
    const made = bench();
    const { identity, failAudit } = made;
    const id = await identity.people.create(byAdmin(t0), person('lin'));
    const { token } = await identity.signIn.withPassword(credentials('lin'), t0);
    const scope = { name: 'n', grants: court, readOnly: false, expires: t0 + day };
    const api = await identity.tokens.create(byAdmin(t0), id, scope);
    const [session] = await identity.sessions.list(id, t0);
    const before = await allTexts(made);
    const by = byAdmin(t0 + 1);
    failAudit(true);
    const refused = [
      () => identity.people.create(by, person('mei')),
      () => identity.people.rename(by, id, 'Mei'),
      () => identity.people.setGrants(by, id, everything),
      () => identity.people.setPassword(by, id, 'another one of four words'),
      () => identity.people.disable(by, id),
      () => identity.people.erase(by, id),
      () => identity.sessions.end(by, id, session?.id ?? ''),
      () => identity.sessions.endAll(by, id, null),
      () => identity.sessions.signOut(token, t0 + 1),
      () => identity.factors.begin(by, id),
      () => identity.tokens.create(by, id, scope),
      () => identity.tokens.revoke(by, id, api.id),
      () => identity.first.issue(t0 + 1),
    ];
    for (const work of refused) await expect(work()).rejects.toThrow('the log is full');
    expect(await allTexts(made)).toBe(before);
  });
}

function erasingCases(bench: () => Bench): void {
  it('forgets who the erased were, everywhere', async () => {
    const made = bench();
    const { identity, told } = made;
    const id = await identity.people.create(byAdmin(t0), person('lin'));
    const { token } = await identity.signIn.withPassword(credentials('lin'), t0);
    const scope = { name: 'of lin', grants: court, readOnly: false, expires: t0 + day };
    const api = await identity.tokens.create(byAdmin(t0), id, scope);
    await identity.factors.begin(byAdmin(t0), id);
    const also: string[] = [];
    await identity.people.erase(byAdmin(t0 + 1), id, async () => also.push('content'));
    const texts = await allTexts(made);
    for (const trace of ['lin"', 'Name of', 'argon2', from.address, from.agent, 'of lin']) {
      expect(texts).not.toContain(trace);
    }
    expect(also).toEqual(['content']);
    expect(told.at(-1)).toMatchObject({ action: 'person.erase', detail: {} });
    expect(await identity.people.list()).toEqual([]);
    expect(await identity.people.read(id)).toMatchObject({ name: '', erased: t0 + 1 });
    expect(await identity.signIn.principalOf(token, t0 + 2)).toBeNull();
    expect(await identity.tokens.open(api.token, t0 + 2)).toBeNull();
    await expect(identity.people.enable(byAdmin(t0 + 2), id)).rejects.toMatchObject({
      code: 'CLOUD_PERSON_UNKNOWN',
    });
    await identity.people.create(byAdmin(t0 + 3), person('lin'));
  });
}
