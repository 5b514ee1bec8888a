import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../src/product/needs.ts';
import { until } from '../src/servers/process.ts';
import { fireTimers, holdTimers } from './held-timers.ts';
import { countLoads, shows, ticketOf, untilReachable, type Watched, watch } from './pages.ts';

const note = 'Let the person out and reset the door drive.';
const undoMs = 5_000;
/** A picture of one point. */
const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** The row of an asset's ticket in a list of tickets. */
function rowOf(page: Page, name: string): Locator {
  return page.getByRole('main').getByRole('listitem').filter({ hasText: name });
}

/** Runs in the page: takes down what a resident tells. */
const tell = async (title: string): Promise<number> => {
  const answer = await fetch('/api/tickets', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': title },
    body: JSON.stringify({ estate: 'meadow', title }),
  });
  return ((await answer.json()) as { id: number }).id;
};

describeWith({ binaries: ['chromium'] }, 'a ticket that two people look at', () => {
  let watched: Watched;

  beforeAll(async () => {
    watched = await watch({ seeded: false });
  });

  afterAll(async () => {
    // Undefined when it could not start, whose error must not be hidden by another.
    await (watched as Watched | undefined)?.end();
  });

  /** A list that was open before the ticket came, and the page of the ticket; neither is loaded again. */
  async function openBoth(asset: string, message: object) {
    const list = await watched.open('/tickets', {}, (page) => holdTimers(page, undoMs));
    await shows(list, 'Live');
    await watched.publish(`caretaker/${asset}`, message);
    const id = await ticketOf(watched.product, asset);
    const other = await watched.open(`/tickets/${id}`);
    await shows(other, 'Condition stands');
    const loads = [list, other].map(countLoads);
    return { list, other, id, loads: () => loads.map((count) => count()) };
  }

  it('comes to the open list by itself, and is acknowledged in a name after the time for undo', async () => {
    const { list, other, id, loads } = await openBoth('lift-a', { trapped: true });
    const row = rowOf(list, 'Lift A');
    await row.waitFor();
    await shows(row, 'Emergency');
    await shows(row, 'nobody yet');

    await row.getByRole('button', { name: 'Acknowledge' }).click();
    await row.getByText('Wang Wei').waitFor();
    const undo = list.getByRole('button', { name: /^Undo/ });
    await undo.waitFor();
    expect((await watched.product.api.ticket(id)).state, 'nothing was sent yet').toBe('new');
    await undo.click();
    await row.getByText('nobody yet').waitFor();
    await fireTimers(list);

    await row.getByRole('button', { name: 'Acknowledge' }).click();
    await row.getByText('Wang Wei').waitFor();
    await fireTimers(list);
    await other.getByText('Acknowledged · Wang Wei').waitFor();
    const { events, state } = await watched.product.api.ticket(id);
    expect(state).toBe('acknowledged');
    expect(events.filter(({ type }) => type === 'acknowledged')).toHaveLength(1);
    expect(loads()).toEqual([0, 0]);
  });

  it('is cancelled only with a reason, and then is in the list of all only', async () => {
    const { list, other, id, loads } = await openBoth('plaza-bin', { temp_c: 71.5 });
    const row = rowOf(list, 'Plaza bin');
    await row.getByRole('button', { name: 'Acknowledge' }).click();
    await row.getByText('Wang Wei').waitFor();
    await fireTimers(list);
    await other.getByText('Acknowledged · Wang Wei').waitFor();

    await row.getByRole('link').first().click();
    await list.waitForURL(`**/tickets/${id}`);
    await list.getByRole('button', { name: 'Actions' }).click();
    await list.getByRole('dialog').getByRole('button', { name: 'Cancel ticket' }).click();
    const form = list.getByRole('dialog', { name: /^Cancel ticket: / });
    await shows(form, /^The condition still stands/);
    await form.getByRole('button', { name: 'Cancel ticket' }).click();
    await shows(form, 'This is needed.');
    expect((await watched.product.api.ticket(id)).state).toBe('acknowledged');
    await form.getByRole('textbox', { name: 'Reason' }).fill(note);
    await form.getByRole('button', { name: 'Cancel ticket' }).click();
    await form.waitFor({ state: 'hidden' });

    await other.getByText('Cancelled · Wang Wei').waitFor();
    await shows(other, note);
    await until('the service has it', async () => {
      const ticket = await watched.product.api.ticket(id);
      return ticket.state === 'cancelled' && ticket.events.some((event) => event.note === note);
    });
    await list.getByRole('link', { name: 'Tickets' }).first().click();
    await list.getByRole('heading', { level: 1, name: 'Tickets' }).waitFor();
    await row.waitFor({ state: 'detached' });
    await list.getByText('All', { exact: true }).click();
    await shows(row, 'Cancelled');
    expect(loads()).toEqual([0, 0]);
  });

  it('is worked on with a phone: way, arrival, photo, temporary measure, each with one thumb', async () => {
    await watched.publish('caretaker/pond-bin', { temp_c: 71.5 });
    const id = await ticketOf(watched.product, 'pond-bin');
    const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
    const page = await watched.open(`/tickets/${id}`, phone, (fresh) => holdTimers(fresh, undoMs));
    const press = async (name: string) => {
      const button = page.getByRole('main').getByRole('button', { name, exact: true });
      await untilReachable(page, button);
      await button.click();
      await fireTimers(page);
    };
    await press('Acknowledge');
    await press('On my way');
    await press('Arrived');
    const arrival = page.getByRole('dialog', { name: /^Arrived: / });
    await arrival.getByRole('textbox', { name: /^No code there/ }).fill('The code was torn off.');
    await arrival.getByRole('button', { name: 'Arrived', exact: true }).click();
    await press('Start work');
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Temporary measure' }).click();
    const form = page.getByRole('dialog', { name: /^Temporary measure: / });
    await form.locator('input[type=file]').setInputFiles({
      name: 'lid.png',
      mimeType: 'image/png',
      buffer: Buffer.from(pixel, 'base64'),
    });
    await shows(form, 'sent');
    await form.getByRole('textbox', { name: 'What was done for now?' }).fill('Doused and closed.');
    await form.getByRole('textbox', { name: 'What can still happen?' }).fill('It may smoulder.');
    await form.getByRole('button', { name: /^in 1/ }).click();
    await form.getByRole('button', { name: 'Temporary measure' }).click();
    await form.waitFor({ state: 'hidden' });
    await shows(page, 'Temporary measure · Wang Wei');
    await shows(page, 'Not scanned: The code was torn off.');
    const photo = page.getByRole('main').getByRole('button', { name: /^Evidence: lid.png/ });
    await photo.locator('img').waitFor();
    const { state, files } = await watched.product.api.ticket(id);
    expect(state).toBe('temporary-measure');
    expect(files.map(({ kind, type }) => [kind, type])).toEqual([['evidence', 'image/png']]);
  });

  it('is found by words, taken together with others, and stands in the ledger', async () => {
    const page = await watched.open('/tickets');
    const ids: number[] = [];
    for (const title of ['North bin smells', 'East bin smells']) {
      ids.push(await page.evaluate<number, string>(tell, title));
    }
    await rowOf(page, 'East bin').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('north bin');
    await rowOf(page, 'East bin').waitFor({ state: 'detached' });
    await rowOf(page, 'North bin').waitFor();
    await page.waitForURL(/text=north/);
    await page.getByRole('searchbox').fill('');
    await rowOf(page, 'East bin').waitFor();

    for (const name of ['North bin', 'East bin']) {
      await rowOf(page, name).getByRole('checkbox').check();
    }
    const bulk = page.getByRole('region', { name: 'With the selected tickets' });
    await shows(bulk, '2 selected');
    await bulk.getByRole('button', { name: 'Acknowledge' }).click();
    const dialog = page.getByRole('dialog', { name: 'Acknowledge: 2 tickets' });
    await dialog.getByRole('button', { name: 'Acknowledge: 2' }).click();
    await shows(dialog, '2 done');
    for (const id of ids) {
      expect((await watched.product.api.ticket(id)).state).toBe('acknowledged');
    }
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Ledger' }).click();
    const row = page.getByRole('row').filter({ hasText: 'North bin' });
    await shows(row, 'Wang Wei');
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export as CSV' }).click();
    expect((await download).suggestedFilename()).toBe('ledger.csv');
  });
});
