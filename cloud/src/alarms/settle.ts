import type { Selectable } from 'kysely';
import type { AlarmTables } from '../db/alarm-tables.ts';
import type { Tx } from '../db/database.ts';
import type { EpisodeRow } from '../episodes/rows.ts';
import type { CommitContext, Committed } from '../host/commit.ts';
import { standingOver } from './take.ts';
import { moved, refuted } from './texts.ts';
import { withdraw } from './withdraw.ts';

export type AlarmRow = Selectable<AlarmTables['alarms']>;

/**
 * Ends the waiting of an alarm whose readings are judged, all of them. Where the engine says the same, its episode has
 * taken the place of the reported one, or takes it now; else the reported one is withdrawn, and the ticket with it
 * unless a person has acted on it.
 * @param standard version of the one in force
 */
export async function settleAlarm(
  tx: Tx,
  alarm: AlarmRow,
  context: CommitContext,
  standard: string,
): Promise<Committed> {
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
  const gateway = alarm.standard_version;
  const reason =
    said === undefined
      ? refuted({ gateway, cloud: standard })
      : moved(alarm.onset, said.onset, { gateway, cloud: said.standard_version });
  return withdraw(tx, row, reason, context);
}

const none: Committed = { episodes: [], tickets: [] };

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
