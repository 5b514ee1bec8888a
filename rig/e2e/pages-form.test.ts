import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../src/product/needs.ts';
import { shows, ticketOf, untilReachable, type Watched, watch } from './pages.ts';

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** What must have a name for those who hear a page. */
const named = [
  'button',
  'link',
  'radio',
  'textbox',
  'searchbox',
  'img',
  'heading',
  'dialog',
] as const;

/** Each page with its title and the thing that a person came for. */
const pages: readonly (readonly [
  path: string,
  title: string,
  primary: (page: Page) => ReturnType<Page['locator']>,
])[] = [
  ['/', 'Overview', (page) => page.getByRole('main').getByRole('link', { name: /open ticket/ })],
  ['/touchpoints/:group', 'efuse', (page) => page.getByRole('link', { name: 'Plaza bin' })],
  ['/assets', 'Assets', (page) => page.getByRole('searchbox', { name: 'Find an asset' })],
  [
    '/assets/meadow/plaza-bin',
    'Plaza bin',
    (page) => page.getByRole('link', { name: /nobody yet/ }),
  ],
  [
    '/tickets',
    'Tickets',
    (page) => page.getByRole('main').getByRole('button', { name: 'Acknowledge' }),
  ],
  ['/tickets/:id', '', (page) => page.getByRole('button', { name: 'Acknowledge' })],
  ['/tickets/new', 'New ticket', (page) => page.getByRole('textbox', { name: 'Where?' })],
  ['/uptime', 'Uptime', (page) => page.getByRole('button', { name: /: Down/ }).first()],
  ['/standard', 'Standard', (page) => page.getByRole('main').getByText('Estate entrances').first()],
  ['/devices', 'Devices', (page) => page.getByRole('heading', { level: 3, name: 'meadow-1' })],
  ['/discovery', 'New devices', (page) => page.getByText('Waiting', { exact: true })],
];

describeWith({ binaries: ['chromium'] }, 'the form of every page', () => {
  let watched: Watched;
  let ticket: number;
  let handset: Page;
  let page: Page;
  let group: string;

  beforeAll(async () => {
    watched = await watch({ seeded: true });
    await watched.publish('caretaker/plaza-bin', { temp_c: 71.5, fill_pct: 60 });
    await watched.publish('caretaker/plaza-bin', { altitude: 4 });
    ticket = await ticketOf(watched.product, 'plaza-bin');
    const assets = await watched.product.api.assets();
    group = assets.find(({ asset }) => asset === 'plaza-bin')?.group ?? '';
  });

  beforeAll(async () => {
    handset = await watched.open('/', phone);
    page = await watched.open('/');
  });

  afterAll(async () => {
    // Undefined when it could not start, whose error must not be hidden by another.
    await (watched as Watched | undefined)?.end();
  });

  describe.each(pages)('%s', (path, title, primary) => {
    const show = async (page: Page) => {
      const full = path.replace(':id', String(ticket)).replace(':group', group);
      await page.goto(`${watched.product.sandbox.httpUrl}${full}`);
      await primary(page).waitFor();
    };

    it('fits a phone of 390 px, with what one came for in reach', async () => {
      await show(handset);
      await handset.getByText('Live', { exact: true }).waitFor();
      const width = await handset.evaluate<number>('document.scrollingElement.scrollWidth');
      expect(width).toBeLessThanOrEqual(390);
      await untilReachable(handset, primary(handset));
      const menu = handset.getByRole('navigation', { name: 'Main' });
      for (const name of ['Overview', /^Tickets/, 'Assets']) {
        await untilReachable(handset, menu.getByRole('link', { name }));
      }
    });

    it('has its landmarks, one title, a name for whatever can be used, and a way past the menu', async () => {
      await show(page);
      await page.keyboard.press('Tab');
      expect(await page.locator(':focus').textContent()).toBe('Skip to content');
      await page.keyboard.press('Enter');
      await page.locator('main:focus').waitFor();
      expect(await page.getByRole('main').count()).toBe(1);
      expect(await page.getByRole('banner').count()).toBe(1);
      expect(await page.getByRole('navigation', { name: 'Main' }).count()).toBe(1);
      const titles = await page.getByRole('heading', { level: 1 }).allTextContents();
      expect(titles).toHaveLength(1);
      expect(titles[0]).toContain(title);
      for (const role of named) {
        const nameless = page.getByRole(role, { name: /^\s*$/ });
        expect(await nameless.count(), `${role} without a name`).toBe(0);
      }
      const ids = await page.evaluate<string[]>(
        '[...document.querySelectorAll("[id]")].map(({ id }) => id)',
      );
      expect(ids.length, 'ids are unique').toBe(new Set(ids).size);
    });
  });

  it('a dialog holds the focus, and gives it back', async () => {
    await page.goto(`${watched.product.sandbox.httpUrl}/tickets/${ticket}`);
    const opener = page.getByRole('button', { name: 'Add note' });
    await opener.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: /^Add note: / });
    await dialog.getByRole('textbox', { name: 'Note' }).waitFor();
    for (let i = 0; i < 8; i += 1) {
      await page.keyboard.press('Tab');
      expect(await dialog.locator(':focus').count(), 'focus stays inside').toBe(1);
    }
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await page.locator('button:focus', { hasText: 'Add note' }).waitFor();
  });

  it('the drawing of a state is never alone: its word stands beside it', async () => {
    await page.goto(`${watched.product.sandbox.httpUrl}/assets`);
    const row = page.getByRole('listitem').filter({ hasText: 'Plaza bin' });
    await shows(row, 'Emergency');
  });
});
