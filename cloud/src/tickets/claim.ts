import type { Text } from '@caretaker/readings/base';
import { isOpen } from '../contract/index.ts';
import { type EpisodeFacts, isEndedByPerson, type TicketFacts } from './model.ts';

/** Episodes that belong together, with the ticket that holds them if one does already. */
export interface Claim {
  readonly ticket: TicketFacts | null;
  readonly episodes: readonly EpisodeFacts[];
  /** Why a ticket of before has no episodes any more, when that is because they are hidden. */
  readonly hidden: Text | null;
}

/** A latching episode lasts for its ticket until a person says otherwise. */
function reach(episode: EpisodeFacts): number {
  return episode.latched ? Infinity : (episode.end ?? Infinity);
}

const byOnset = (a: EpisodeFacts, b: EpisodeFacts) =>
  a.onset - b.onset || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0);

/**
 * Shares the standing episodes of one (subject, item) out among tickets, by event time alone as far as no
 * person has acted:
 * 1. a ticket closed by a person keeps its episodes, and takes those that were over before it was closed
 *    and lie in its time;
 * 2. the open ticket a person has acted on takes whatever overlaps it or comes after its onset;
 * 3. what is left forms one ticket for each run of overlapping episodes, unless all of the run is hidden.
 */
export function shareOut(
  tickets: readonly TicketFacts[],
  episodes: readonly EpisodeFacts[],
): readonly Claim[] {
  let left = [...episodes].sort(byOnset);
  const claims: Claim[] = [];
  const take = (belongs: (episode: EpisodeFacts) => boolean) => {
    const taken = left.filter(belongs);
    left = left.filter((episode) => !taken.includes(episode));
    return taken;
  };
  for (const ticket of tickets.filter((t) => isEndedByPerson(t.state))) {
    claims.push({ ticket, episodes: take((e) => belongsToClosed(ticket, e)), hidden: null });
  }
  const held = tickets.find((t) => t.touched && isOpen(t.state));
  if (held !== undefined) {
    let onset = held.onset;
    const taken: EpisodeFacts[] = [];
    for (;;) {
      const more = take((e) => reach(e) >= onset);
      if (more.length === 0) break;
      taken.push(...more);
      onset = Math.min(onset, ...more.map((e) => e.onset));
    }
    claims.push({ ticket: held, episodes: taken.sort(byOnset), hidden: null });
  }
  const pool = tickets.filter((t) => !isEndedByPerson(t.state) && t !== held);
  const shown = runs(left).filter((run) => run.some((e) => e.hidden === null));
  return [...claims, ...matchRuns(shown, pool, left)];
}

/** Episodes that are hidden now and hang on a ticket of before that is no longer theirs. */
export function letGo(
  tickets: readonly TicketFacts[],
  episodes: readonly EpisodeFacts[],
): readonly EpisodeFacts[] {
  const hanging = episodes.filter((e) => e.hidden !== null && e.ticket !== null);
  if (hanging.length === 0) return [];
  const held = new Set(shareOut(tickets, episodes).flatMap((claim) => claim.episodes));
  return hanging.filter((episode) => !held.has(episode));
}

function belongsToClosed(ticket: TicketFacts, episode: EpisodeFacts): boolean {
  if (episode.ticket === ticket.id) return true;
  if (episode.ticket !== null || ticket.closed === null || episode.end === null) return false;
  return episode.end >= ticket.onset && episode.end <= ticket.closed;
}

/** Runs of episodes each of which overlaps or touches an earlier one; `episodes` is sorted by onset. */
function runs(episodes: readonly EpisodeFacts[]): EpisodeFacts[][] {
  const found: EpisodeFacts[][] = [];
  let until = -Infinity;
  for (const episode of episodes) {
    if (episode.onset > until) found.push([]);
    found.at(-1)?.push(episode);
    until = Math.max(until, reach(episode));
  }
  return found;
}

/**
 * The oldest ticket that had one of a run's episodes goes on with it; the others end without episodes. Where a gateway
 * told of an episode, what stands keeps the ticket that is open: somebody was paged for it, and what seemed to go on
 * until then turns out to be over before.
 */
function matchRuns(
  found: readonly EpisodeFacts[][],
  pool: readonly TicketFacts[],
  all: readonly EpisodeFacts[],
): Claim[] {
  const free = [...pool].sort((a, b) => a.id - b.id);
  const claimed = new Map<EpisodeFacts[], TicketFacts | null>();
  for (const run of found.toSorted((a, b) => claimOrder(a) - claimOrder(b))) {
    const held = (told: boolean) =>
      free.filter((ticket) => run.some((e) => e.ticket === ticket.id && (e.alarmed || !told)));
    const told = held(true);
    const ticket = told.find(({ state }) => isOpen(state)) ?? told[0] ?? held(false)[0] ?? null;
    if (ticket !== null) free.splice(free.indexOf(ticket), 1);
    claimed.set(run, ticket);
  }
  const claims: Claim[] = found.map((episodes) => {
    return { ticket: claimed.get(episodes) ?? null, episodes, hidden: null };
  });
  const hiddenOf = (ticket: TicketFacts) =>
    all.find((e) => e.ticket === ticket.id && e.hidden !== null)?.hidden ?? null;
  const left = free.map((ticket) => ({ ticket, episodes: [], hidden: hiddenOf(ticket) }));
  return [...claims, ...left];
}

/** Runs of which a gateway told come first, of these the one that stands: there is at most one. */
function claimOrder(run: readonly EpisodeFacts[]): number {
  if (!run.some((e) => e.alarmed)) return 2;
  return run.some((e) => reach(e) === Infinity) ? 0 : 1;
}
