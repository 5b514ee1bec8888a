import { Worker } from 'node:worker_threads';
import { CaretakerError, systemClock } from '@caretaker/readings/base';
import type { BacktestResult } from '../contract/index.ts';
import type { BacktestNews, BacktestOrder } from './order.ts';

/**
 * Runs a backtest in a thread of its own with its own connection to the readings.
 * @param progress the share done, 0 to 1, and readings judged so far, about ten times a second
 * @param cancel ends it at once
 * @throws CaretakerError `CLOUD_BACKTEST_CANCELLED`, or what the store or the engine says
 */
export function runBacktest(
  order: BacktestOrder,
  progress: (done: number, readings: number) => void,
  cancel: AbortSignal,
): Promise<BacktestResult> {
  const began = systemClock.monotonic();
  return new Promise((resolve, reject) => {
    if (cancel.aborted) {
      reject(cancelled());
      return;
    }
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: order });
    const end = () => {
      cancel.removeEventListener('abort', abort);
      // Harmless when it has ended already.
      void worker.terminate();
    };
    const abort = () => {
      end();
      reject(cancelled());
    };
    cancel.addEventListener('abort', abort);
    worker.on('message', (news: BacktestNews) => {
      if (news.type === 'progress') progress(news.done, news.readings);
      else if (news.type === 'failed') reject(new CaretakerError(news.fault));
      else {
        resolve({ ...news.result, elapsedMs: Math.round(systemClock.monotonic() - began) });
      }
      if (news.type !== 'progress') end();
    });
    worker.on('error', (cause) => {
      end();
      reject(broken(cause));
    });
    worker.on('exit', () => {
      end();
      reject(broken(new Error('its thread has ended')));
    });
  });
}

function cancelled(): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_BACKTEST_CANCELLED',
    message: 'The backtest was cancelled.',
  });
}

function broken(cause: unknown): CaretakerError {
  return new CaretakerError(
    {
      code: 'CLOUD_BACKTEST_FAILED',
      message: `The backtest broke off: ${cause instanceof Error ? cause.message : String(cause)}`,
      next: 'Take a shorter period or one estate.',
    },
    { cause },
  );
}
