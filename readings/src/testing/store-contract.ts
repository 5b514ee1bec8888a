import { afterAll, beforeAll, describe } from 'vitest';
import type { ReadingStore } from '../store.ts';
import type { Bench, Reopening } from './bench.ts';
import { lateContract } from './store-late.ts';
import { modelContract } from './store-model.ts';
import { readContract } from './store-reads.ts';
import { retentionContract } from './store-retention.ts';
import { writeContract } from './store-writes.ts';

/** A started store under test, made with `describeContractPoint`. */
export interface StoreUnderTest {
  readonly store: ReadingStore;
  /** Stops it and starts another over the same data, made as `change` says. */
  reopen(change?: Reopening): Promise<ReadingStore>;
  /** Stops whatever runs and removes the data. */
  dispose(): Promise<void>;
}

export interface ContractOptions {
  /** Runs of the comparison with a naive model; a store on a network gets fewer. */
  readonly runs?: number;
  /** False for a store that keeps raw readings for ever and has no rollups. */
  readonly retention?: boolean;
}

/**
 * What every store of readings must do, as one suite. A number in `readingStoreContract` is an estate, so
 * all its tests share one store.
 */
export function readingStoreContract(
  name: string,
  make: () => Promise<StoreUnderTest>,
  { runs = 100, retention = true }: ContractOptions = {},
): void {
  describe(name, () => {
    let made: StoreUnderTest;
    let store: ReadingStore;
    let estates = 0;
    beforeAll(async () => {
      made = await make();
      store = made.store;
    });
    afterAll(() => made.dispose());
    const bench: Bench = {
      store: () => store,
      async reopen(change) {
        store = await made.reopen(change);
        return store;
      },
      estate: () => `estate-${estates++}`,
    };
    writeContract(bench);
    readContract(bench);
    lateContract(bench);
    modelContract(bench, runs);
    // Last: what is let go of is gone for the whole suite.
    if (retention) retentionContract(bench);
  });
}
