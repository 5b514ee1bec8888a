import type { Reading } from '../reading.ts';
import type { ReadingStore } from '../store.ts';

/** The store of one suite, and points that no other test of it uses. */
export interface Bench {
  store(): ReadingStore;
  reopen(): Promise<ReadingStore>;
  /** An estate of its own for one test. */
  estate(): string;
}

/** All batches of a scan, in one list. */
export async function collect(
  batches: AsyncIterable<readonly Reading[]>,
): Promise<readonly Reading[]> {
  return (await Array.fromAsync(batches)).flat();
}
