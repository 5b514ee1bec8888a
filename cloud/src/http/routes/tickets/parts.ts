import { auditInto } from '../../../audit/chain.ts';
import type { Tx } from '../../../db/database.ts';
import type { Access } from '../../../policy/access.ts';
import type { Doer } from '../../../tickets/acts/act.ts';
import type { CommandParts } from '../../../tickets/commands.ts';
import { watchFor } from '../../../tickets/proof/shown.ts';
import type { TicketRow } from '../../../tickets/rows.ts';
import type { Api } from '../../api.ts';

/** What commands to tickets work with. */
export function ticketParts({ database, chain, directory, board, proofs }: Api): CommandParts {
  const world = {
    directory,
    conditions: (estate: string, subject: string) => {
      const asset = directory.assets.get(subject);
      return asset?.estate === estate ? board.conditions(asset) : [];
    },
    watch: (tx: Tx, row: TicketRow) => watchFor(proofs, tx, row),
  };
  return { database, audit: auditInto(chain), world };
}

/** Who asks, with what they may do in the estate of a ticket. */
export function doerIn(api: Api, access: Access, estate: string): Doer {
  const directs = access.may('ticket.direct', estate);
  return { ...access.author(api.clock.now()), directs };
}
