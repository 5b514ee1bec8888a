import { createHash } from 'node:crypto';
import { kinds } from '@caretaker/devices/kinds';
import type { DiscoveryEntry, DiscoverySuggestion, Status } from '@caretaker/readings/uplink';
import type { Discovery } from '../contract/index.ts';
import type { Database, Tx } from '../db/database.ts';
import type { DiscoveryTables } from '../db/discovery-tables.ts';

export type DiscoveryRow = Readonly<DiscoveryTables['discoveries']>;
type Told = Extract<Status, { type: 'discovery' }>;

/** Of one gateway: whoever sends under ever new names fills nothing. */
const most = 1_000;

const undecided = { decided_by: null, decided: null, asset: null };

/** Writes what a gateway tells of its inbox; what people decided here stays decided. */
export async function takeIn(
  tx: Tx,
  { estate, gateway }: { readonly estate: string; readonly gateway: string },
  { anew, entries, gone }: Told,
): Promise<void> {
  if (anew) await drop(tx, gateway, null, new Set(entries.map(({ id }) => id)));
  if (gone.length > 0) await drop(tx, gateway, gone);
  for (const entry of entries) {
    const told = toldOf(entry);
    const id = idOf(gateway, entry.id);
    // Its mapping was there, and is not any more.
    await tx
      .updateTable('discoveries')
      .set({ state: 'waiting', ...undecided })
      .where('id', '=', id)
      .where('state', '=', 'confirmed')
      .where('gone', '=', 1)
      .execute();
    await tx
      .insertInto('discoveries')
      .values({
        ...{ id, estate, gateway, entry: entry.id, ...told },
        ...{ state: 'waiting', ...undecided },
      })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ estate, ...told }))
      .execute();
  }
  await trim(tx, gateway);
}

/**
 * Forgets what waits no more. What was decided is not forgotten: what is ignored would come back as news.
 * @param ids of the gateway; null for all but those in `but`
 */
async function drop(
  tx: Tx,
  gateway: string,
  ids: readonly string[] | null,
  but: ReadonlySet<string> = new Set(),
): Promise<void> {
  const rows = await tx
    .selectFrom('discoveries')
    .select(['id', 'entry', 'state'])
    .where('gateway', '=', gateway)
    .where('gone', '=', 0)
    .execute();
  const named = ids === null ? null : new Set(ids);
  const over = rows.filter(({ entry }) => named?.has(entry) ?? !but.has(entry));
  for (const { id, state } of over) {
    if (state === 'waiting') await tx.deleteFrom('discoveries').where('id', '=', id).execute();
    else await tx.updateTable('discoveries').set({ gone: 1 }).where('id', '=', id).execute();
  }
}

async function trim(tx: Tx, gateway: string): Promise<void> {
  const old = await tx
    .selectFrom('discoveries')
    .select('id')
    .where('gateway', '=', gateway)
    .orderBy('last', 'desc')
    .orderBy('id')
    .limit(most)
    .offset(most)
    .execute();
  for (const { id } of old) await tx.deleteFrom('discoveries').where('id', '=', id).execute();
}

export interface DiscoveryFilter {
  /** Null for all. */
  readonly estates: readonly string[] | null;
  readonly gateway?: string | undefined;
  readonly state?: Discovery['state'] | undefined;
  readonly limit: number;
  readonly after: readonly [last: number, id: string] | null;
}

/** Heard last first. */
export async function listDiscoveries(
  { read }: Pick<Database, 'read'>,
  { estates, gateway, state, limit, after }: DiscoveryFilter,
): Promise<DiscoveryRow[]> {
  if (estates?.length === 0) return [];
  let query = read.selectFrom('discoveries').selectAll();
  if (estates !== null) query = query.where('estate', 'in', estates);
  if (gateway !== undefined) query = query.where('gateway', '=', gateway);
  // What somebody at the gateway ignores is ignored here.
  if (state === 'ignored') {
    query = query.where((eb) =>
      eb.or([
        eb('state', '=', 'ignored'),
        eb.and([eb('state', '=', 'waiting'), eb('ignored', '=', 1)]),
      ]),
    );
  } else if (state !== undefined) {
    query = query.where('state', '=', state);
    if (state === 'waiting') query = query.where('ignored', '=', 0);
  }
  if (after !== null) {
    const [last, id] = after;
    query = query.where((eb) =>
      eb.or([eb('last', '<', last), eb.and([eb('last', '=', last), eb('id', '>', id)])]),
    );
  }
  return await query.orderBy('last', 'desc').orderBy('id').limit(limit).execute();
}

export async function findDiscovery(
  read: Database['read'] | Tx,
  id: string,
): Promise<DiscoveryRow | undefined> {
  return await read.selectFrom('discoveries').selectAll().where('id', '=', id).executeTakeFirst();
}

/** @returns the row as it is now; undefined when it is not there, or is confirmed already */
export async function decide(
  tx: Tx,
  id: string,
  state: DiscoveryRow['state'],
  by: { readonly name: string; readonly at: number },
  asset: string | null = null,
): Promise<DiscoveryRow | undefined> {
  const said = state === 'waiting' ? undecided : { decided_by: by.name, decided: by.at, asset };
  return await tx
    .updateTable('discoveries')
    .set({ state, ...said })
    .where('id', '=', id)
    .where('state', '!=', 'confirmed')
    .returningAll()
    .executeTakeFirst();
}

export function shown(row: DiscoveryRow): Discovery {
  const { entry: _entry, gone: _gone, decided_by: by, decided: at, ignored, ...rest } = row;
  const { state, suggestion } = rest;
  return {
    ...rest,
    state: state === 'waiting' && ignored === 1 ? 'ignored' : state,
    decided: by === null || at === null ? null : { by, at },
    suggestion: suggestion === null ? null : labelled(JSON.parse(suggestion)),
  };
}

/** With the names that people know; a gateway of another version may know kinds and metrics that we do not. */
function labelled(suggestion: DiscoverySuggestion): Discovery['suggestion'] {
  const { kind } = suggestion;
  const called = (id: string) => ({ en: id, zh: id });
  return {
    ...suggestion,
    kindLabel: kinds[kind]?.label ?? called(kind),
    fields: suggestion.fields.map((field) => ({
      ...field,
      label:
        kinds[field.of === 'device' ? 'device' : kind]?.metrics[field.metric]?.label ??
        called(field.metric),
    })),
  };
}

function toldOf(entry: DiscoveryEntry) {
  const { id: _, suggestion, ignored, ...rest } = entry;
  return {
    ...rest,
    ignored: ignored ? 1 : 0,
    gone: 0,
    suggestion: suggestion === null ? null : JSON.stringify(suggestion),
  };
}

function idOf(gateway: string, entry: string): string {
  return createHash('sha256').update(`${gateway}\n${entry}`).digest('base64url').slice(0, 22);
}
