import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { AuditRow } from '../contract/index.ts';
import type { Tables } from '../db/schema.ts';

/** Number of the last row of the page before. */
export const auditKey = z.number();

export interface AuditQuery {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly object?: string | undefined;
  /** UTC epoch milliseconds, [from, to). */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly limit: number;
  readonly after: number | null;
}

/** Rows of the log with their content, the newest first. An action may be given by its noun alone. */
export async function listAudit(db: Kysely<Tables>, query: AuditQuery): Promise<AuditRow[]> {
  const { actor, action, object, from, to, after } = query;
  let select = db
    .selectFrom('audit as a')
    .leftJoin('audit_content as c', 'c.digest', 'a.digest')
    .select(['a.number', 'a.at', 'a.actor', 'a.action', 'a.object', 'c.content'])
    .orderBy('a.number', 'desc')
    .limit(query.limit);
  if (actor !== undefined) select = select.where('a.actor', '=', actor);
  if (object !== undefined) select = select.where('a.object', '=', object);
  if (action !== undefined) {
    // Of "person" everything from "person." to before "person/": no pattern, so nothing to escape.
    select = action.includes('.')
      ? select.where('a.action', '=', action)
      : select.where('a.action', '>=', `${action}.`).where('a.action', '<', `${action}/`);
  }
  if (from !== undefined) select = select.where('a.at', '>=', from);
  if (to !== undefined) select = select.where('a.at', '<', to);
  if (after !== null) select = select.where('a.number', '<', after);
  const rows = await select.execute();
  const names = await namesOf(db, new Set(rows.map((row) => row.actor)));
  return rows.map(({ number, at, action: what, object: on, content, actor: who }) => ({
    ...{ number: Number(number), at: Number(at), action: what, object: on },
    actor: { ...actorOf(who), name: names.get(who) ?? null },
    detail: content === null ? null : JSON.parse(content),
  }));
}

/** @returns how many rows there are, for they are numbered without a gap */
export async function countAudit(db: Kysely<Tables>): Promise<number> {
  const { rows } = await db
    .selectFrom('audit')
    .select(({ fn }) => fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow();
  return Number(rows);
}

function actorOf(actor: string): { kind: string; id: string | null } {
  const at = actor.indexOf(':');
  return at < 0 ? { kind: actor, id: null } : { kind: actor.slice(0, at), id: actor.slice(at + 1) };
}

/** Names of people, and of tokens by their owner, while they are not erased. */
async function namesOf(
  db: Kysely<Tables>,
  actors: ReadonlySet<string>,
): Promise<Map<string, string>> {
  const idsOf = (kind: string) =>
    [...actors]
      .filter((one) => one.startsWith(`${kind}:`))
      .map((one) => one.slice(kind.length + 1));
  const names = new Map<string, string>();
  const people = idsOf('person');
  if (people.length > 0) {
    const rows = await db
      .selectFrom('people')
      .select(['id', 'name'])
      .where('id', 'in', people)
      .where('erased', 'is', null)
      .execute();
    for (const { id, name } of rows) names.set(`person:${id}`, name);
  }
  const tokens = idsOf('token');
  if (tokens.length > 0) {
    const rows = await db
      .selectFrom('api_tokens as t')
      .innerJoin('people as p', 'p.id', 't.person')
      .select(['t.id', 't.name', 'p.name as owner'])
      .where('t.id', 'in', tokens)
      .execute();
    for (const { id, name, owner } of rows) names.set(`token:${id}`, `${owner} (${name})`);
  }
  return names;
}
