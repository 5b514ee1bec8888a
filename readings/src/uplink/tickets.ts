import { crc32 } from 'node:zlib';
import { z } from 'zod';

const text = z.object({ en: z.string().max(300), zh: z.string().max(300) });

/** So many open tickets of its estate a gateway knows at most: the most severe, of these the newest. */
export const mostFedTickets = 500;

/** What a gateway is told of a ticket. No word that a person wrote, and nobody's name. Times are epoch milliseconds. */
export const fedTicketSchema = z.object({
  id: z.int().positive(),
  /** Grows with every change. */
  revision: z.int().nonnegative(),
  /** What people call it, such as `CT-1017`. */
  ref: z.string().min(1).max(40),
  /** `estate/asset`, or another subject of the estate. */
  subject: z.string().min(1).max(200),
  item: z.string().min(1).max(100),
  severity: z.enum(['emergency', 'high', 'medium', 'low']),
  /** `new` and `acknowledged` are open; gateways show words they do not know as they are. */
  state: z.string().min(1).max(40),
  open: z.boolean(),
  title: text,
  onset: z.int(),
  opened: z.int(),
  /** When somebody has to be there at the latest; null where nothing says so. */
  due: z.int().nullable(),
  /** Its page; null while the cloud does not know under which address people reach it. */
  url: z.string().max(500).nullable(),
});
export type FedTicket = z.infer<typeof fedTicketSchema>;

/**
 * Cloud → gateway on `acks`, to gateways that tell the digest of the tickets they know. With `all` they are all open
 * ones, and what is not among them is not open any more; else they are those that changed.
 */
export const ticketsReplySchema = z.object({
  type: z.literal('tickets'),
  all: z.boolean(),
  tickets: z.array(fedTicketSchema).max(mostFedTickets),
});
export type TicketsReply = z.infer<typeof ticketsReplySchema>;

/**
 * Names a set of open tickets and how each stands. Cloud and gateway compare theirs, so that whatever was lost on the
 * way is told again.
 */
export function ticketsDigest(tickets: Iterable<Pick<FedTicket, 'id' | 'revision'>>): string {
  const lines = [...tickets]
    .sort((a, b) => a.id - b.id)
    .map(({ id, revision }) => `${id} ${revision}`);
  return crc32(lines.join('\n')).toString(16);
}
