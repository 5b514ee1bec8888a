import type { Estate } from '@caretaker/devices/model';
import type { Fault } from '@caretaker/readings/base';
import type { Standard } from '@caretaker/standards';
import type { BacktestResult } from '../contract/index.ts';
import type { DatabaseConfig } from '../db/database.ts';
import type { ReadingsPlace } from '../readings-config.ts';
import type { Standards } from './compare.ts';
import type { DraftFile } from './draft.ts';

/** Where the readings are: the worker opens its own connection. */
export type ReadingsSource =
  | ReadingsPlace
  | { readonly store: 'influx1'; readonly url: string; readonly database: string };

/**
 * Estates that the worker reads itself, with the limits in force at an instant: handing over a large one would
 * hold the event loop for as long as copying it takes (0.4 s for 100,000 points).
 */
export interface KeptEstates {
  readonly database: DatabaseConfig;
  readonly ids: readonly string[];
  readonly at: number;
}

/** One backtest, whole. */
export interface BacktestOrder {
  readonly source: ReadingsSource;
  readonly standards: Standards;
  readonly estates: readonly Estate[];
  readonly from: number;
  readonly to: number;
  readonly horizon: number;
}

/** The same for a worker. */
export interface WorkerBacktest extends Omit<BacktestOrder, 'estates'> {
  readonly estates: BacktestOrder['estates'] | KeptEstates;
}

/** What a worker is started with. */
export type WorkerOrder =
  | ({ readonly type: 'backtest' } & WorkerBacktest)
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
