import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../src/product/needs.ts';
import { shows, type Watched, watch } from './pages.ts';

describeWith({ binaries: ['chromium'] }, 'an estate that was never heard of', () => {
  let watched: Watched;

  beforeAll(async () => {
    watched = await watch({ seeded: false });
  });

  afterAll(async () => {
    // Undefined when it could not start, whose error must not be hidden by another.
    await (watched as Watched | undefined)?.end();
  });

  it('counts everything as unknown and nothing as ok', async () => {
    const page = await watched.open('/');
    await page.getByText(/^0 ok$/).waitFor();
    await page
      .getByText(/^[1-9]\d* unknown$/)
      .first()
      .waitFor();
    await page.getByRole('link', { name: '0 open tickets' }).waitFor();
  });

  it('has no tickets and offers all of them, of which there are none either', async () => {
    const page = await watched.open('/tickets');
    await shows(page, 'No open tickets.');
    await page.getByRole('button', { name: 'Show all tickets' }).click();
    await shows(page, 'No ticket has been opened yet.');
    const gone = await watched.open('/tickets/4711');
    await shows(gone, 'There is no such ticket.');
  });

  it('says of a point to which topic it listens, and that no episode is on record', async () => {
    const page = await watched.open('/assets/meadow/north-bin');
    await shows(page, 'No reading yet.');
    await shows(page, 'caretaker/north-bin/fill_pct');
    await shows(page, 'No episode on record.');
    expect(await page.locator('canvas').count()).toBe(0);
    const gone = await watched.open('/assets/meadow/no-such');
    await shows(gone, 'There is no such asset in this estate.');
  });

  it('has no uptime, rather than a perfect one', async () => {
    const page = await watched.open('/uptime');
    await page.getByRole('button', { name: 'All 8 assets: Up 0.00%' }).waitFor();
    await page.getByRole('button', { name: 'All 8 assets: Unknown 100.00%' }).waitFor();
  });

  it('refused no message, and finds no asset by a word that none has', async () => {
    const devices = await watched.open('/devices');
    await shows(devices, 'No message was refused.');
    const found = await watched.open('/discovery');
    await shows(found, 'No device waits.');
    const assets = await watched.open('/assets');
    await assets.getByRole('searchbox').fill('zeppelin');
    await shows(assets, 'No asset matches “zeppelin”.');
    await assets.getByRole('button', { name: 'Clear' }).click();
    await assets.getByRole('link', { name: 'North bin' }).waitFor();
  });
});
