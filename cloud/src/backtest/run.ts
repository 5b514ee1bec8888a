import { Worker } from 'node:worker_threads';
import { CaretakerError, FaultsError, systemClock } from '@caretaker/readings/base';
import type { Standard } from '@caretaker/standards';
import type { BacktestResult } from '../contract/index.ts';
import type { DraftFile } from './draft.ts';
import type { BacktestNews, WorkerBacktest, WorkerOrder } from './order.ts';

/**
 * Runs a backtest in a thread of its own with its own connection to the readings.
 * @param progress the share done, 0 to 1, and readings judged so far, about ten times a second
 * @param cancel ends it at once
 * @throws CaretakerError `CLOUD_BACKTEST_CANCELLED`, or what the store or the engine says
 */
export async function runBacktest(
  order: WorkerBacktest,
  progress: (done: number, readings: number) => void,
  cancel: AbortSignal,
): Promise<BacktestResult> {
  const began = systemClock.monotonic();
  const news = await inWorker({ type: 'backtest', ...order }, progress, cancel);
  if (news.type !== 'done') throw new Error('the worker did something else');
  return { ...news.result, elapsedMs: Math.round(systemClock.monotonic() - began) };
}

/**
 * `standardWith` in a thread of its own: to read a whole standard takes long enough to be felt.
 * @throws FaultsError `STANDARDS_INVALID`
 */
export async function draftApart(
  files: readonly DraftFile[],
  inForce: Standard,
  cancel: AbortSignal,
): Promise<Standard> {
  const news = await inWorker({ type: 'draft', files, inForce }, () => {}, cancel);
  if (news.type !== 'draft') throw new Error('the worker did something else');
  return news.standard;
}

type Last = Exclude<BacktestNews, { type: 'progress' } | { type: 'failed' }>;

function inWorker(
  order: WorkerOrder,
  progress: (done: number, readings: number) => void,
  cancel: AbortSignal,
): Promise<Last> {
  return new Promise((resolve, reject) => {
    if (cancel.aborted) {
      reject(cancelled());
      return;
    }
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: order });
    const end = (settle: () => void) => {
      cancel.removeEventListener('abort', abort);
      settle();
      // Harmless when it has ended already.
      void worker.terminate();
    };
    const abort = () => end(() => reject(cancelled()));
    cancel.addEventListener('abort', abort);
    worker.on('message', (news: BacktestNews) => {
      if (news.type === 'progress') progress(news.done, news.readings);
      else end(() => (news.type === 'failed' ? reject(errorOf(news)) : resolve(news)));
    });
    worker.on('error', (cause) => end(() => reject(broken(cause))));
    worker.on('exit', () => end(() => reject(broken(new Error('its thread has ended')))));
  });
}

function errorOf({ fault, faults }: Extract<BacktestNews, { type: 'failed' }>): CaretakerError {
  if (faults.length === 0) return new CaretakerError(fault);
  const [summary = ''] = fault.message.split('\n');
  return new FaultsError(fault.code, summary, faults);
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
