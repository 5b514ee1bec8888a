import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../src/product/needs.ts';
import { countLoads, shows, ticketOf, type Watched, watch } from './pages.ts';

/** Pages see a dead stream after 6 s, send after 5 s for undo, ask again after 5 s, and renew lists each 10 s. */
const soon = 15_000;

describeWith({ binaries: ['chromium'] }, 'pages whose service does not answer', () => {
  let watched: Watched;

  beforeAll(async () => {
    watched = await watch({ seeded: true });
  });

  afterAll(async () => {
    // Undefined when it could not start, whose error must not be hidden by another.
    await (watched as Watched | undefined)?.end();
  });

  it('say that nothing is live when it hangs, and catch up by themselves', async () => {
    const page = await watched.open('/', {}, (it) => it.clock.install());
    await shows(page, 'Live');
    // Whatever other tests of this file have broken.
    const breaches = page.getByText(/^\d+ breach$/);
    const before = Number.parseInt((await breaches.textContent()) ?? '', 10);
    const loads = countLoads(page);
    const { pid } = watched.product.parts.cloud;
    process.kill(pid, 'SIGSTOP');
    try {
      await page.clock.fastForward(soon);
      await shows(page, /^No live data for/);
      await shows(page, 'What you see may be out of date.');
      expect(await breaches.textContent(), 'the old data stays').toBe(`${before} breach`);
      await watched.publish('caretaker/plaza-bin', { temp_c: 71.5 });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await page.getByText(`${before + 1} breach`, { exact: true }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('What you see may be out of date.').waitFor({ state: 'detached' });
    expect(loads(), 'never loaded again').toBe(0);
  });

  it('keep what they have, name the error and its code, and load again once it is back', async () => {
    await watched.publish('caretaker/plaza-bin', { altitude: 4 });
    const page = await watched.open('/devices', {}, (it) => it.clock.install());
    const refused = page.getByText('DECODE_UNKNOWN_POINT');
    await refused.waitFor();
    const loads = countLoads(page);
    const alert = page.getByRole('alert');
    await watched.product.without('cloud', async () => {
      await page.clock.fastForward(soon);
      await alert.waitFor();
      await shows(alert, 'This could not be loaded.');
      await shows(alert, 'The service does not answer.');
      await shows(alert, /Shown below: the data of \d+/);
      await shows(alert, /^Code \w+/);
      expect(await refused.isVisible(), 'the old data stays').toBe(true);
    });
    await alert.getByRole('button', { name: 'Retry' }).click();
    await alert.waitFor({ state: 'detached' });
    await page.clock.fastForward(soon);
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await refused.isVisible()).toBe(true);
    expect(loads(), 'never loaded again').toBe(0);
  });

  it('say of an act that it was not done, and do it on retry', async () => {
    await watched.publish('caretaker/lift-a', { trapped: true });
    const id = await ticketOf(watched.product, 'lift-a');
    const page = await watched.open(`/tickets/${id}`, {}, (it) => it.clock.install());
    const act = page.getByRole('button', { name: 'Acknowledge' });
    await act.waitFor();
    await watched.product.without('cloud', async () => {
      await act.click();
      await page.clock.fastForward(soon);
      await shows(page, /^Not done: /);
    });
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByText('Acknowledged · Wang Wei').waitFor();
    await page.getByText(/^Not done: /).waitFor({ state: 'detached' });
    const ticket = await watched.product.api.ticket(id);
    expect(ticket).toMatchObject({ state: 'acknowledged', owner: 'Wang Wei' });
  });
});
