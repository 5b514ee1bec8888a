import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../src/product/needs.ts';
import { until } from '../src/servers/process.ts';
import { countLoads, shows, ticketOf, type Watched, watch } from './pages.ts';

/** The tile of a touchpoint on the overview. */
function tile(page: Page, name: string) {
  return page.getByRole('listitem').filter({ has: page.getByRole('link', { name }) });
}

describeWith({ binaries: ['chromium'] }, 'pages that are open while things happen', () => {
  let watched: Watched;

  beforeAll(async () => {
    watched = await watch({ seeded: true });
  });

  afterAll(async () => {
    // Undefined when it could not start, whose error must not be hidden by another.
    await (watched as Watched | undefined)?.end();
  });

  it('the overview shows a breach when its reading arrives, and leads down to its chart', async () => {
    const page = await watched.open('/');
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await shows(page, 'Live');
    const breaches = page.getByText(/^\d+ breach$/);
    const before = Number.parseInt((await breaches.textContent()) ?? '', 10);
    const loads = countLoads(page);

    await watched.publish('caretaker/pond-bin', { temp_c: 71.5 });
    const bins = tile(page, 'Refuse');
    await shows(bins, 'Emergency');
    await shows(bins, 'Pond bin');
    await shows(bins, /71\.5/);
    await page.getByText(`${before + 1} breach`, { exact: true }).waitFor();

    await bins.getByRole('link', { name: 'Refuse' }).click();
    await page.getByRole('heading', { level: 1, name: 'Refuse' }).waitFor();
    await page.getByRole('link', { name: 'Pond bin' }).click();
    await page.getByRole('heading', { level: 1, name: 'Pond bin' }).waitFor();
    const chart = page.getByRole('figure').filter({ hasText: '71.5' });
    await chart.locator('canvas').first().waitFor();
    await chart.getByText(/^limit 60\s°C$/).waitFor();
    const title = page.getByRole('heading', { level: 2, name: 'Episodes' });
    const episodes = page.locator('section').filter({ has: title });
    await shows(episodes, /71\.5/);
    await shows(episodes, 'still open');
    expect(loads(), 'never loaded again').toBe(0);
    expect(errors).toEqual([]);
  });

  it('the chart says the same in words and as a table', async () => {
    await watched.publish('caretaker/terrace-sound', { laeq_db: 47.5 });
    const page = await watched.open('/assets/meadow/terrace-sound');
    const chart = page.getByRole('figure').filter({ hasText: '47.5' });
    await chart.getByRole('button', { name: 'Table' }).click();
    await chart.getByRole('columnheader', { name: 'Highest' }).waitFor();
    await chart.getByRole('cell', { name: '47.5' }).first().waitFor();
  });

  it('the ticket of the episode opens from the page of its asset', async () => {
    await watched.publish('caretaker/lift-a', { trapped: true });
    const id = await ticketOf(watched.product, 'lift-a');
    const page = await watched.open('/assets/meadow/lift-a');
    const { ref } = await watched.product.api.ticket(id);
    await page.getByRole('link', { name: ref }).first().click();
    await page.waitForURL(`**/tickets/${id}`);
    await page.getByText('Condition stands').waitFor();
  });

  it('the language changes the words, the names and the language of the document, and stays', async () => {
    const page = await watched.open('/');
    const lang = () => page.locator('html').getAttribute('lang');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    expect(await lang()).toBe('en');
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('heading', { level: 1, name: '总览' }).waitFor();
    await until('the document is Chinese', async () => (await lang()) === 'zh-CN');
    await page.getByRole('navigation').getByRole('link', { name: '设施' }).first().click();
    await page.getByRole('link', { name: '北侧垃圾桶' }).waitFor();
    expect(await page.getByText('North bin').count()).toBe(0);
    await page.reload();
    await page.getByRole('link', { name: '北侧垃圾桶' }).waitFor();
    expect(await lang()).toBe('zh-CN');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('link', { name: 'North bin' }).waitFor();
    await until('the document is English', async () => (await lang()) === 'en');
  });
});
