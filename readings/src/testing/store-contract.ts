import { afterAll, beforeAll, describe } from 'vitest';
import type { ReadingStore } from '../store.ts';
import type { Bench } from './bench.ts';
import { modelContract } from './store-model.ts';
import { readContract } from './store-reads.ts';
import { writeContract } from './store-writes.ts';

/** A started store under test, made with `describeContractPoint`. */
export interface StoreUnderTest {
  readonly store: ReadingStore;
  /** Stops it and starts another over the same data. */
  reopen(): Promise<ReadingStore>;
  /** Stops whatever runs and removes the data. */
  dispose(): Promise<void>;
}

/**
 * What every store of readings must do, as one suite. A number in `readingStoreContract` is an estate, so
 * all its tests share one store.
 * @param runs of the comparison with a naive model; a store on a network gets fewer.
 */
export function readingStoreContract(
  name: string,
  make: () => Promise<StoreUnderTest>,
  runs = 100,
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
      async reopen() {
        store = await made.reopen();
        return store;
      },
      estate: () => `estate-${estates++}`,
    };
    writeContract(bench);
    readContract(bench);
    modelContract(bench, runs);
  });
}
