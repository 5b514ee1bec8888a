import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findBinary } from '../servers/binary.ts';

/** Opens a page of the installed Chromium, hands it to `use`, and closes the browser whatever happens. */
export async function withPage<T>(
  use: (page: Page, browser: Browser) => Promise<T>,
  options: BrowserContextOptions = {},
): Promise<T> {
  const browser = await chromium.launch({
    executablePath: findBinary('chromium') ?? 'chromium',
    args: ['--no-sandbox'],
  });
  try {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'en-GB',
      ...options,
    });
    return await use(await context.newPage(), browser);
  } finally {
    await browser.close();
  }
}
