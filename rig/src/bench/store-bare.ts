import { DatabaseSync } from 'node:sqlite';
import { cadence, instantOf, monthMs, monthRows, type Side, start, worthOf } from './store-load.ts';

/**
 * What one writes first: `node:sqlite`, one table by series and time, a prepared insert, the settings of our own
 * store. It keeps nothing but instant and value.
 */
export async function bareTable(file: string, points: number): Promise<Side> {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 20000;
    PRAGMA cache_size = -32000;
    CREATE TABLE reading (s INTEGER, ts INTEGER, v REAL, PRIMARY KEY (s, ts)) WITHOUT ROWID;
  `);
  const insert = database.prepare('INSERT INTO reading VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  // Numbers are bound as REAL: without the cast each row would be a bucket of its own.
  const month = database.prepare(`
    SELECT CAST((ts - ?1) * 500 / (?2 - ?1) AS INTEGER) AS bucket,
           count(*) AS n, min(v) AS least, max(v) AS most, avg(v) AS mean
    FROM reading WHERE s = ?3 AND ts >= ?1 AND ts < ?2 GROUP BY bucket
  `);
  const last = database.prepare('SELECT ts, v FROM reading WHERE s = ? ORDER BY ts DESC LIMIT 1');
  const all = (rows: () => void) => {
    database.exec('BEGIN');
    rows();
    database.exec('COMMIT');
  };
  return {
    async write(first, count) {
      all(() => {
        for (let row = first; row < first + count; row += 1) {
          const p = row % points;
          insert.run(p, instantOf(Math.floor(row / points), p), worthOf(row));
        }
      });
    },
    async writeMonth() {
      all(() => {
        for (let i = 0; i < monthRows; i += 1) {
          insert.run(points, start - monthMs + i * cadence, worthOf(i));
        }
      });
    },
    async month() {
      const buckets = month.all(start - monthMs, start, points);
      return buckets.reduce((sum, { n }) => sum + Number(n), 0);
    },
    async latest() {
      let found = 0;
      for (let p = 0; p <= points; p += 1) if (last.get(p) !== undefined) found += 1;
      return found;
    },
    async close() {
      database.close();
    },
  };
}
