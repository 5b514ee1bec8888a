import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildWeb, replay, webIsStale } from '@caretaker/cli';
import { systemClock } from '@caretaker/readings/base';
import mqtt from 'mqtt';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { newPage, openBrowser } from '../src/product/browser.ts';
import { signedIn } from '../src/product/person.ts';
import { type StartedProduct, startProduct } from '../src/product/product.ts';
import { untilJudged } from '../src/product/standing.ts';
import { until } from '../src/servers/process.ts';

/** Six bins, a sound meter and a lift. */
const pagesEstate = join(import.meta.dirname, 'pages-estate.yaml');

const hour = 3_600_000;
const monthHours = 29 * 24;
/** Fill level of the bin at the given place: degraded for 6 h and down for 4 h in every 48 h. */
function levelAt(bin: number, hoursAgo: number): number {
  const phase = (hoursAgo + bin * 5 + 24) % 48;
  if (phase >= 6 && phase < 12) return 85;
  if (phase >= 2 && phase < 6) return 97;
  // Emptied to below 30 %: otherwise the bin counts as not emptied for days.
  return 25;
}

/** A month of hourly levels of four bins, and a quiet hour with a silence in it. */
function month(): string {
  const now = Date.now();
  const rows: [at: number, row: string][] = [];
  for (const [bin, asset] of ['north-bin', 'east-bin', 'south-bin', 'west-bin'].entries()) {
    for (let ago = monthHours; ago >= 0; ago -= 1) {
      const at = now - 60_000 - ago * hour;
      rows.push([at, `${asset},${at},${levelAt(bin, ago)},`]);
    }
  }
  for (let ago = 60; ago >= 0; ago -= 1) {
    if (ago > 10 && ago < 50) continue;
    const at = now - 5_000 - ago * 60_000;
    rows.push([at, `terrace-sound,${at},,${41 + (ago % 3)}`]);
  }
  const lines = rows.toSorted(([a], [b]) => a - b).map(([, row]) => row);
  return ['asset,at,fill_pct,laeq_db', ...lines, ''].join('\n');
}

/** The product with its web app, and a browser to look at it. */
export interface Watched {
  readonly product: StartedProduct;
  /** A page of another person, with nothing of the other pages' storage; `prepare` has it before it loads. */
  open(
    path: string,
    options?: BrowserContextOptions,
    prepare?: (page: Page) => Promise<void>,
  ): Promise<Page>;
  /** Sends one message as a device does; resolves when the gateway has it. */
  publish(topic: string, message: object): Promise<void>;
  end(): Promise<void>;
}

/** @param seeded with a month of readings; without them nothing was ever heard. */
export async function watch({ seeded }: { readonly seeded: boolean }): Promise<Watched> {
  if (webIsStale()) await buildWeb();
  const product = await startProduct(pagesEstate, { environment: { CARETAKER_SIMULATE: '0' } });
  let browser: Browser | null = null;
  const end = async () => {
    await browser?.close();
    await product.end();
  };
  try {
    if (seeded) await seed(product);
    const storageState = await signedIn(product.sandbox);
    const opened = await openBrowser();
    browser = opened;
    return {
      product,
      async open(path, options, prepare) {
        const page = await newPage(opened, { storageState, ...options });
        await prepare?.(page);
        await page.goto(`${product.sandbox.httpUrl}${path}`);
        return page;
      },
      async publish(topic, message) {
        const device = await mqtt.connectAsync(product.sandbox.mqttUrl);
        await device.publishAsync(topic, JSON.stringify(message), { qos: 1 });
        await device.endAsync();
      },
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function seed({ sandbox, api }: StartedProduct): Promise<void> {
  const file = join(sandbox.folder, 'month.csv');
  writeFileSync(file, month());
  await replay({
    file,
    map: null,
    url: sandbox.mqttUrl,
    speed: Number.POSITIVE_INFINITY,
    shift: false,
    clock: systemClock,
  });
  await untilJudged(api);
}

/** Counts from now on how often the page is loaded anew; going from page to page inside the app is none. */
export function countLoads(page: Page): () => number {
  let loads = 0;
  page.on('load', () => {
    loads += 1;
  });
  return () => loads;
}

/** Resolves when the whole element is on the screen without scrolling, and a click on it would reach it. */
export async function untilReachable(page: Page, element: Locator): Promise<void> {
  const screen = page.viewportSize();
  await until(`the whole of ${element} is on the screen`, async () => {
    const box = await element.boundingBox();
    if (screen === null || box === null) return false;
    return (
      box.x >= 0 &&
      box.y >= 0 &&
      box.x + box.width <= screen.width &&
      box.y + box.height <= screen.height
    );
  });
  // Throws when something lies over it for good.
  await element.click({ trial: true });
}

/** Resolves when the page shows the text somewhere. */
export async function shows(page: Page | Locator, text: string | RegExp) {
  await page.getByText(text).first().waitFor();
}

/** The number of the open ticket of an asset, once there is one. */
export async function ticketOf({ api }: StartedProduct, asset: string): Promise<number> {
  let id: number | undefined;
  await until(`a ticket of ${asset} is open`, async () => {
    const tickets = await api.tickets(`&subject=${encodeURIComponent(`meadow/${asset}`)}`);
    id = tickets.find(({ closed }) => closed === null)?.id;
    return id !== undefined;
  });
  return id ?? 0;
}
