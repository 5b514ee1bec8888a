import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../src/product/needs.ts';
import { shows, type Watched, watch } from './pages.ts';

const parts = ['Up', 'Down', 'Planned', 'Unknown'] as const;
const seconds: Readonly<Record<string, number>> = { d: 86_400, h: 3600, min: 60, s: 1 };

/** `1 h 2 min 5 s` in seconds. */
function lengthOf(text: string): number {
  const found = [...text.matchAll(/(\d+)\s(d|h|min|s)(?![a-z])/g)];
  expect(found.length, `a length: ${text}`).toBeGreaterThan(0);
  return found.reduce(
    (sum, [, value, unit]) => sum + Number(value) * (seconds[unit ?? ''] ?? 0),
    0,
  );
}

/** The printed figures of every row, hundredths of a percent, in the order of the parts. */
async function printedRows(page: Page): Promise<number[][]> {
  const figures = page.getByRole('button', { name: /: (Up|Down|Planned|Unknown) \d+\.\d\d%$/ });
  const texts = await figures.allTextContents();
  const rows: number[][] = [];
  for (const [index, text] of texts.entries()) {
    const part = parts[index % parts.length] ?? '';
    expect(text.startsWith(part), `${text} is ${part}`).toBe(true);
    const hundredths = Number(text.slice(part.length).replace(/[.%]/g, ''));
    if (index % parts.length === 0) rows.push([]);
    rows.at(-1)?.push(hundredths);
  }
  return rows;
}

/** The lengths in the table of a drawer and the sum under them, seconds. */
async function lengthsIn(drawer: Locator, column: number) {
  await drawer.getByRole('rowheader', { name: 'Sum' }).waitFor();
  const rows = await drawer.locator('tbody tr').all();
  const lengths = await Promise.all(
    rows.map(async (row) => lengthOf((await row.locator('td').nth(column).textContent()) ?? '')),
  );
  const sum = lengthOf((await drawer.locator('tfoot td').first().textContent()) ?? '');
  const figure = (await drawer.getByText(/% = .+ of /).textContent()) ?? '';
  const [, part = ''] = /% = (.+) of /.exec(figure) ?? [];
  return { lengths, sum, figure: lengthOf(part) };
}

/** Closes the drawer that another test left open. */
async function close(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

describeWith({ binaries: ['chromium'] }, 'the uptime page over a month of readings', () => {
  let watched: Watched;
  let page: Page;

  beforeAll(async () => {
    watched = await watch({ seeded: true });
    page = await watched.open('/uptime');
  });

  afterAll(async () => {
    // Undefined when it could not start, whose error must not be hidden by another.
    await (watched as Watched | undefined)?.end();
  });

  describe.each([
    ['7 days', false],
    ['30 days', true],
  ] as const)('over %s', (period, month) => {
    beforeAll(async () => {
      await page.goto(`${watched.product.sandbox.httpUrl}/uptime`);
      await page.getByRole('heading', { name: 'Worst five assets' }).waitFor();
      if (!month) return;
      const whole = page.getByRole('button', { name: /^All \d+ assets: Up/ });
      const before = (await whole.textContent()) ?? '';
      await page.getByText(period, { exact: true }).click();
      await page.waitForURL('**/uptime?days=30');
      await whole.filter({ hasNotText: before }).waitFor();
    });

    it('prints four figures in every row that add to 100.00', async () => {
      expect(await page.getByRole('radio', { name: period }).isChecked()).toBe(true);
      const rows = await printedRows(page);
      // Worst five, the whole, at least two touchpoints, and every asset that something is required of.
      expect(rows.length).toBeGreaterThanOrEqual(5 + 1 + 2 + 5);
      for (const row of rows) {
        expect(row).toHaveLength(4);
        expect(sumOf(row), row.join(' + ')).toBe(10_000);
      }
      const [worst = []] = rows;
      expect(worst[1], 'the worst has been down').toBeGreaterThan(0);
    });

    it.each([
      ['Down', 'East bin'],
      ['Up', 'East bin'],
      ['Unknown', 'Terrace sound meter'],
    ] as const)('opens %s of %s to stretches that add up', async (part, asset) => {
      const name = new RegExp(`^${asset}: ${part} `);
      await close(page);
      await page.getByRole('button', { name }).first().click();
      const drawer = page.getByRole('dialog', { name: asset });
      const { lengths, sum, figure } = await lengthsIn(drawer, 2);
      expect(lengths.length).toBeGreaterThan(0);
      expect(sum).toBe(figure);
      // Each printed length is rounded to a second.
      expect(Math.abs(sumOf(lengths) - sum)).toBeLessThanOrEqual(Math.ceil(lengths.length / 2));
      expect(await drawer.getByText(/^The sum differs/).count()).toBe(0);
    });

    it('opens a figure of all assets to assets that add up, and one of them to its stretches', async () => {
      await close(page);
      await page.getByRole('button', { name: /^All \d+ assets: Down/ }).click();
      const drawer = page.getByRole('dialog');
      await shows(drawer, /^All \d+ assets$/);
      const all = await lengthsIn(drawer, 1);
      expect(all.lengths.length).toBeGreaterThanOrEqual(4);
      expect(all.sum).toBe(all.figure);
      expect(Math.abs(sumOf(all.lengths) - all.sum)).toBeLessThanOrEqual(all.lengths.length);
      await drawer.getByRole('button', { name: 'West bin' }).click();
      await drawer.getByRole('columnheader', { name: 'Why' }).waitFor();
      const one = await lengthsIn(drawer, 2);
      expect(one.sum).toBe(one.figure);
      expect(all.lengths).toContain(one.sum);
      await shows(drawer, /Episode \d+/);
    });
  });
});
