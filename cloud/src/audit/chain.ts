import { randomBytes } from 'node:crypto';
import { CaretakerError } from '@caretaker/readings/base';
import { type Kysely, sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';
import type { Audit } from '../identity/deed.ts';
import { digestOf, genesis, hashOf, marksOf } from './encoding.ts';
import { type AuditEntry, checkEntry, contentOf, eraseAction, personOf } from './entry.ts';
import { rangesOf } from './ranges.ts';

/** The last row: by it nobody can cut or rewrite what comes before unnoticed. */
export interface Head {
  /** 0 while there is no row. */
  readonly number: number;
  readonly hash: string;
}

export interface Erasure {
  /** Id of the person whose content goes. */
  readonly person: string;
  readonly at: number;
  readonly actor: string;
}

type Row = Pick<AuditEntry, 'at' | 'actor' | 'action' | 'object'> & { readonly digest: string };

/** So often may others be quicker; each time one of them has got its row. */
const mostTries = 1_000;

export async function readHead(db: Kysely<Tables>): Promise<Head> {
  const last = await db
    .selectFrom('audit')
    .select(['number', 'hash'])
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last ?? { number: 0, hash: genesis };
}

/** Appends to the chain. Any number of them, in any number of processes, make one chain. */
export class AuditChain {
  /** Where the next row goes if nobody came between, and if the last transaction was not undone. */
  #guess: Head | null = null;

  /**
   * Tells what is done in the same transaction. Call it last: on PostgreSQL another process that appends waits from
   * here to the end of the transaction.
   * @throws CaretakerError `CLOUD_AUDIT_ENTRY`, `CLOUD_AUDIT_BUSY`
   */
  async append(tx: Tx, entry: AuditEntry): Promise<void> {
    checkEntry(entry);
    await this.#add(tx, entry, personOf(entry), contentOf(entry.detail ?? {}));
  }

  /**
   * Removes what the log holds about a person, and says so in the log. The rows stay, with the digests of what was
   * there. The salts go too: nobody can find out by trying what it was, and whoever has a copy can still show that it
   * is the true one.
   * @returns how many rows have lost their content
   * @throws CaretakerError `CLOUD_AUDIT_ENTRY`, `CLOUD_AUDIT_BUSY`
   */
  async erase(tx: Tx, { person, at, actor }: Erasure): Promise<number> {
    const entry = { at, actor, action: eraseAction, object: `person:${person}` };
    checkEntry({ ...entry, action: 'person.erase', about: person });
    const held = await tx
      .selectFrom('audit_content as c')
      .innerJoin('audit as a', 'a.digest', 'c.digest')
      .select('a.number')
      .where('c.person', '=', person)
      .orderBy('a.number')
      .execute();
    const numbers = held.map((row) => row.number);
    await this.#add(tx, entry, null, JSON.stringify({ rows: rangesOf(numbers) }));
    // What another process appended since is not among those told of, and stays.
    const last = numbers.at(-1) ?? 0;
    await tx
      .deleteFrom('audit_content')
      .where('person', '=', person)
      .where('digest', 'in', (of) =>
        of.selectFrom('audit').select('digest').where('number', '<=', last),
      )
      .execute();
    return numbers.length;
  }

  async #add(
    tx: Tx,
    entry: Omit<Row, 'digest'>,
    person: string | null,
    content: string,
  ): Promise<void> {
    const { at, actor, action, object } = entry;
    const kept = { salt: randomBytes(16).toString('hex'), person, content };
    const digest = digestOf(kept);
    await tx
      .insertInto('audit_content')
      .values({ digest, ...kept })
      .execute();
    await this.#link(tx, { at, actor, action, object, digest });
  }

  /** One statement, unless somebody was quicker. */
  async #link(tx: Tx, row: Row): Promise<void> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const before = this.#guess ?? (await readHead(tx));
      const head = await appendAfter(tx, before, row);
      this.#guess = head;
      if (head !== null) return;
    }
    throw new CaretakerError({
      code: 'CLOUD_AUDIT_BUSY',
      message: 'Others write to the audit log so much that nothing could be added.',
      next: 'Try again.',
    });
  }
}

/** How other parts of the cloud tell the log what they do. */
export function auditInto(chain: AuditChain): Audit {
  return (tx, entry) => chain.append(tx, entry);
}

/**
 * Appends if `before` still is the last row. On PostgreSQL this waits for another transaction that has appended the
 * same number, and adds nothing if that one is committed.
 * @returns the new head; null when there is another row by now
 */
async function appendAfter(tx: Tx, before: Head, row: Row): Promise<Head | null> {
  const { at, actor, action, object, digest } = row;
  const number = before.number + 1;
  const said = { ...row, number: String(number), at: String(at), previous: before.hash };
  const marks = marksOf(said);
  const hash = hashOf(said, marks);
  const { rows } = await sql`
    insert into audit (number, at, actor, action, object, digest, previous, marks, hash)
    select cast(${number} as bigint), cast(${at} as bigint), ${actor}, ${action}, ${object},
      ${digest}, ${before.hash}, ${marks}, ${hash}
    where coalesce((select hash from audit order by number desc limit 1), ${genesis}) = ${before.hash}
    on conflict (number) do nothing
    returning number`.execute(tx);
  return rows.length === 0 ? null : { number, hash };
}
