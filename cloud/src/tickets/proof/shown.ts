import type { Text } from '@caretaker/readings/base';
import type { Condition } from '@caretaker/standards/engine';
import type { Proof } from '../../contract/index.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { EpisodeRow } from '../../episodes/rows.ts';
import type { Watch } from '../acts/act.ts';
import type { TicketRow } from '../rows.ts';
import { knownOf, type ProofSources } from './load.ts';
import { proofOf } from './proof.ts';

/**
 * The proof of a ticket as the API gives it; null where no rule watches it.
 * @param rows every episode of the ticket
 */
export async function shownProof(
  sources: ProofSources,
  read: Database['read'],
  row: TicketRow,
  rows: readonly EpisodeRow[],
  factOf: (condition: Condition) => Text,
): Promise<Proof | null> {
  const known = await knownOf(sources, read, row, rows);
  if (known === null) return null;
  const { proof } = proofOf(known.ticket, known.breaches, known.watched);
  if (proof === null) return null;
  const condition = known.conditions.find(({ rule }) => rule === proof.rule);
  const fact = condition === undefined || condition.value === null ? null : factOf(condition);
  return { ...proof, fact };
}

/** Who can say whether the fault of a ticket is gone. A gateway that is away says as little as a silent sensor. */
export async function watchFor(sources: ProofSources, tx: Tx, row: TicketRow): Promise<Watch> {
  const rows = await tx.selectFrom('episodes').selectAll().where('ticket', '=', row.id).execute();
  const known = await knownOf(sources, tx, row, rows);
  // While the rules are being brought up to date, they are about to say.
  if (known === null) return 'watched';
  const { proof } = proofOf(known.ticket, known.breaches, known.watched);
  if (proof === null) return 'none';
  return proof.phase === 'silent' ? 'silent' : 'watched';
}
