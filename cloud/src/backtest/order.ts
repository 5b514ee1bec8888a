import type { Estate } from '@caretaker/devices/model';
import type { Fault } from '@caretaker/readings/base';
import type { BacktestResult } from '../contract/index.ts';
import type { Standards } from './compare.ts';

/** Where the readings are: the worker opens its own connection. */
export type ReadingsSource =
  | { readonly store: 'sqlite'; readonly file: string }
  | { readonly store: 'influx1'; readonly url: string; readonly database: string };

/** One backtest, whole: what a worker is started with. */
export interface BacktestOrder {
  readonly source: ReadingsSource;
  readonly standards: Standards;
  readonly estates: readonly Estate[];
  readonly from: number;
  readonly to: number;
  readonly horizon: number;
}

/** What the worker tells. */
export type BacktestNews =
  | { readonly type: 'progress'; readonly done: number; readonly readings: number }
  | { readonly type: 'done'; readonly result: Omit<BacktestResult, 'elapsedMs'> }
  | { readonly type: 'failed'; readonly fault: Fault };
