import { randomUUID } from 'node:crypto';
import { CaretakerError, type Clock, FaultsError, type Log } from '@caretaker/readings/base';
import type { Standard } from '@caretaker/standards';
import type { BacktestDetail, BacktestJob, BacktestRequest } from '../contract/index.ts';
import type { DatabaseConfig } from '../db/database.ts';
import { horizon } from '../host/engine-state.ts';
import type { KeptEstates, ReadingsSource, WorkerBacktest } from './order.ts';
import { draftApart, runBacktest } from './run.ts';
import { chosenEstates, periodOf } from './surroundings.ts';

/** More would only let people wait for an answer that they no longer want. */
const mostWaiting = 4;
/** Ended ones that are remembered. */
const mostEnded = 20;

export interface BacktestParts {
  readonly source: ReadingsSource;
  readonly database: DatabaseConfig;
  /** The standard in force now. */
  readonly standard: () => Standard;
  /** Ids of the estates. */
  readonly estates: () => readonly string[];
  readonly clock: Clock;
  readonly log: Log;
}

type KeptBacktest = WorkerBacktest & { readonly estates: KeptEstates };

interface Job {
  view: BacktestDetail;
  readonly order: KeptBacktest;
  readonly cancel: AbortController;
}

/**
 * Backtests that were asked for over the API: one at a time, a few that wait, the last that ended. They are
 * kept in memory only.
 */
export class Backtests {
  readonly #parts: BacktestParts;
  /** Oldest first. */
  readonly #jobs: Job[] = [];
  /** Drafts that are being read take a place too. */
  #reading = 0;
  readonly #stopped = new AbortController();
  #running: Promise<void> | null = null;

  constructor(parts: BacktestParts) {
    this.#parts = parts;
  }

  /** Newest first. */
  list(): BacktestJob[] {
    return this.#jobs.map(({ view: { result: _, ...job } }) => job).reverse();
  }

  /** @throws CaretakerError `CLOUD_BACKTEST_UNKNOWN` */
  get(id: string): BacktestDetail {
    return this.#find(id).view;
  }

  /**
   * Reads the draft and queues its backtest.
   * @param allowed estates that may be judged; null for all
   * @throws FaultsError `STANDARDS_INVALID` with every fault of the draft
   * @throws CaretakerError `CLOUD_BACKTEST_BUSY`, `CLOUD_BACKTEST_PERIOD`, `CLOUD_ESTATE_UNKNOWN`
   */
  async add(
    request: BacktestRequest,
    allowed: readonly string[] | null = null,
  ): Promise<BacktestDetail> {
    const { clock, source, database } = this.#parts;
    const standard = this.#parts.standard();
    const there = this.#parts.estates();
    const all = there
      .filter((id) => allowed === null || allowed.includes(id))
      .map((id) => ({ id }));
    const ids = chosenEstates(all, request.estate).map(({ id }) => id);
    const asked = clock.now();
    const estates = { database, ids, at: asked };
    const period = periodOf(request, asked);
    const waiting = this.#jobs.filter(({ view }) => view.state === 'waiting').length;
    if (waiting + this.#reading >= mostWaiting) throw busy();
    this.#reading += 1;
    try {
      const draft = await draftApart(request.files, standard, this.#stopped.signal);
      const standards = { draft, inForce: standard };
      return this.#queue({ source, standards, estates, ...period, horizon }, asked);
    } finally {
      this.#reading -= 1;
    }
  }

  /** Ends one that waits or runs; one that has ended is forgotten. */
  cancel(id: string): BacktestDetail {
    const job = this.#find(id);
    if (job.view.ended !== null) {
      this.#jobs.splice(this.#jobs.indexOf(job), 1);
      return job.view;
    }
    job.cancel.abort();
    this.#end(job, { state: 'cancelled' });
    return job.view;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    for (const job of this.#jobs) if (job.view.ended === null) job.cancel.abort();
    await this.#running;
  }

  #queue(order: KeptBacktest, asked: number): BacktestDetail {
    const { from, to, estates, standards } = order;
    const view: BacktestDetail = {
      id: randomUUID(),
      state: 'waiting',
      progress: 0,
      from,
      to,
      estates: [...estates.ids],
      draft: standards.draft.version,
      asked,
      ended: null,
      error: null,
      result: null,
    };
    this.#jobs.push({ view, order, cancel: new AbortController() });
    this.#running ??= this.#runAll().finally(() => {
      this.#running = null;
    });
    return view;
  }

  async #runAll(): Promise<void> {
    for (;;) {
      const job = this.#jobs.find(({ view }) => view.state === 'waiting');
      if (job === undefined || this.#stopped.signal.aborted) return;
      await this.#run(job);
    }
  }

  async #run(job: Job): Promise<void> {
    job.view = { ...job.view, state: 'running' };
    const progress = (done: number) => {
      job.view = { ...job.view, progress: Math.min(1, done) };
    };
    try {
      const result = await runBacktest(job.order, progress, job.cancel.signal);
      this.#end(job, { state: 'done', progress: 1, result });
    } catch (error) {
      if (job.view.ended !== null) return;
      this.#end(job, { state: 'failed', error: failure(error) });
      this.#parts.log.warn({ error: String(error) }, 'a backtest ended without a result');
    }
  }

  #end(job: Job, outcome: Partial<BacktestDetail>): void {
    job.view = { ...job.view, ...outcome, ended: this.#parts.clock.now() };
    const ended = this.#jobs.filter(({ view }) => view.ended !== null);
    for (const old of ended.slice(0, -mostEnded)) this.#jobs.splice(this.#jobs.indexOf(old), 1);
  }

  #find(id: string): Job {
    const job = this.#jobs.find(({ view }) => view.id === id);
    if (job !== undefined) return job;
    throw unknownBacktest(id);
  }
}

export function unknownBacktest(id: string): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_BACKTEST_UNKNOWN',
    message: `There is no backtest ${id}.`,
    next: 'See /api/backtests.',
  });
}

function failure(error: unknown): NonNullable<BacktestDetail['error']> {
  if (!(error instanceof CaretakerError) || error instanceof FaultsError) {
    return { code: 'CLOUD_BACKTEST_FAILED', message: 'The backtest broke off; the log says why.' };
  }
  const { code, message, next } = error;
  return next === undefined ? { code, message } : { code, message, next };
}

function busy(): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_BACKTEST_BUSY',
    message: `${mostWaiting} backtests wait already.`,
    next: 'Try again when one is done, or cancel one.',
  });
}
