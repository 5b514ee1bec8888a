import type { Reading } from '../reading.ts';
import type { DescribePoint, RawRetention, ReadingColumns, ReadingStore } from '../store.ts';
import { describeContractPoint } from './series.ts';

/** With what a store is opened again; as before where nothing is said. */
export interface Reopening {
  readonly describe?: DescribePoint;
  readonly rawRetentionMs?: RawRetention;
}

/** The store of one suite, and points that no other test of it uses. */
export interface Bench {
  store(): ReadingStore;
  reopen(change?: Reopening): Promise<ReadingStore>;
  /** An estate of its own for one test. */
  estate(): string;
}

/** All batches of a scan, in one list. */
export async function collect(
  batches: AsyncIterable<readonly Reading[]>,
): Promise<readonly Reading[]> {
  return (await Array.fromAsync(batches)).flat();
}

/** The rows of a scan by columns as readings of contract points. */
export async function collectColumns(
  batches: AsyncIterable<ReadingColumns>,
  points: readonly string[],
): Promise<readonly Omit<Reading, 'stamped'>[]> {
  const readings: Omit<Reading, 'stamped'>[] = [];
  for await (const columns of batches) {
    for (let k = 0; k < columns.length; k += 1) {
      const point = points[columns.point[k] as number] as string;
      readings.push({
        point,
        at: columns.at[k] as number,
        received: columns.received[k] as number,
        value: worth(point, columns.value[k] as number, columns.words),
        history: columns.history[k] === 1,
      });
    }
  }
  return readings;
}

function worth(point: string, value: number, words: readonly string[]): Reading['value'] {
  const type = describeContractPoint(point)?.type;
  if (type === 'number') return value;
  return type === 'flag' ? value === 1 : (words[value] as string);
}

/** What a scan by columns tells of a reading. */
export function withoutStamp({ stamped: _, ...reading }: Reading): Omit<Reading, 'stamped'> {
  return reading;
}
