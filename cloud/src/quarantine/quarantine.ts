import type { QuarantineEntry } from '@caretaker/readings/uplink';
import type { Quarantine } from '../contract/index.ts';
import type { Database, Tx } from '../db/database.ts';

/** Kinds of bad message kept for one gateway; the ones seen longest ago go first. */
export const maxPerGateway = 1000;
const sampleBytes = 1024;

/** One bad message as the cloud met it. */
export interface Refused {
  readonly gateway: string;
  readonly code: string;
  readonly reason: string;
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** Counts one more of a kind (gateway, code, topic) that the cloud itself refused. */
export async function refuse(tx: Tx, refused: Refused, count: number, at: number): Promise<void> {
  const { gateway, code, reason, topic, payload } = refused;
  const seen = {
    reason,
    last: at,
    sample: Buffer.from(payload.subarray(0, sampleBytes)).toString('base64'),
    bytes: payload.length,
  };
  await tx
    .insertInto('quarantine')
    .values({
      ...seen,
      id: `${gateway}:cloud:${code}:${topic}`,
      gateway,
      code,
      client: '',
      topic,
      count,
      first: at,
    })
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet((eb) => ({ ...seen, count: eb('quarantine.count', '+', count) })),
    )
    .execute();
}

/** Takes over what a gateway reports of its own quarantine; its counts are totals. */
export async function report(
  tx: Tx,
  gateway: string,
  entries: readonly QuarantineEntry[],
): Promise<void> {
  for (const { id, ...entry } of entries) {
    await tx
      .insertInto('quarantine')
      .values({ ...entry, id: `${gateway}:${id}`, gateway })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(entry))
      .execute();
  }
}

/** Keeps the newest kinds of one gateway; memory and disk stay bounded whatever is sent. */
export async function trim(tx: Tx, gateway: string): Promise<void> {
  const oldest = await tx
    .selectFrom('quarantine')
    .select(['last', 'id'])
    .where('gateway', '=', gateway)
    .orderBy('last', 'desc')
    .orderBy('id', 'desc')
    .offset(maxPerGateway)
    .limit(1)
    .executeTakeFirst();
  if (oldest === undefined) return;
  await tx
    .deleteFrom('quarantine')
    .where('gateway', '=', gateway)
    .where((eb) =>
      eb.or([
        eb('last', '<', oldest.last),
        eb.and([eb('last', '=', oldest.last), eb('id', '<=', oldest.id)]),
      ]),
    )
    .execute();
}

/** Newest first. */
export async function listQuarantine(
  database: Database,
  query: {
    readonly gateways: readonly string[] | null;
    readonly limit: number;
    readonly after: { readonly last: number; readonly id: string } | null;
  },
): Promise<Quarantine[]> {
  let select = database.read
    .selectFrom('quarantine')
    .selectAll()
    .orderBy('last', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit);
  const { gateways, after } = query;
  if (gateways !== null) {
    if (gateways.length === 0) return [];
    select = select.where('gateway', 'in', gateways);
  }
  if (after !== null) {
    select = select.where((eb) =>
      eb.or([
        eb('last', '<', after.last),
        eb.and([eb('last', '=', after.last), eb('id', '<', after.id)]),
      ]),
    );
  }
  return select.execute();
}
