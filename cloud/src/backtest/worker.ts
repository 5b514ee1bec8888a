import { parentPort, workerData } from 'node:worker_threads';
import { CaretakerError, type Fault, FaultsError, systemClock } from '@caretaker/readings/base';
import { standardWith } from './draft.ts';
import type { BacktestNews, WorkerOrder } from './order.ts';
import { keptEstates } from './surroundings.ts';
import { backtest, openScan } from './work.ts';

/* Entry of the thread of one backtest: a scan would hold any event loop, and nothing else runs on this one. */

const port = parentPort;
if (port === null) throw new Error('This file runs as a worker thread only');
const order = workerData as WorkerOrder;
const every = 100;

async function run(tell: (news: BacktestNews) => void): Promise<void> {
  if (order.type === 'draft') {
    tell({ type: 'draft', standard: standardWith(order.files, order.inForce) });
    return;
  }
  let told = Number.NEGATIVE_INFINITY;
  const estates = 'ids' in order.estates ? await keptEstates(order.estates) : order.estates;
  const scan = await openScan(order.source, estates);
  try {
    const result = await backtest({ ...order, estates }, scan, (done, readings) => {
      const now = systemClock.monotonic();
      if (now - told < every) return;
      told = now;
      tell({ type: 'progress', done, readings });
    });
    tell({ type: 'done', result });
  } finally {
    await scan.close();
  }
}

/** Errors lose their fields on the way between threads. */
function failureOf(error: unknown): BacktestNews {
  if (error instanceof FaultsError) {
    return { type: 'failed', fault: plain(error), faults: error.faults.map(plain) };
  }
  if (error instanceof CaretakerError) return { type: 'failed', fault: plain(error), faults: [] };
  const fault = {
    code: 'CLOUD_BACKTEST_FAILED',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    next: 'This is a fault of ours, please report it.',
  };
  return { type: 'failed', fault, faults: [] };
}

function plain({ code, message, next, where }: Fault): Fault {
  return {
    code,
    message,
    ...(next === undefined ? {} : { next }),
    ...(where === undefined ? {} : { where }),
  };
}

try {
  await run((news) => port.postMessage(news));
} catch (error) {
  port.postMessage(failureOf(error));
}
