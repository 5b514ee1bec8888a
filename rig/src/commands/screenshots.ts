import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../checks/run.ts';
import { createApi } from '../product/api.ts';
import { withPage } from '../product/browser.ts';
import { startCaretaker } from '../product/command.ts';
import { signedIn } from '../product/person.ts';
import { createSandbox } from '../product/sandbox.ts';
import { until } from '../servers/process.ts';

/** Pictures in the documents, each with its page. */
const pictures = [
  {
    ...{ name: 'overview', path: '/', width: 1440, height: 900 },
    // Comes with the names of the standard.
    says: 'touchpoints have no sensors',
  },
  { name: 'tickets', path: '/tickets', width: 1440, height: 900, says: 'CT-' },
  { name: 'tickets-phone', path: '/tickets', width: 390, height: 844, says: 'CT-' },
  { name: 'uptime', path: '/uptime', width: 1440, height: 900, says: '%' },
] as const;

const folder = join(root, 'docs/images');
/** More than the heading and the filters of an empty list. */
const leastCharacters = 100;
const historyLimitMs = 180_000;

/** Takes every picture of the demo estate once its past is in and a live ticket stands. */
const sandbox = await createSandbox();
const caretaker = await startCaretaker(sandbox);
try {
  const api = createApi(sandbox);
  await until(
    'the past is in and a live emergency stands',
    async () =>
      (await api.tickets()).some(
        ({ severity, conditionClear }) => severity === 'emergency' && !conditionClear,
      ),
    historyLimitMs,
    500,
  );
  mkdirSync(folder, { recursive: true });
  const storageState = await signedIn(sandbox);
  for (const { name, path, width, height, says } of pictures) {
    await withPage(
      async (page) => {
        await page.goto(`${sandbox.httpUrl}${path}`);
        // The stream keeps the network busy for ever, so the page is ready when it has something to say.
        const main = page.locator('main');
        await until(`${path} has something to say`, async () => {
          const busy = await page.locator('[aria-busy="true"]').count();
          const text = (await main.textContent()) ?? '';
          return busy === 0 && text.length > leastCharacters && text.includes(says);
        });
        await page.screenshot({ path: join(folder, `${name}.png`) });
      },
      { viewport: { width, height }, storageState },
    );
    console.log(`docs/images/${name}.png`);
  }
} finally {
  await caretaker.interrupt();
  sandbox.dispose();
}
