import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { byAdmin, codeAt, court, credentials, person, withFactor } from '../testing/bench.ts';
import { Browser } from './testing/browser.ts';
import { Company } from './testing/company.ts';
import { type House, openHouse, signIn, whoIs } from './testing/house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
  house.company.colleagues.set('c-1', {
    name: 'Lin Mei',
    preferred_username: 'lin',
    email: 'lin@company.example',
    groups: ['technicians', 'choir'],
  });
});
afterEach(() => house.close());

const people = async () => house.bench.identity.people.list();
const told = (action: string) => house.bench.told.filter((entry) => entry.action === action);

describe('a sign-in with the company', () => {
  it('makes a person with what their groups give, and goes to the page wanted', async () => {
    const { browser, response } = await signIn(house, 'c-1', {
      query: '?return=/tickets%3Fopen=1',
    });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/tickets?open=1']);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await whoIs(house, browser)).toMatchObject({
      name: 'Lin Mei',
      grants: [{ role: 'technician', estates: ['court'] }],
    });
    expect(await people()).toMatchObject([{ login: 'lin', secondFactor: false }]);
    expect(browser.jar(house.url).has('ctk_oidc')).toBe(false);
    const [made] = await people();
    expect(told('person.link')).toMatchObject([
      { actor: 'system', object: `person:${made?.id}`, detail: { subject: 'c-1' } },
    ]);
    expect(told('session.start')).toMatchObject([{ detail: { by: 'oidc', stage: 'full' } }]);
    // Once more: the same person.
    await signIn(house, 'c-1', { browser });
    expect(await people()).toHaveLength(1);
    expect(told('person.link')).toHaveLength(1);
  });

  it('takes groups from the ID token as well as from where else the provider tells them', async () => {
    const seen = house.company.asked.length;
    await signIn(house, 'c-1');
    expect(house.company.asked.slice(seen)).toContain('GET /me');
    await house.close();
    house = await openHouse({}, (uris) => Company.open(uris, { conformIdTokenClaims: false }));
    house.company.colleagues.set('c-1', { name: 'Lin', groups: ['bosses'] });
    const { browser } = await signIn(house, 'c-1');
    expect(house.company.asked).not.toContain('GET /me');
    expect(await whoIs(house, browser)).toMatchObject({
      grants: [{ role: 'administrator', estates: 'all' }],
    });
    expect(await people()).toMatchObject([{ login: 'c-1', name: 'Lin' }]);
  });

  it('lets grants follow the groups, and leaves alone what was given by hand', async () => {
    const { browser } = await signIn(house, 'c-1');
    const id = (await whoIs(house, browser))?.id ?? '';
    const { people: all } = house.bench.identity;
    const byHand = { role: 'viewer', estates: ['park'] } as const;
    await all.setGrants(byAdmin(Date.now()), id, [
      ...court,
      byHand,
      { role: 'technician', estates: ['court'] },
    ]);
    const colleague = house.company.colleagues.get('c-1');
    if (colleague !== undefined) colleague.groups = ['park people', 'bosses'];
    await signIn(house, 'c-1', { browser });
    expect((await all.read(id)).grants).toEqual([
      byHand,
      { role: 'technician', estates: ['park'] },
      ...court,
      { role: 'administrator', estates: 'all' },
    ]);
    expect(told('person.grant').at(-1)).toMatchObject({
      actor: 'system',
      detail: { by: 'oidc', before: expect.any(Array), after: expect.any(Array) },
    });
    if (colleague !== undefined) delete colleague.groups;
    await signIn(house, 'c-1', { browser });
    expect((await all.read(id)).grants).toEqual([byHand, ...court]);
  });

  it('keeps what was given by hand first when the group that gives it too goes', async () => {
    const { identity } = house.bench;
    const id = await identity.people.create(
      byAdmin(Date.now()),
      person('lin2', [{ role: 'technician', estates: ['court'] }]),
    );
    const browser = await linked('lin2');
    const colleague = house.company.colleagues.get('c-1');
    if (colleague !== undefined) colleague.groups = [];
    await signIn(house, 'c-1', { browser });
    expect((await identity.people.read(id)).grants).toEqual([
      { role: 'technician', estates: ['court'] },
    ]);
  });

  it('lets nobody in whom the groups give nothing, nor new people where that is not wanted', async () => {
    house.company.colleagues.set('c-2', { name: 'Bo', groups: ['choir'] });
    const { response, browser } = await signIn(house, 'c-2');
    expect(response.headers.get('location')).toBe('/sign-in?problem=CLOUD_OIDC_NOT_LET_IN');
    expect([await whoIs(house, browser), await people()]).toEqual([null, []]);
    expect(told('session.refuse')).toMatchObject([{ actor: 'nobody', object: 'login:unknown' }]);
    await house.close();
    house = await openHouse({ newPeople: false });
    house.company.colleagues.set('c-1', { name: 'Lin', groups: ['bosses'] });
    await signIn(house, 'c-1');
    expect(await people()).toEqual([]);
  });

  it('keeps a disabled person out, and says no more than to a stranger', async () => {
    const { browser } = await signIn(house, 'c-1');
    const id = (await whoIs(house, browser))?.id ?? '';
    await house.bench.identity.people.create(byAdmin(Date.now()), person('boss'));
    await house.bench.identity.people.disable(byAdmin(Date.now()), id);
    const { response } = await signIn(house, 'c-1', { browser });
    expect(response.headers.get('location')).toBe('/sign-in?problem=CLOUD_OIDC_NOT_LET_IN');
    expect(await whoIs(house, browser)).toBeNull();
    expect(await people()).toHaveLength(2);
  });

  it('asks for the second factor that somebody has here', async () => {
    const lin = await withFactor(house.bench, 'lin3', Date.now());
    const half = await house.bench.identity.signIn.withPassword(credentials('lin3'), Date.now());
    const browser = new Browser();
    const later = Date.now() + 60_000;
    const full = await house.bench.identity.signIn.withCode(
      half.token,
      codeAt(lin.secret, later),
      '192.0.2.7',
      later,
    );
    browser.jar(house.url).set('ctk_session', full);
    await link(browser);
    const { browser: other, response } = await signIn(house, 'c-1', { query: '?return=/a' });
    expect(response.headers.get('location')).toBe('/sign-in?to=%2Fa');
    expect(other.jar(house.url).has('ctk_session')).toBe(true);
    expect(await whoIs(house, other)).toBeNull();
    expect(told('session.start').at(-1)).toMatchObject({ detail: { stage: 'half', by: 'oidc' } });
  });

  it('counts as a fresh proof only when the provider says when it had one', async () => {
    const { browser } = await signIn(house, 'c-1');
    const confirmed = async () => {
      const token = browser.jar(house.url).get('ctk_session') ?? '';
      return (await house.bench.identity.signIn.principalOf(token, Date.now()))?.confirmed ?? null;
    };
    expect(await confirmed()).toBe(0);
    await signIn(house, 'c-1', { browser, query: '?again=1' });
    expect(await confirmed()).toBeGreaterThan(Date.now() - 60_000);
    expect(await confirmed()).toBeLessThanOrEqual(Date.now());
  });

  it('ends the session that the browser had, and gives a token that nobody has seen', async () => {
    const { browser } = await signIn(house, 'c-1');
    const before = browser.jar(house.url).get('ctk_session') ?? '';
    await signIn(house, 'c-1', { browser });
    expect(browser.jar(house.url).get('ctk_session')).not.toBe(before);
    expect(await house.bench.identity.signIn.principalOf(before, Date.now())).toBeNull();
  });
});

describe('a link', () => {
  it('is never made by a login or mail address', async () => {
    const { identity } = house.bench;
    await identity.people.create(byAdmin(Date.now()), person('lin'));
    await identity.people.create(byAdmin(Date.now()), person('lin@company.example'));
    const { response, browser } = await signIn(house, 'c-1');
    expect(response.headers.get('location')).toBe('/sign-in?problem=CLOUD_OIDC_LOGIN_TAKEN');
    expect(await whoIs(house, browser)).toBeNull();
    expect(told('person.link')).toEqual([]);
  });

  it('is made by its owner while signed in, and goes to one account alone', async () => {
    const { identity } = house.bench;
    const lin = await identity.people.create(byAdmin(Date.now()), person('lin'));
    const mei = await identity.people.create(byAdmin(Date.now()), person('mei'));
    const browser = await linked('lin');
    expect(told('person.link')).toMatchObject([
      { actor: `person:${lin}`, object: `person:${lin}` },
    ]);
    expect((await signIn(house, 'c-1')).response.headers.get('location')).toBe('/');
    expect(await (await browser.go(`${house.url}/api/oidc/link`)).json()).toMatchObject({
      name: 'Company',
      linked: expect.any(Number),
    });
    const other = await signedInHere('mei');
    expect((await link(other)).headers.get('location')).toBe(
      '/sign-in?problem=CLOUD_OIDC_LINKED_ELSEWHERE',
    );
    house.company.colleagues.set('c-9', {});
    browser.forgetAll('_');
    const again = await link(browser, 'c-9');
    expect(again.headers.get('location')).toBe('/sign-in?problem=CLOUD_OIDC_LINKED_ELSEWHERE');
    expect((await identity.people.read(mei)).grants).toEqual(court);
  });

  it('is not made for a session that has ended meanwhile', async () => {
    const { identity } = house.bench;
    const lin = await identity.people.create(byAdmin(Date.now()), person('lin'));
    const browser = await signedInHere('lin');
    const to = await begun(browser);
    const back = await browser.signInThere(to, 'c-1', '/api/oidc/callback');
    await identity.sessions.endAll(byAdmin(Date.now()), lin, null);
    const response = await browser.go(back);
    expect(response.headers.get('location')).toBe('/sign-in?problem=CLOUD_OIDC_EXPIRED');
    expect(told('person.link')).toEqual([]);
  });

  it('goes with the roles that came by it, unless it is the only way in', async () => {
    const { identity } = house.bench;
    const lin = await identity.people.create(byAdmin(Date.now()), person('lin'));
    const browser = await linked('lin');
    const elsewhere = (await signIn(house, 'c-1')).browser;
    const undo = (one: Browser) =>
      one.go(`${house.url}/api/oidc/link`, { method: 'DELETE', headers: { accept: '*/*' } });
    expect((await undo(browser)).status).toBe(204);
    expect((await identity.people.read(lin)).grants).toEqual(court);
    expect([await whoIs(house, elsewhere), (await whoIs(house, browser))?.id]).toEqual([null, lin]);
    house.company.colleagues.set('c-5', { preferred_username: 'new', groups: ['bosses'] });
    const { browser: only } = await signIn(house, 'c-5');
    expect(await (await undo(only)).json()).toMatchObject({ code: 'CLOUD_OIDC_ONLY_WAY' });
  });

  it('is forgotten with the person', async () => {
    const { browser } = await signIn(house, 'c-1');
    const id = (await whoIs(house, browser))?.id ?? '';
    await house.bench.identity.people.erase(byAdmin(Date.now()), id);
    for (const table of ['person_identities', 'oidc_grants'] as const) {
      expect(await house.bench.database.read.selectFrom(table).selectAll().execute()).toEqual([]);
    }
  });
});

/** A browser that is signed in here with a password. */
async function signedInHere(login: string): Promise<Browser> {
  const browser = new Browser();
  const { token } = await house.bench.identity.signIn.withPassword(credentials(login), Date.now());
  browser.jar(house.url).set('ctk_session', token);
  return browser;
}

async function begun(browser: Browser): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify({ return: '/account' }) };
  return (
    (await (await browser.go(`${house.url}/api/oidc/link`, init)).json()) as { location: string }
  ).location;
}

async function link(browser: Browser, login = 'c-1'): Promise<Response> {
  const back = await browser.signInThere(await begun(browser), login, '/api/oidc/callback');
  return browser.go(back);
}

async function linked(login: string): Promise<Browser> {
  const browser = await signedInHere(login);
  expect((await link(browser)).headers.get('location')).toBe('/account');
  return browser;
}
