import type { DatabaseSync } from 'node:sqlite';
import { HOUR, hourOf } from '../store/rollup.ts';
import { encodeHour } from './hour-blob.ts';
import { type LandedRow, rollupOfRows, rowsOfLanded } from './hour-rows.ts';
import { encodeRollup } from './rollup-blob.ts';
import { hourId, isOfSchema1, SLOT } from './schema.ts';
import { writeIn } from './transaction.ts';

/** Rows of one transaction. */
const PAGE = 50_000;

/** at, value, lag, flags of schema 1. */
type OldRow = readonly [number, number | string, number, number];

/**
 * Folds the readings of schema 1 into hours, some 500,000 a second. Each part is moved whole, so that it goes on
 * where it was when it is broken off.
 */
export function migrate(database: DatabaseSync): void {
  if (!isOfSchema1(database)) return;
  const move = mover(database);
  const series = database.prepare('SELECT id, type FROM series ORDER BY id').all();
  for (const { id, type } of series) {
    while (writeIn(database, () => move(Number(id), Number(type))));
  }
  database.exec('DROP TABLE reading');
}

/** @returns a function that moves the oldest readings of a series; false when there are none */
function mover(database: DatabaseSync): (series: number, type: number) => boolean {
  const some = database.prepare(
    'SELECT at, value, lag, flags FROM reading WHERE series = ? AND at < ? ORDER BY at LIMIT ?',
  );
  some.setReturnArrays(true);
  const put = database.prepare('INSERT INTO hour (id, rollup, readings) VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM reading WHERE series = ? AND at < ?');
  const select = (series: number, to: number, limit: number) =>
    some.all(series, to, limit) as unknown as OldRow[];
  return (series, type) => {
    let rows = select(series, Number.MAX_SAFE_INTEGER, PAGE);
    const [first, last] = [rows[0]?.[0], rows.at(-1)?.[0]];
    if (first === undefined || last === undefined) return false;
    // Whole hours only; of a single hour with more rows all are needed.
    let end = rows.length < PAGE ? hourOf(last) + HOUR : hourOf(last);
    if (end <= first) {
      end = hourOf(first) + HOUR;
      rows = select(series, end, Number.MAX_SAFE_INTEGER);
    }
    const within = rows.filter(([at]) => at < end);
    for (const [hour, part] of Map.groupBy(within, ([at]) => hourOf(at))) {
      const folded = rowsOfLanded(type, part.map(landed));
      const rollup = encodeRollup(rollupOfRows(hour, type, folded));
      put.run(hourId(series, hour), rollup, encodeHour(hour, folded));
    }
    remove.run(series, end);
    return true;
  };
}

function landed([at, value, lag, flags]: OldRow): LandedRow {
  const slot = Math.floor(at / SLOT);
  return [0, slot, at - slot * SLOT, value, lag, flags];
}
