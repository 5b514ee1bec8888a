import { stringify } from 'csv-stringify/sync';
import type { Kysely } from 'kysely';
import type { Tables } from '../db/schema.ts';
import { type Period, type StoredRow, storedRows } from './rows.ts';

export type ExportFormat = 'jsonl' | 'csv';

const columns = [
  'number',
  'time',
  'actor',
  'action',
  'object',
  'person',
  'detail',
  'digest',
  'previous',
  'marks',
  'hash',
];

/**
 * The log as text, some rows at a time, with the end of each line. JSON lines hold all that is needed to prove the
 * chain again; CSV is for spreadsheets: what such a program would take for a formula begins with an apostrophe.
 * @param db a connection for this alone on SQLite, where readers of one connection wait for each other
 */
export async function* exportAudit(
  db: Kysely<Tables>,
  format: ExportFormat,
  period: Period = {},
): AsyncGenerator<string> {
  if (format === 'csv') yield stringify([columns]);
  for await (const rows of storedRows(db, period)) {
    yield format === 'csv'
      ? stringify(rows.map(cellsOf), { escape_formulas: true })
      : rows.map((row) => `${JSON.stringify(recordOf(row))}\n`).join('');
  }
}

function recordOf({ kept, ...row }: StoredRow) {
  return {
    ...row,
    number: Number(row.number),
    at: Number(row.at),
    erased: kept === null,
    person: kept?.person ?? null,
    salt: kept?.salt ?? null,
    content: kept?.content ?? null,
  };
}

function cellsOf({ kept, ...row }: StoredRow): (string | null)[] {
  return [
    row.number,
    timeOf(row.at),
    row.actor,
    row.action,
    row.object,
    kept?.person ?? null,
    kept?.content ?? null,
    row.digest,
    row.previous,
    row.marks,
    row.hash,
  ];
}

/** ISO 8601; a damaged time as it stands. */
function timeOf(at: string): string {
  const time = new Date(Number(at));
  return Number.isNaN(time.getTime()) ? at : time.toISOString();
}
