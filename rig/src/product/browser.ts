import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findBinary } from '../servers/binary.ts';
import { patienceMs } from '../servers/process.ts';

/** The installed Chromium without a window. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findBinary('chromium') ?? 'chromium',
    args: ['--no-sandbox'],
    timeout: patienceMs,
  });
}

/** A page in a profile of its own, as of another person: a desk screen and British English unless told. */
export async function newPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  return page;
}

/** Opens a page of the installed Chromium, hands it to `use`, and closes the browser whatever happens. */
export async function withPage<T>(
  use: (page: Page, browser: Browser) => Promise<T>,
  options: BrowserContextOptions = {},
): Promise<T> {
  const browser = await openBrowser();
  try {
    return await use(await newPage(browser, options), browser);
  } finally {
    await browser.close();
  }
}
