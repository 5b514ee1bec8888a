import { expect, it } from 'vitest';
import {
  allTexts,
  type Bench,
  byAdmin,
  credentials,
  day,
  from,
  hour,
  person,
  t0,
} from './bench.ts';

const second = 1000;

/** Somebody who has signed in. */
async function signedIn({ identity }: Bench, login = 'lin') {
  const id = await identity.people.create(byAdmin(t0), person(login));
  const { token } = await identity.signIn.withPassword(credentials(login), t0);
  return { id, token };
}

export function sessionCases(bench: () => Bench): void {
  it('says who comes, with the roles of this moment, and keeps no token that works', async () => {
    const made = bench();
    const { signIn, sessions, people } = made.identity;
    const { id, token } = await signedIn(made);
    const found = await signIn.principalOf(token, t0 + 1);
    expect(found).toMatchObject({
      principal: { kind: 'person', id, name: 'Name of lin', grants: [{ role: 'engineer' }] },
      renew: false,
      confirmed: t0,
    });
    expect(await sessions.list(id, t0 + 1)).toEqual([
      { id: found?.principal.session, started: t0, lastUsed: t0, ...from },
    ]);
    expect(await allTexts(made)).not.toContain(token);
    await people.setGrants(byAdmin(t0 + 2), id, []);
    expect(await signIn.principalOf(token, t0 + 3)).toMatchObject({ principal: { grants: [] } });
    for (const not of ['', 'x', `${token}x`, token.toUpperCase(), `ctk_${token}`]) {
      expect(await signIn.principalOf(not, t0 + 3)).toBeNull();
    }
  });

  it('ends after 12 hours without use, and after 7 days in any case', async () => {
    const made = bench();
    const { signIn, sessions } = made.identity;
    const { id, token } = await signedIn(made);
    let at = t0;
    for (; at < t0 + 7 * day; at += 11 * hour) {
      expect(await signIn.principalOf(token, at)).not.toBeNull();
    }
    expect(await signIn.principalOf(token, t0 + 7 * day - 1)).not.toBeNull();
    expect(await signIn.principalOf(token, t0 + 7 * day)).toBeNull();
    const { token: idle } = await signIn.withPassword(credentials('lin'), t0);
    expect(await sessions.list(id, t0 + 12 * hour - 1)).toHaveLength(2);
    expect(await signIn.principalOf(idle, t0 + 12 * hour)).toBeNull();
    const left = async () =>
      (await made.database.read.selectFrom('session_tokens').selectAll().execute()).length;
    await sessions.forget(t0 + 37 * day);
    expect(await left()).toBe(2);
    await sessions.forget(t0 + 37 * day + 1);
    expect(await left()).toBe(0);
  });

  it('gives a new token when the rights change, and ends when the old one comes back', async () => {
    const made = bench();
    const { signIn, sessions, people } = made.identity;
    const { id, token } = await signedIn(made);
    await people.setGrants(byAdmin(t0 + second), id, []);
    expect(await signIn.principalOf(token, t0 + 2 * second)).toMatchObject({ renew: true });
    const fresh = (await sessions.rotate(token, t0 + 2 * second)) ?? '';
    expect(await sessions.rotate(token, t0 + 2 * second)).toBeNull();
    expect(await signIn.principalOf(fresh, t0 + 2 * second)).toMatchObject({ renew: false });
    expect(await signIn.principalOf(token, t0 + 12 * second)).toBeNull();
    expect(await signIn.principalOf(fresh, t0 + 12 * second)).not.toBeNull();
    expect(await signIn.principalOf(token, t0 + 13 * second)).toBeNull();
    expect(await signIn.principalOf(fresh, t0 + 13 * second)).toBeNull();
    expect(made.told.at(-1)).toMatchObject({
      actor: 'nobody',
      action: 'session.end',
      detail: { why: 'replayed' },
    });
  });
  endingCases(bench);
}

function endingCases(bench: () => Bench): void {
  it('ends one, all others or all sessions of a person, and none of others', async () => {
    const made = bench();
    const { signIn, sessions } = made.identity;
    const { id, token } = await signedIn(made);
    const other = await signedIn(made, 'mei');
    const { token: middling } = await signIn.withPassword(credentials('lin'), t0 + 1);
    const { token: third } = await signIn.withPassword(credentials('lin'), t0 + 2);
    const ids = (await sessions.list(id, t0 + 3)).map((session) => session.id);
    expect(ids).toHaveLength(3);
    const by = byAdmin(t0 + 4);
    const [newest = '', middle = ''] = ids;
    const unknown = { code: 'CLOUD_SESSION_UNKNOWN' };
    await expect(sessions.end(by, other.id, newest)).rejects.toMatchObject(unknown);
    await sessions.end(by, id, middle);
    await expect(sessions.end(by, id, middle)).rejects.toMatchObject(unknown);
    const alive = async () => {
      const all = [token, middling, third, other.token];
      const found = await Promise.all(all.map((one) => signIn.principalOf(one, t0 + 5)));
      return found.map((one) => one !== null);
    };
    expect(await alive()).toEqual([true, false, true, true]);
    expect(await sessions.endAll(by, id, newest)).toBe(1);
    expect(await alive()).toEqual([false, false, true, true]);
    await sessions.signOut(third, t0 + 5);
    expect(await alive()).toEqual([false, false, false, true]);
    expect(await sessions.endAll(by, other.id, null)).toBe(1);
    expect(await alive()).toEqual([false, false, false, false]);
  });
}
