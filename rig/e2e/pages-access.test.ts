import { invitedSchema } from '@caretaker/cloud/contract';
import { TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../src/product/needs.ts';
import { scriptHeaders } from '../src/product/person.ts';
import { shows, ticketOf, type Watched, watch } from './pages.ts';

/** Nobody is signed in there. */
const desk = { storageState: { cookies: [], origins: [] } };
const phone = {
  ...desk,
  ...{ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};
const password = 'four lanterns above the quiet weir';

type Role = 'viewer' | 'technician' | 'engineer' | 'manager' | 'administrator';

describeWith({ binaries: ['chromium'] }, 'pages of access', () => {
  let watched: Watched;
  let url: string;

  /** Lets somebody in as an administrator's script does, and gives the code of the invitation. */
  async function invite(login: string, name: string, role: Role): Promise<string> {
    const answer = await fetch(`${url}/api/people`, {
      method: 'POST',
      headers: { ...scriptHeaders(watched.product.sandbox), 'content-type': 'application/json' },
      body: JSON.stringify({ login, name, grants: [{ role, estates: 'all' }] }),
    });
    return invitedSchema.parse(await answer.json()).invite.code;
  }

  /** Sets the password by the link of the invitation. */
  async function takeUp(page: Page, code: string): Promise<void> {
    await page.goto(`${url}/invite#code=${encodeURIComponent(code)}`);
    await page.getByRole('textbox', { name: 'New password' }).fill(password);
    await page.getByRole('button', { name: 'Set password' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  }

  async function signIn(page: Page, login: string, secret = password): Promise<void> {
    await page.getByRole('textbox', { name: 'Login' }).fill(login);
    await page.getByRole('textbox', { name: 'Password', exact: true }).fill(secret);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  /** A page of somebody new, signed in and at the given address. */
  async function member(login: string, role: Role, path: string, options = desk): Promise<Page> {
    const page = await watched.open('/sign-in', options);
    await takeUp(page, await invite(login, `Person ${login}`, role));
    await page.goto(`${url}${path}`);
    return page;
  }

  const pathOf = (page: Page) => new URL(page.url()).pathname;

  beforeAll(async () => {
    watched = await watch({ seeded: false });
    url = watched.product.sandbox.httpUrl;
    await watched.publish('caretaker/plaza-bin', { temp_c: 71.5, fill_pct: 60 });
  });

  afterAll(async () => {
    // Undefined when it could not start, whose error must not be hidden by another.
    await (watched as Watched | undefined)?.end();
  });

  describe.each([
    ['a desk', desk],
    ['a phone', phone],
  ] as const)('on %s', (where, options) => {
    const login = (name: string) => `${name}-${where.slice(2)}`;

    it('nobody sees anything before signing in, and then what they asked for', async () => {
      const code = await invite(login('wu'), 'Wu Min', 'technician');
      const page = await watched.open(`/invite#code=${code}`, options);
      await page.getByRole('textbox', { name: 'New password' }).waitFor();
      expect(page.url(), 'the code has left the address').toBe(`${url}/invite`);
      await takeUp(page, code);

      await page.context().clearCookies();
      await page.goto(`${url}/devices?estate=meadow`);
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      expect(pathOf(page)).toBe('/sign-in');
      expect(await page.getByRole('navigation').count()).toBe(0);
      await signIn(page, login('wu'), 'not the password');
      await shows(page, 'That login and password do not go together');
      expect(await page.getByRole('textbox', { name: 'Login' }).inputValue()).toBe(login('wu'));
      await signIn(page, login('wu'));
      await page.getByRole('heading', { name: 'Devices' }).waitFor();
      expect(page.url()).toBe(`${url}/devices?estate=meadow`);
      await page.getByText('Live', { exact: true }).waitFor();
    });

    it('a second factor is set up, asked for, and not good twice', async () => {
      const page = await member(login('chen'), 'technician', '/account', options);
      await page.getByRole('button', { name: 'Set up' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('img', { name: /QR code/ }).waitFor();
      const secret = (await dialog.locator('code').first().textContent()) ?? '';
      const app = new TOTP({ secret: secret.replaceAll(' ', '') });
      const first = app.generate();
      await dialog.getByRole('textbox', { name: 'Code' }).fill(first);
      await dialog.getByRole('button', { name: 'Turn on' }).click();
      const codes = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
      await codes.first().waitFor();
      expect(await codes.count()).toBe(10);
      const recovery = await codes.allTextContents();
      await page.getByRole('button', { name: 'I have kept them' }).click();
      await shows(page, '10 recovery codes left.');
      await page.getByRole('button', { name: 'Sign out', exact: true }).click();

      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await signIn(page, login('chen'));
      const field = page.getByRole('textbox', { name: 'Code', exact: true });
      await field.fill(first);
      await page.getByRole('button', { name: 'Continue' }).click();
      await shows(page, 'The code is not right, or was used before.');
      // The next step of the app is good already: clocks differ.
      await field.fill(app.generate({ timestamp: Date.now() + 30_000 }));
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('heading', { name: 'Overview' }).waitFor();

      await page.goto(`${url}/account`);
      await page.getByRole('button', { name: 'Sign out', exact: true }).click();
      await signIn(page, login('chen'));
      await page.getByRole('button', { name: 'Use a recovery code' }).click();
      await page.getByRole('textbox', { name: 'Recovery code' }).fill(recovery[0] ?? '');
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
    });

    it('what one may not do is absent, or says which role it needs', async () => {
      const ticket = await ticketOf(watched.product, 'plaza-bin');
      const page = await member(login('li'), 'viewer', `/tickets/${ticket}`, options);
      const act = page.getByRole('button', { name: 'Acknowledge' });
      await act.waitFor();
      expect(await act.isDisabled()).toBe(true);
      await shows(page, 'This needs the role technician, engineer, manager');
      expect(await page.getByRole('link', { name: 'People' }).count()).toBe(0);
      await page.goto(`${url}/people`);
      await shows(page, 'This page is not open to you.');
      await shows(page, 'It needs the role administrator for all estates.');
      await page.goto(`${url}/audit`);
      await shows(page, 'It needs the role manager or administrator for all estates.');
      const width = await page.evaluate<number>('document.scrollingElement.scrollWidth');
      expect(width).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
    });

    it('an administrator lets somebody in, changes their roles, and erases them', async () => {
      const page = await member(login('zhao'), 'administrator', '/people', options);
      const add = page.getByRole('button', { name: 'Add person' });
      await add.click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox', { name: 'Name' }).fill('Qian Yu');
      await dialog.getByRole('textbox', { name: 'Login' }).fill(login('qian'));
      await dialog.getByRole('checkbox', { name: /^technician/i }).check();
      await dialog.getByRole('button', { name: 'Add person' }).click();
      const link = page.getByRole('figure', { name: 'Link' }).locator('code');
      await link.waitFor();
      expect(await link.textContent()).toMatch(/\/invite#code=.{20,}/);
      await page.getByRole('button', { name: 'I have copied it' }).click();

      await page.getByRole('button', { name: 'Qian Yu' }).click();
      const drawer = page.getByRole('dialog', { name: 'Qian Yu' });
      await drawer.getByRole('checkbox', { name: /^technician/i }).uncheck();
      await drawer.getByRole('button', { name: 'Save' }).click();
      await shows(drawer, 'Saved.');
      const erase = drawer.getByRole('button', { name: 'Erase for good' });
      expect(await erase.isDisabled()).toBe(true);
      await drawer.getByRole('textbox', { name: /^Type / }).fill(login('qian'));
      await erase.click();
      await drawer.waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Qian Yu' }).waitFor({ state: 'detached' });

      await page.goto(`${url}/audit`);
      await page.getByRole('button', { name: 'Person erased' }).first().click();
      await shows(page.getByRole('dialog'), 'person.erase');
    });

    it('a sign-out everywhere ends every page of theirs, and no other', async () => {
      const page = await member(login('sun'), 'technician', '/account', options);
      await page.getByText('Live', { exact: true }).waitFor();
      const tab = await page.context().newPage();
      await tab.goto(`${url}/tickets`);
      await tab.getByText('Live', { exact: true }).waitFor();
      const elsewhere = await watched.open('/tickets', options);
      await signIn(elsewhere, login('sun'));
      await elsewhere.getByText('Live', { exact: true }).waitFor();
      const other = await member(login('zhou'), 'viewer', '/tickets', options);
      await other.getByText('Live', { exact: true }).waitFor();

      await page.getByRole('button', { name: 'Sign out everywhere' }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await tab.waitForURL((at) => at.pathname === '/sign-in');
      // Another browser hears it from its stream; its page stays as it is.
      const again = elsewhere.getByRole('dialog', { name: 'Your session has ended' });
      await again.waitFor();
      await again.getByRole('textbox', { name: 'Password', exact: true }).fill(password);
      await again.getByRole('button', { name: 'Sign in', exact: true }).click();
      await again.waitFor({ state: 'detached' });
      await elsewhere.getByText('Live', { exact: true }).waitFor();
      expect(pathOf(elsewhere)).toBe('/tickets');
      expect(await other.getByRole('dialog').count()).toBe(0);
    });
  });

  it('what was typed survives a session that ends, and is sent in the end', async () => {
    const ticket = await ticketOf(watched.product, 'plaza-bin');
    const page = await member('tang', 'technician', `/tickets/${ticket}`);
    const elsewhere = await watched.open('/account', desk);
    await signIn(elsewhere, 'tang');
    await page.getByRole('button', { name: 'Add note' }).click();
    await page.getByRole('textbox', { name: 'Note' }).fill('Looked behind the bin.');
    await elsewhere.getByRole('button', { name: 'Sign out everywhere' }).click();
    const again = page.getByRole('dialog', { name: 'Your session has ended' });
    await again.waitFor();
    await again.getByRole('textbox', { name: 'Password', exact: true }).fill(password);
    await again.getByRole('button', { name: 'Sign in', exact: true }).click();
    await again.waitFor({ state: 'detached' });
    const note = page.getByRole('textbox', { name: 'Note' });
    expect(await note.inputValue()).toBe('Looked behind the bin.');
    await page.getByRole('dialog').getByRole('button', { name: 'Add note' }).click();
    await shows(page.getByRole('main'), 'Looked behind the bin.');
    await shows(page.getByRole('main'), 'Person tang');
  });

  it('nobody is led to another site after sign-in', async () => {
    const page = await watched.open('/sign-in', desk);
    await takeUp(page, await invite('ma', 'Ma Li', 'viewer'));
    for (const evil of ['https://evil.example/', '//evil.example', '/\\evil.example']) {
      await page.context().clearCookies();
      await page.goto(`${url}/sign-in?to=${encodeURIComponent(evil)}`);
      await signIn(page, 'ma');
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      expect(new URL(page.url()).origin).toBe(url);
    }
  });

  it('too many attempts have to wait, and the page says how long', async () => {
    const page = await watched.open('/sign-in', desk);
    const waiting = page.getByText('Next attempt in');
    let waited = false;
    for (let attempt = 0; attempt < 9 && !waited; attempt += 1) {
      await signIn(page, 'nobody', 'guess');
      await page.getByRole('alert').waitFor();
      waited = await waiting.isVisible();
    }
    expect(waited).toBe(true);
    await shows(page, 'You can try again now.');
    expect(await page.getByRole('textbox', { name: 'Login' }).inputValue()).toBe('nobody');
  });
});
