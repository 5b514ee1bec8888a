import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../src/product/needs.ts';
import { until } from '../src/servers/process.ts';
import { countLoads, shows, ticketOf, type Watched, watch } from './pages.ts';

const note = 'Let the person out and reset the door drive.';

/** The row of the only open ticket in the list. */
function row(page: Page) {
  return page.getByRole('main').getByRole('listitem').filter({ hasText: 'Lift A' });
}

describeWith({ binaries: ['chromium'] }, 'a ticket that two people look at', () => {
  let watched: Watched;
  let list: Page;
  let other: Page;
  let loads: (() => number)[];
  let id: number;

  beforeAll(async () => {
    watched = await watch({ seeded: false });
    list = await watched.open('/tickets');
    await shows(list, 'No open tickets.');
    await shows(list, 'Live');
    await watched.publish('caretaker/lift-a', { trapped: true });
    id = await ticketOf(watched.product, 'lift-a');
    other = await watched.open(`/tickets/${id}`);
    await shows(other, 'Condition stands');
    loads = [list, other].map(countLoads);
  });

  afterAll(async () => {
    // Undefined when it could not start, whose error must not be hidden by another.
    await (watched as Watched | undefined)?.end();
  });

  it('comes to the open list by itself', async () => {
    await row(list).waitFor();
    await shows(row(list), 'Emergency');
    await shows(row(list), 'nobody yet');
  });

  it('is acknowledged in a name, not before the time for undo is over, and undo takes it back', async () => {
    await row(list).getByRole('button', { name: 'Acknowledge' }).click();
    const question = list.getByRole('dialog', { name: 'Who are you?' });
    await question.getByRole('textbox', { name: 'Name' }).fill('Li Na');
    await question.getByRole('button', { name: 'Continue' }).click();
    await row(list).getByText('Li Na').waitFor();
    const undo = list.getByRole('button', { name: /^Undo/ });
    await undo.waitFor();
    expect((await watched.product.api.ticket(id)).state, 'nothing was sent yet').toBe('new');
    await undo.click();
    await row(list).getByText('nobody yet').waitFor();
    await row(list).getByRole('button', { name: 'Acknowledge' }).click();
    await other.getByText('Acknowledged · Li Na').waitFor();
    const { events, state } = await watched.product.api.ticket(id);
    expect(state).toBe('acknowledged');
    expect(events.filter(({ type }) => type === 'acknowledged')).toHaveLength(1);
  });

  it('is closed only with a note of what was done, which the other page shows', async () => {
    await row(list).getByRole('link').first().click();
    await list.waitForURL(`**/tickets/${id}`);
    await list.getByRole('button', { name: 'Close', exact: true }).click();
    const form = list.getByRole('dialog', { name: /^Close / });
    await shows(form, /^The condition still stands/);
    await form.getByRole('button', { name: 'Close ticket' }).click();
    await shows(form, 'Write what was done.');
    expect((await watched.product.api.ticket(id)).state).toBe('acknowledged');
    await form.getByRole('textbox', { name: 'What was done?' }).fill(note);
    await form.getByRole('button', { name: 'Close ticket' }).click();
    await form.waitFor({ state: 'hidden' });

    await other.getByText('Closed · Li Na').waitFor();
    await shows(other, note);
    await until('the service has it', async () => {
      const ticket = await watched.product.api.ticket(id);
      return ticket.state === 'closed' && ticket.events.some((event) => event.note === note);
    });
    expect(loads.map((count) => count())).toEqual([0, 0]);
  });

  it('is gone from the open list and stays in the list of all', async () => {
    await list.getByRole('link', { name: 'Tickets' }).first().click();
    await shows(list, 'No open tickets.');
    await list.getByRole('button', { name: 'Show all tickets' }).click();
    await row(list).waitFor();
    await shows(row(list), 'Closed');
  });
});
