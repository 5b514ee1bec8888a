import { type Kysely, sql } from 'kysely';
import type { Tables } from '../db/schema.ts';
import { ChainCheck, type Walked } from './check.ts';
import { dateOf, type Tell } from './faults.ts';
import { type HeadsRead, readHeads } from './heads.ts';
import { readErased, storedRows, strayContents } from './rows.ts';

export interface AuditProof extends Walked {
  /** How many faults were told. */
  readonly faults: number;
  /** Lines of the file of heads that count; null when it was left out. */
  readonly heads: number | null;
  /** Time of the last of them, epoch milliseconds. */
  readonly lastHead: number | null;
}

export interface VerifyOptions {
  /** `audit-heads.log`; null leaves it out, and then a cut end is not found. */
  readonly headsFile: string | null;
  readonly tell: Tell;
  readonly progress?: (done: number, total: number) => void;
}

/** A running cloud notes the last row every day; two days leave it time to be late. */
const headsLate = 2 * 24 * 3_600_000;

/**
 * Goes through the whole log and tells every fault. The log is read as it stands at one moment, so others may append
 * meanwhile.
 * @param db a connection for this alone: it is held until the end
 */
export async function verifyAudit(db: Kysely<Tables>, options: VerifyOptions): Promise<AuditProof> {
  const { headsFile } = options;
  let faults = 0;
  const tell: Tell = (fault) => {
    faults += 1;
    options.tell(fault);
  };
  // Before the rows: one noted in between would look as if the end were cut off.
  const noted = headsFile === null ? null : await readHeads(headsFile);
  if (noted === null && headsFile !== null) {
    const message = `There is no ${headsFile}, so a cut end would not be found.`;
    tell({ kind: 'heads-missing', row: null, message });
  }
  if (noted !== null) tellDamage(noted, tell);
  const heads = noted?.heads ?? [];
  let walked: Walked = { rows: 0, erased: 0, last: 0, lastAt: null };
  try {
    walked = await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute((tx) => walk(tx, heads, { ...options, tell }));
  } catch (error) {
    const message = `The log cannot be read to its end: ${error instanceof Error ? error.message : error}`;
    tell({ kind: 'unreadable', row: null, message });
  }
  const lastHead = heads.at(-1)?.at ?? null;
  if (lastHead !== null && walked.lastAt !== null && walked.lastAt - lastHead > headsLate) {
    const message = `The last row was noted on ${dateOf(lastHead)}, and rows were added until ${dateOf(walked.lastAt)}: lines of the file are missing, or could not be written.`;
    tell({ kind: 'heads-behind', row: null, message });
  }
  return { ...walked, faults, heads: noted === null ? null : heads.length, lastHead };
}

async function walk(
  tx: Kysely<Tables>,
  heads: HeadsRead['heads'],
  { tell, progress }: VerifyOptions,
): Promise<Walked> {
  const total = await lastNumber(tx);
  const check = new ChainCheck({ erased: await readErased(tx), heads }, tell);
  let done = 0;
  for await (const rows of storedRows(tx)) {
    for (const row of rows) check.row(row);
    done += rows.length;
    progress?.(Math.min(done, total), total);
  }
  const walked = check.end();
  for await (const digests of strayContents(tx)) {
    for (const digest of digests) {
      const message = `A content belongs to no row: ${digest}.`;
      tell({ kind: 'content-stray', row: null, message });
    }
  }
  return walked;
}

/** As text on the way, for a damaged one may be beyond what JavaScript counts exactly. */
async function lastNumber(tx: Kysely<Tables>): Promise<number> {
  const last = await tx
    .selectFrom('audit')
    .select(sql<string | null>`cast(max(number) as text)`.as('number'))
    .executeTakeFirst();
  return Number(last?.number ?? 0);
}

function tellDamage({ damaged, torn }: HeadsRead, tell: Tell): void {
  for (const line of damaged) {
    const message = `Line ${line} of the file of heads was changed, or lines before it were removed.`;
    tell({ kind: 'heads-damaged', row: null, message });
  }
  if (!torn) return;
  const message = 'The last line of the file of heads is cut off.';
  tell({ kind: 'heads-damaged', row: null, message });
}
