import type { PlannedWork as Planned } from '@caretaker/standards/overlay';
import type { Selectable } from 'kysely';
import type { PlannedWork, PlannedWorkRequest } from '../contract/index.ts';
import type { Database, Tx } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';

type PlanRow = Selectable<Tables['planned_work']>;

/** Planned work as the overlay reads it, with what people said of it. */
export type Plan = Planned & PlannedWork;

function planOf(row: PlanRow): Plan {
  const { id, estate, reason, by, created, cancelled } = row;
  const scope = scopeOf(row);
  const written = { id, estate, scope, from: row.starts, to: row.ends, reason, by, created };
  return { ...written, cancelled, cancelledBy: row.cancelled_by };
}

function scopeOf({ scope_type: type, scope }: PlanRow): PlannedWork['scope'] {
  if (type === 'subject') return { type, subject: scope };
  return type === 'touchpoint' ? { type, touchpoint: scope } : { type, place: scope };
}

function wordOf(scope: PlannedWork['scope']): string {
  if (scope.type === 'subject') return scope.subject;
  return scope.type === 'touchpoint' ? scope.touchpoint : scope.place;
}

export async function insertPlan(
  tx: Tx,
  wish: PlannedWorkRequest,
  by: string,
  now: number,
): Promise<Plan> {
  const row = await tx
    .insertInto('planned_work')
    .values({
      estate: wish.estate,
      scope_type: wish.scope.type,
      scope: wordOf(wish.scope),
      starts: wish.from,
      ends: wish.to,
      reason: wish.reason,
      by,
      created: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return planOf(row);
}

/** @returns undefined when there is none, or it is over or called off already */
export async function cancelPlan(
  tx: Tx,
  id: number,
  by: string,
  now: number,
): Promise<Plan | undefined> {
  const row = await tx
    .updateTable('planned_work')
    .set({ cancelled: now, cancelled_by: by })
    .where('id', '=', id)
    .where('cancelled', 'is', null)
    .where('ends', '>', now)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : planOf(row);
}

export async function readPlan(database: Database, id: number): Promise<Plan | undefined> {
  const row = await database.read
    .selectFrom('planned_work')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row === undefined ? undefined : planOf(row);
}

export interface PlanQuery {
  /** Null for all. */
  readonly estates: readonly string[] | null;
  readonly limit: number;
  /** Beginning and id of the last one of the page before. */
  readonly after: readonly [from: number, id: number] | null;
}

/** Latest beginning first. */
export async function listPlans(database: Database, query: PlanQuery): Promise<Plan[]> {
  if (query.estates?.length === 0) return [];
  let select = database.read
    .selectFrom('planned_work')
    .selectAll()
    .orderBy('starts', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit);
  if (query.estates !== null) select = select.where('estate', 'in', query.estates);
  if (query.after !== null) {
    const [from, id] = query.after;
    select = select.where((eb) =>
      eb.or([eb('starts', '<', from), eb.and([eb('starts', '=', from), eb('id', '<', id)])]),
    );
  }
  return (await select.execute()).map(planOf);
}

/** All of them: figures of past months need what was planned then. */
export async function loadPlans(database: Database): Promise<Plan[]> {
  const rows = await database.read.selectFrom('planned_work').selectAll().execute();
  return rows.map(planOf);
}
