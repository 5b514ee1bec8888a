import type { Estate } from '@caretaker/devices/model';
import type { Fault } from '@caretaker/readings/base';
import type { Standard } from '@caretaker/standards';
import type { BacktestResult } from '../contract/index.ts';
import type { Standards } from './compare.ts';
import type { DraftFile } from './draft.ts';

/** Where the readings are: the worker opens its own connection. */
export type ReadingsSource =
  | { readonly store: 'sqlite'; readonly file: string }
  | { readonly store: 'influx1'; readonly url: string; readonly database: string };

/** One backtest, whole. */
export interface BacktestOrder {
  readonly source: ReadingsSource;
  readonly standards: Standards;
  readonly estates: readonly Estate[];
  readonly from: number;
  readonly to: number;
  readonly horizon: number;
}

/** What a worker is started with. */
export type WorkerOrder =
  | ({ readonly type: 'backtest' } & BacktestOrder)
  | {
      readonly type: 'draft';
      readonly files: readonly DraftFile[];
      readonly inForce: Standard;
    };

/** What the worker tells; the last one of them is not `progress`. */
export type BacktestNews =
  | { readonly type: 'progress'; readonly done: number; readonly readings: number }
  | { readonly type: 'done'; readonly result: Omit<BacktestResult, 'elapsedMs'> }
  | { readonly type: 'draft'; readonly standard: Standard }
  | {
      readonly type: 'failed';
      readonly fault: Fault;
      /** Every fault of a draft. */
      readonly faults: readonly Fault[];
    };
