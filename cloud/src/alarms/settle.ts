import type { Text } from '@caretaker/readings/base';
import type { Selectable } from 'kysely';
import type { AlarmTables } from '../db/alarm-tables.ts';
import type { Tx } from '../db/database.ts';
import type { EpisodeRow } from '../episodes/rows.ts';
import { type CommitContext, type Committed, commitItems } from '../host/commit.ts';
import { standingOver } from './take.ts';

export type AlarmRow = Selectable<AlarmTables['alarms']>;

const refuted: Text = {
  en: 'All readings of the gateway up to its report are judged now, and show no such breach.',
  zh: '网关上报之前的全部读数均已判定，未发现该超限。',
};
const moved: Text = {
  en: 'The readings show the same breach with another onset.',
  zh: '读数显示同一超限，但起始时间不同。',
};

/**
 * Ends the waiting of an alarm whose readings are judged, all of them. Where the engine says the same, its episode has
 * taken the place of the reported one, or takes it now; else the reported one is withdrawn, and the ticket with it
 * unless a person has acted on it.
 */
export async function settleAlarm(tx: Tx, alarm: AlarmRow, context: CommitContext) {
  const row = await episodeOf(tx, alarm);
  if (row?.state !== 'reported') {
    await close(tx, alarm, row?.state === 'standing' ? 'joined' : 'refuted', context.now);
    return none;
  }
  const said = await standingOver(tx, { ...alarm, end: alarm.ended });
  if (said !== undefined) {
    await tx.updateTable('episodes').set({ alarmed: 1 }).where('id', '=', said.id).execute();
  }
  await close(tx, alarm, said === undefined ? 'refuted' : 'joined', context.now);
  return withdraw(tx, row, said === undefined ? refuted : moved, context);
}

const none: Committed = { episodes: [], tickets: [] };

async function withdraw(
  tx: Tx,
  row: EpisodeRow,
  reason: Text,
  context: CommitContext,
): Promise<Committed> {
  const after = await tx
    .updateTable('episodes')
    .set({ state: 'withdrawn', reason: JSON.stringify(reason) })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  const { id, subject, item, onset, ticket } = row;
  const news = [{ id, ticket, what: 'withdrawn', reason } as const];
  const items = [{ subject, item, since: onset, news }];
  return { episodes: [after], tickets: await commitItems(tx, items, context, new Set()) };
}

function episodeOf(tx: Tx, { episode }: AlarmRow): Promise<EpisodeRow | undefined> {
  return tx.selectFrom('episodes').selectAll().where('id', '=', episode).executeTakeFirst();
}

async function close(
  tx: Tx,
  { gateway, subject, rule, onset }: AlarmRow,
  state: 'joined' | 'refuted',
  settled: number,
): Promise<void> {
  await tx
    .updateTable('alarms')
    .set({ state, settled })
    .where('gateway', '=', gateway)
    .where('subject', '=', subject)
    .where('rule', '=', rule)
    .where('onset', '=', onset)
    .execute();
}
