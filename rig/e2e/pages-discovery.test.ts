import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../src/product/needs.ts';
import { until } from '../src/servers/process.ts';
import { shows, type Watched, watch } from './pages.ts';

describeWith({ binaries: ['chromium'] }, 'a device that no mapping names', () => {
  let watched: Watched;

  beforeAll(async () => {
    watched = await watch({ seeded: false });
  });

  afterAll(async () => {
    // Undefined when it could not start, whose error must not be hidden by another.
    await (watched as Watched | undefined)?.end();
  });

  const topic = 'zigbee2mqtt/back door';

  it('waits with what it may be, is taken in by a person, and is live with its next message', async () => {
    await watched.publish(topic, { contact: true, battery: 91, linkquality: 120 });
    const page = await watched.open('/discovery');
    await shows(page, 'back door');
    await page.getByRole('button', { name: 'Take in' }).click();
    const dialog = page.getByRole('dialog', { name: 'Take in back door' });
    const name = dialog.getByRole('textbox', { name: 'Name' });
    await name.fill('Back door');
    const id = await dialog.getByRole('textbox', { name: 'Id' }).inputValue();
    await dialog.getByRole('button', { name: 'Take in' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await shows(page, 'No device waits.');
    const value = async () => {
      await watched.publish(topic, { contact: false, battery: 91, linkquality: 118 });
      const points = await watched.product.api.points();
      return points.find((point) => point.id === `meadow/${id}/door`)?.value;
    };
    await until('the cloud shows the door', async () => (await value()) === 'open');
    const assets = await watched.product.api.assets();
    expect(assets.find(({ asset }) => asset === id)?.name.en).toBe('Back door');
    await page.getByText('Taken in', { exact: true }).click();
    await page.getByRole('link', { name: id }).click();
    await page.getByRole('heading', { level: 1, name: 'Back door' }).waitFor();
  });
});
