import type { ReportedTombstone } from '@caretaker/readings/uplink';
import type { GoneRange } from '../contract/index.ts';
import type { Database, Tx } from '../db/database.ts';
import { unknownSequence } from '../db/journal-tables.ts';
import type { Loss } from '../inbox/place.ts';

export type FoundLoss = Loss & {
  readonly at: number;
  readonly since?: number | null | undefined;
  readonly until?: number | null | undefined;
};

/** Ranges of one gateway that are shown. */
const shown = 20;

/** Writes ranges that a gateway lost; the same one again is the same row. */
export async function saveLosses(tx: Tx, gateway: string, losses: readonly FoundLoss[]) {
  for (const { at, journal, reason, from, to, since, until } of losses) {
    const range = {
      from_sequence: from ?? unknownSequence,
      to_sequence: to ?? unknownSequence,
      since: since ?? null,
      until: until ?? null,
    };
    await tx
      .insertInto('losses')
      .values({ gateway, at, journal, reason, ...range })
      .onConflict((conflict) =>
        conflict.columns(['gateway', 'journal', 'at', 'reason', 'from_sequence']).doNothing(),
      )
      .execute();
  }
}

/** Writes what a gateway removed; a range that has grown since is the same one. */
export async function saveThinned(tx: Tx, gateway: string, all: readonly ReportedTombstone[]) {
  for (const { at, journal, from, to, since, until, stage, reason, removed } of all) {
    const grown = { to_sequence: to, since, until, at, removed: JSON.stringify(removed) };
    await tx
      .deleteFrom('thinned')
      .where('gateway', '=', gateway)
      .where('journal', '=', journal)
      .where('stage', '=', stage)
      .where('reason', '=', reason)
      .where('from_sequence', '>', from)
      .where('to_sequence', '<=', to)
      .execute();
    await tx
      .insertInto('thinned')
      .values({ gateway, journal, stage, reason, from_sequence: from, ...grown })
      .onConflict((conflict) =>
        conflict
          .columns(['gateway', 'journal', 'stage', 'reason', 'from_sequence'])
          .doUpdateSet(grown),
      )
      .execute();
  }
}

export async function countLosses(db: Database['read'] | Tx, gateway: string): Promise<number> {
  const { n } = await db
    .selectFrom('losses')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('gateway', '=', gateway)
    .executeTakeFirstOrThrow();
  return Number(n);
}

/** Readings that a gateway removed in all. */
export async function countThinned(db: Database['read'] | Tx, gateway: string): Promise<number> {
  const rows = await db
    .selectFrom('thinned')
    .select('removed')
    .where('gateway', '=', gateway)
    .execute();
  return rows.reduce((total, { removed }) => total + sum(JSON.parse(removed)), 0);
}

/** What gateways once held and never delivered, the newest first. */
export async function goneRanges(
  { read }: Pick<Database, 'read'>,
  gateway: string,
): Promise<GoneRange[]> {
  const lost = await read
    .selectFrom('losses')
    .selectAll()
    .where('gateway', '=', gateway)
    .orderBy('at', 'desc')
    .limit(shown)
    .execute();
  const thinned = await read
    .selectFrom('thinned')
    .selectAll()
    .where('gateway', '=', gateway)
    .orderBy('at', 'desc')
    .limit(shown)
    .execute();
  const place = (sequence: number) => (sequence === unknownSequence ? null : sequence);
  const ranges: GoneRange[] = [
    ...lost.map(({ at, reason, from_sequence, to_sequence, since, until }) => {
      const range = { from: place(from_sequence), to: place(to_sequence), since, until };
      return { type: 'lost' as const, at, reason, ...range, removed: null };
    }),
    ...thinned.map(
      ({ at, reason, from_sequence: from, to_sequence: to, since, until, removed }) => {
        const range = { from, to, since, until, removed: JSON.parse(removed) };
        return { type: 'thinned' as const, at, reason, ...range };
      },
    ),
  ];
  return ranges.sort((a, b) => b.at - a.at).slice(0, shown);
}

function sum(removed: Readonly<Record<string, number>>): number {
  return Object.values(removed).reduce((total, count) => total + count, 0);
}
