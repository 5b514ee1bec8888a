import type { TicketClock } from '@caretaker/cloud/contract';

const order = { missed: 0, running: 0, paused: 1, met: 2, void: 3 } as const;
const rank = ({ state, stopped }: TicketClock) =>
  state === 'missed' && stopped !== null ? 2 : order[state];

/** What still runs first, by when it is due; then what was kept or missed, in the order in which it began. */
export function byClock(a: TicketClock, b: TicketClock): number {
  return rank(a) - rank(b) || (rank(a) < 2 ? a.due - b.due : a.started - b.started);
}

/**
 * How much of its time is used up now. Between two answers of the service it runs on towards its due time, in a
 * straight line, as only the service knows the hours that do not count.
 * @param heard when the service said it
 */
export function shareAt({ state, share, due }: TicketClock, heard: number, now: number): number {
  if (state !== 'running' || share >= 1) return share;
  if (due <= heard || now <= heard) return share;
  return Math.min(1, share + ((1 - share) * (now - heard)) / (due - heard));
}
