import { afterAll, beforeAll, expect, it } from 'vitest';
import { sessionSchema } from '../contract/index.ts';
import { Browser } from '../identity/oidc/testing/browser.ts';
import { Company, clientId, clientSecret } from '../identity/oidc/testing/company.ts';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let company: Company;
let run: RunningCloud;

beforeAll(async () => {
  folder = await temporaryFolder();
  company = await Company.open(['http://127.0.0.1/api/oidc/callback']);
  const roles = [{ group: 'technicians', role: 'technician', estates: ['court'] }];
  run = await runCloud(
    configFor(folder.path, {
      CARETAKER_OIDC_ISSUER: company.issuer,
      CARETAKER_OIDC_CLIENT_ID: clientId,
      CARETAKER_OIDC_CLIENT_SECRET: clientSecret,
      CARETAKER_OIDC_NAME: 'Company',
      CARETAKER_OIDC_ROLES: JSON.stringify(roles),
      CARETAKER_OIDC_NEW_PEOPLE: '1',
    }),
  );
  company.colleagues.set('c-1', { preferred_username: 'lin', groups: ['technicians'] });
});
afterAll(async () => {
  await run.cloud.stop();
  await company.close();
  await folder.remove();
});

const sessionOf = async (browser: Browser) =>
  sessionSchema.parse(await (await browser.go(`${run.url}/api/session`)).json());

it('lets people of the company into the cloud, with what their groups give and no more', async () => {
  const browser = new Browser();
  expect(await sessionOf(browser)).toMatchObject({ state: 'none', oidc: { name: 'Company' } });
  const back = await browser.signInThere(`${run.url}/api/oidc/start`, 'c-1', '/api/oidc/callback');
  expect((await browser.go(back)).headers.get('location')).toBe('/');
  expect(await sessionOf(browser)).toMatchObject({
    state: 'full',
    person: { login: 'lin' },
    may: { look: ['court'], 'ticket.act': ['court'] },
  });
  expect((await browser.go(`${run.url}/api/people`)).status).toBe(403);
  expect((await browser.go(`${run.url}/api/estates`)).status).toBe(200);
});

it('lets nobody link an account, or undo a link, without a fresh proof, nor by a token', async () => {
  const browser = new Browser();
  const back = await browser.signInThere(`${run.url}/api/oidc/start`, 'c-1', '/api/oidc/callback');
  await browser.go(back);
  const headers = { 'content-type': 'application/json', origin: run.url, accept: '*/*' };
  for (const method of ['POST', 'DELETE']) {
    const init = { method, headers, ...(method === 'POST' ? { body: '{}' } : {}) };
    const answer = await browser.go(`${run.url}/api/oidc/link`, init);
    expect([answer.status, await answer.json()]).toMatchObject([
      403,
      { code: 'CLOUD_CONFIRM_NEEDED' },
    ]);
    expect((await run.ask('/api/oidc/link', init)).status).toBe(403);
    const stranger = await fetch(`${run.url}/api/oidc/link`, { ...init, headers });
    expect(stranger.status).toBe(401);
  }
  const query = '?again=1';
  const again = await browser.signInThere(
    `${run.url}/api/oidc/start${query}`,
    'c-1',
    '/api/oidc/callback',
  );
  await browser.go(again);
  const undone = await browser.go(`${run.url}/api/oidc/link`, {
    method: 'DELETE',
    headers: { origin: run.url, accept: '*/*' },
  });
  expect(await undone.json()).toMatchObject({ code: 'CLOUD_OIDC_ONLY_WAY' });
});
