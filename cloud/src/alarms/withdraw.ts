import type { Text } from '@caretaker/readings/base';
import type { Tx } from '../db/database.ts';
import type { EpisodeRow } from '../episodes/rows.ts';
import { type CommitContext, type Committed, commitItems } from '../host/commit.ts';

/** Takes back an episode that a gateway reported; its ticket goes with it unless a person has acted on it. */
export async function withdraw(
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
  const { id, subject, item, onset } = row;
  const news = [{ id, ticket: after.ticket, what: 'withdrawn', reason } as const];
  const items = [{ subject, item, since: onset, news }];
  return { episodes: [after], tickets: await commitItems(tx, items, context, new Set()) };
}
