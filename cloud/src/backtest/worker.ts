import { parentPort, workerData } from 'node:worker_threads';
import { CaretakerError, type Fault, systemClock } from '@caretaker/readings/base';
import type { BacktestNews, BacktestOrder } from './order.ts';
import { backtest, openScan } from './work.ts';

/* Entry of the thread of one backtest: a scan would hold any event loop, and nothing else runs on this one. */

const port = parentPort;
if (port === null) throw new Error('This file runs as a worker thread only');
const order = workerData as BacktestOrder;
const every = 100;

async function run(tell: (news: BacktestNews) => void): Promise<void> {
  let told = Number.NEGATIVE_INFINITY;
  const scan = await openScan(order.source, order.estates);
  try {
    const result = await backtest(order, scan, (done, readings) => {
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

function faultOf(error: unknown): Fault {
  if (error instanceof CaretakerError) {
    const { code, message, next, where } = error;
    return {
      code,
      message,
      ...(next === undefined ? {} : { next }),
      ...(where === undefined ? {} : { where }),
    };
  }
  return {
    code: 'CLOUD_BACKTEST_FAILED',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    next: 'This is a fault of ours, please report it.',
  };
}

try {
  await run((news) => port.postMessage(news));
} catch (error) {
  port.postMessage({ type: 'failed', fault: faultOf(error) } satisfies BacktestNews);
}
