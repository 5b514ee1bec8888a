import { join } from 'node:path';
import type { ReadingValue } from '@caretaker/readings';
import { openSqliteScan } from '@caretaker/readings/sqlite';

/** A reading as the cloud's file holds it. */
export interface Row {
  readonly at: number;
  /** A flag is 1 or 0. */
  readonly value: number | string;
}

/**
 * Reads the cloud's store beside the process that writes it, every row of it.
 * @param points full point ids with the type of each
 * @returns rows by point, ascending by time
 */
export async function storedRows(
  folder: string,
  points: ReadonlyMap<string, 'number' | 'state' | 'flag'>,
  from: number,
  to: number,
): Promise<Map<string, Row[]>> {
  const ids = [...points.keys()];
  const rows = new Map<string, Row[]>(ids.map((id) => [id, []]));
  const scan = openSqliteScan(join(folder, 'cloud/readings.db'));
  try {
    for await (const batch of scan.scanColumns(from, to, ids)) {
      for (let i = 0; i < batch.length; i += 1) {
        const id = ids[batch.point[i] ?? -1] ?? '';
        const value = batch.value[i] ?? Number.NaN;
        const word = points.get(id) === 'state' ? batch.words[value] : value;
        rows.get(id)?.push({ at: batch.at[i] ?? Number.NaN, value: word ?? Number.NaN });
      }
    }
  } finally {
    scan.close();
  }
  return rows;
}

/** A value as a row holds it. */
export function asStored(value: ReadingValue): number | string {
  return typeof value === 'boolean' ? Number(value) : value;
}
