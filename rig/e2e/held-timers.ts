import type { Page } from 'playwright-core';

/** Runs in the page. */
const script = (ms: number) => `{
  const set = window.setTimeout, clear = window.clearTimeout;
  const held = new Map();
  let last = -1;
  window.setTimeout = (task, ms, ...more) => {
    if (ms !== ${ms}) return set(task, ms, ...more);
    held.set(--last, task);
    return last;
  };
  window.clearTimeout = (id) => { if (!held.delete(id)) clear(id); };
  window.fireHeld = () => { for (const [id, task] of held) { held.delete(id); task(); } };
}`;

/**
 * Holds all timers of so many milliseconds that a page sets, so that a test on a slow machine is not overtaken by
 * them. The clock of Playwright would stop everything that moves, dialogs too. Call it before the page is opened.
 */
export async function holdTimers(page: Page, ms: number): Promise<void> {
  await page.addInitScript(script(ms));
}

/** Fires those that wait and were not cancelled. */
export async function fireTimers(page: Page): Promise<void> {
  await page.evaluate('window.fireHeld()');
}
