import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../src/product/needs.ts';
import { countLoads, shows, type Watched, watch } from './pages.ts';

/** The promise is 6 s; the rest is for a machine that does other things too. */
const staleLimitMs = 7_000;
const recoveryLimitMs = 30_000;

describeWith({ binaries: ['chromium'] }, 'pages whose service does not answer', () => {
  let watched: Watched;

  beforeAll(async () => {
    watched = await watch({ seeded: true });
  });

  afterAll(async () => {
    // Undefined when it could not start, whose error must not be hidden by another.
    await (watched as Watched | undefined)?.end();
  });

  it('say within 6 s that nothing is live when it hangs, and catch up by themselves', async () => {
    const page = await watched.open('/');
    await shows(page, 'Live');
    await page.getByText(/^0 breach$/).waitFor();
    const loads = countLoads(page);
    const { pid } = watched.product.parts.cloud;
    process.kill(pid, 'SIGSTOP');
    try {
      await shows(page, /^No live data for/, staleLimitMs);
      await shows(page, 'What you see may be out of date.');
      expect(await page.getByText(/^0 breach$/).isVisible(), 'the old data stays').toBe(true);
      await watched.publish('caretaker/plaza-bin', { temp_c: 71.5 });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await page.getByText(/^1 breach$/).waitFor({ timeout: recoveryLimitMs });
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.getByText('What you see may be out of date.').count()).toBe(0);
    expect(loads(), 'never loaded again').toBe(0);
  });

  it('keep what they have, name the error and its code, and load again once it is back', async () => {
    await watched.publish('caretaker/plaza-bin', { altitude: 4 });
    const page = await watched.open('/devices');
    const refused = page.getByText('DECODE_UNKNOWN_POINT');
    await refused.waitFor();
    const loads = countLoads(page);
    await watched.product.parts.cloud.stop();

    const alert = page.getByRole('alert');
    await alert.waitFor({ timeout: recoveryLimitMs });
    await shows(alert, 'This could not be loaded.');
    await shows(alert, 'The service does not answer.');
    await shows(alert, /Shown below: the data of \d+/);
    await shows(alert, /^Code \w+/);
    expect(await refused.isVisible(), 'the old data stays').toBe(true);

    await watched.product.restart('cloud');
    await alert.getByRole('button', { name: 'Retry' }).click();
    await alert.waitFor({ state: 'detached', timeout: recoveryLimitMs });
    await page.getByText('Live', { exact: true }).waitFor({ timeout: recoveryLimitMs });
    expect(await refused.isVisible()).toBe(true);
    expect(loads(), 'never loaded again').toBe(0);
  });

  it('say of an act that it was not done, and do it on retry', async () => {
    const page: Page = await watched.open('/tickets');
    const act = page.getByRole('main').getByRole('button', { name: 'Acknowledge' });
    await act.waitFor();
    await watched.product.parts.cloud.stop();
    await act.click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Wang Wei');
    await page.getByRole('button', { name: 'Continue' }).click();
    await shows(page, /^Not done: /);
    await watched.product.restart('cloud');
    await page.getByRole('button', { name: 'Retry' }).click();
    await shows(page.getByRole('main'), 'Wang Wei');
    await page.getByText(/^Not done: /).waitFor({ state: 'detached' });
    const [ticket] = await watched.product.api.tickets();
    expect(ticket).toMatchObject({ state: 'acknowledged', owner: 'Wang Wei' });
  });
});
