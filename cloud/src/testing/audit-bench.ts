import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { AuditChain, readHead } from '../audit/chain.ts';
import type { AuditFault } from '../audit/faults.ts';
import { noteHead } from '../audit/heads.ts';
import { verifyAudit } from '../audit/verify.ts';
import { type Database, openDatabase, type Tx } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';
import { temporaryFolder } from './cloud.ts';
import type { Fresh } from './database-suite.ts';

export const day = 24 * 3_600_000;
export const began = Date.UTC(2026, 2, 1);

type Rows = {
  readonly [T in 'audit' | 'audit_content']: readonly Record<string, unknown>[];
};

/** An audit log of its own, and what may happen to it. */
export interface AuditBench {
  readonly database: Database;
  readonly chain: AuditChain;
  readonly config: Fresh['config'];
  readonly headsFile: string;
  append(count: number, more?: { at?: number; person?: string }): Promise<void>;
  erase(person: string): Promise<number>;
  note(at: number): Promise<void>;
  faults(headsFile?: string | null): Promise<AuditFault[]>;
  /** What somebody with full rights on the database can do: no trigger hinders him. */
  unlock(): Promise<void>;
  keep(): Promise<Rows>;
  /** The tables as they were kept; only once unlocked. */
  restore(rows: Rows): Promise<void>;
  drop(): Promise<void>;
}

export async function auditBench(make: () => Promise<Fresh>): Promise<AuditBench> {
  const fresh = await make();
  const folder = await temporaryFolder();
  const headsFile = join(folder.path, 'audit-heads.log');
  const database = await openDatabase(fresh.config);
  const chain = new AuditChain();
  let count = 0;
  const write = <T>(work: (tx: Tx) => Promise<T>) => database.write(work);
  return {
    database,
    chain,
    config: fresh.config,
    headsFile,
    append: (many, { at = began, person } = {}) =>
      write(async (tx) => {
        for (let k = 0; k < many; k += 1) {
          count += 1;
          await chain.append(tx, entryOf(count, at, person));
        }
      }),
    erase: (person) => write((tx) => chain.erase(tx, { person, at: began, actor: 'system' })),
    note: async (at) => noteHead(headsFile, await readHead(database.read), at),
    faults: (file = headsFile) => faultsOf(database.read, file),
    unlock: () => unlock(database.read, fresh.config.engine),
    keep: () => keep(database.read),
    restore: (rows) => restore(database, rows),
    async drop() {
      await database.close();
      await fresh.drop();
      await folder.remove();
    },
  };
}

export function entryOf(k: number, at = began, person?: string) {
  const actor = person === undefined ? 'person:lin' : `person:${person}`;
  const detail = { metric: 'slam_db', from: k, to: k + 1, note: 'Größe 门' };
  return { at: at + k, actor, action: 'limit.change', object: `point:court/gate-${k}`, detail };
}

export async function faultsOf(
  db: Kysely<Tables>,
  headsFile: string | null,
): Promise<AuditFault[]> {
  const faults: AuditFault[] = [];
  const proof = await verifyAudit(db, { headsFile, tell: (fault) => faults.push(fault) });
  if (proof.faults !== faults.length) throw new Error('faults are not counted');
  return faults;
}

async function unlock(db: Kysely<Tables>, engine: Fresh['config']['engine']): Promise<void> {
  if (engine === 'postgres') {
    await sql`alter table audit disable trigger user`.execute(db);
    await sql`alter table audit_content disable trigger user`.execute(db);
    return;
  }
  const found = await sql<{ name: string }>`
    select name from sqlite_master where type = 'trigger' and name like 'audit%'`.execute(db);
  for (const { name } of found.rows) await sql`drop trigger ${sql.ref(name)}`.execute(db);
}

async function keep(db: Kysely<Tables>): Promise<Rows> {
  return {
    audit: await db.selectFrom('audit').selectAll().orderBy('number').execute(),
    audit_content: await db.selectFrom('audit_content').selectAll().execute(),
  };
}

async function restore(database: Database, rows: Rows): Promise<void> {
  await database.write(async (tx) => {
    for (const table of ['audit', 'audit_content'] as const) {
      await tx.deleteFrom(table).execute();
      // Kysely knows the columns of one table at a time.
      await tx
        .insertInto(table as 'audit')
        .values([...rows[table]] as unknown as Tables['audit'][])
        .execute();
    }
  });
}
