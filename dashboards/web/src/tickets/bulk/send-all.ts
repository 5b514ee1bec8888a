import type { BulkRequest, BulkResult, Ticket } from '@caretaker/cloud/contract';
import type { Wish } from '../acts.ts';

/** What became of one of many. */
export type Result = Pick<BulkResult['results'][number], 'outcome' | 'problem'> & {
  /** As it is now as far as is known, else as it was seen. */
  readonly ticket: Ticket;
};

/** The service takes so many at once. */
const mostAtOnce = 200;

/**
 * Does the same to many tickets, each by the revision that was seen of it.
 * @param key makes a repeat of the whole harmless
 */
export async function sendAll(
  tickets: readonly Ticket[],
  wish: Wish,
  key: string,
  send: (request: BulkRequest, key: string) => Promise<BulkResult>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < tickets.length; start += mostAtOnce) {
    const some = tickets.slice(start, start + mostAtOnce);
    const seen = new Map(some.map((ticket) => [ticket.id, ticket]));
    const request: BulkRequest = {
      command: wish,
      tickets: some.map(({ id, revision }) => ({ id, revision })),
    };
    const answer = await send(request, `${key}-${start}`);
    for (const { id, outcome, ticket, problem } of answer.results) {
      const now = ticket ?? seen.get(id);
      if (now !== undefined) results.push({ ticket: now, outcome, problem });
    }
  }
  return results;
}
