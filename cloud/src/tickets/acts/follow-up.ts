import { patchIn, type TicketLog } from '../meets.ts';
import type { Acts } from './act.ts';
import { openAgain } from './ending.ts';
import { overWith } from './owning.ts';
import { promised } from './promise.ts';

/** Who could not be reached so often is not asked any more; ours. */
const mostAttempts = 3;

/** What is said to the customer and by them. */
export const following: Acts<'follow-up' | 'promise' | 'answer' | 'note'> = {
  'follow-up': ({ log, wish, by }) => {
    const { contact, satisfied, score = null, words = null } = wish;
    const said = { contact, satisfied, score, words };
    if (satisfied === 'yes') {
      return {
        data: said,
        patch: { state: 'closed', closed: by.at, follow_up: 'done', ...overWith },
      };
    }
    if (satisfied === 'no') {
      return { data: said, patch: { state: 'reopened', ...openAgain } };
    }
    const attempt = unreached(log) + 1;
    const given = { ...said, attempt };
    if (attempt < mostAttempts) {
      return { data: given, patch: { state: 'follow-up', follow_up: 'owed' } };
    }
    const over = { state: 'closed', closed: by.at, follow_up: 'done', ...overWith } as const;
    return { data: { ...given, reason: 'unreached' }, patch: over };
  },

  promise: ({ wish: { kind, at }, by, facts }) => ({
    data: promised({ kind, at }, by.at, facts.time.zone),
  }),

  answer: () => ({}),
  note: () => ({}),
};

/** How often the customer was not reached since the ticket was last said to be well. */
function unreached(log: TicketLog): number {
  const well = log.findLastIndex((entry) => patchIn(entry).verified !== undefined);
  return log
    .slice(well + 1)
    .filter(
      ({ type, data }) => type === 'followed-up' && JSON.parse(data).satisfied === 'unreached',
    ).length;
}
