import type { Text } from '@caretaker/readings/base';
import { isOpen } from '../contract/index.ts';
import { type EpisodeFacts, isEndedByPerson, type TicketFacts } from './model.ts';

/** Episodes that belong together, with the ticket that holds them if one does already. */
export interface Claim {
  readonly ticket: TicketFacts | null;
  readonly episodes: readonly EpisodeFacts[];
  /** Why a ticket of before has no episodes any more, when that is because they are hidden. */
  readonly hidden: Text | null;
  /** A person had ended it over a clear condition, and the fault is back. */
  readonly reopens: boolean;
}

/** A fault that comes back within this of its last end is the same one, event time. */
const reopenWindow = 4 * 3_600_000;

/** A latching episode lasts for its ticket until a person says otherwise. */
function reach(episode: EpisodeFacts): number {
  return episode.latched ? Infinity : (episode.end ?? Infinity);
}

const byOnset = (a: EpisodeFacts, b: EpisodeFacts) =>
  a.onset - b.onset || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0);

const stands = (episodes: readonly EpisodeFacts[]) => episodes.some((e) => e.end === null);

/**
 * Shares the standing episodes of one (subject, item) out among tickets, by event time alone as far as no
 * person has acted:
 * 1. a ticket ended by a person keeps its episodes, and takes those that were over before it was closed
 *    and lie in its time; where it was closed over a clear condition and one of its own stands after all, it is
 *    open again;
 * 2. the open ticket a person has acted on takes whatever overlaps it or comes after its onset;
 * 3. what is left falls into runs of episodes that overlap. Hidden ones make no ticket. Runs that follow each other
 *    within the reopen window are one fault and one ticket;
 * 4. a fault that stands, and came back so soon after the end of a ticket that a person closed, opens that one again.
 */
export function shareOut(
  tickets: readonly TicketFacts[],
  episodes: readonly EpisodeFacts[],
): readonly Claim[] {
  const left = new Left(episodes);
  const ended = tickets
    .filter((ticket) => isEndedByPerson(ticket))
    .map((ticket) => ({ ticket, episodes: left.take((e) => belongsToClosed(ticket, e)) }));
  const open = tickets.find((t) => t.touched && isOpen(t.state));
  const again = open === undefined ? ended.findLast(standsAfterAll) : undefined;
  const held = open ?? again?.ticket;
  const claims: Claim[] = ended
    .filter((one) => one !== again)
    .map((one) => ({ ...one, hidden: null, reopens: false }));
  if (held !== undefined) {
    const own = again?.episodes ?? [];
    const taken = [...own, ...left.after(Math.min(held.onset, ...own.map((e) => e.onset)))];
    const reopens = again !== undefined;
    claims.push({ ticket: held, episodes: taken.sort(byOnset), hidden: null, reopens });
  }
  const pool = tickets.filter((t) => !isEndedByPerson(t) && t !== held);
  const shown = faults(runs(left.all).filter((run) => run.some((e) => e.hidden === null)));
  const back = held === undefined ? cameBack(shown, claims) : null;
  if (back === null) return [...claims, ...matchRuns(shown, pool, left.all)];
  const rest = shown.filter((run) => run !== back.run);
  return [
    ...claims.filter((claim) => claim !== back.claim),
    { ...back.claim, episodes: [...back.claim.episodes, ...back.run], reopens: true },
    ...matchRuns(rest, pool, left.all),
  ];
}

/** Episodes that nobody has taken yet. */
class Left {
  all: readonly EpisodeFacts[];

  constructor(episodes: readonly EpisodeFacts[]) {
    this.all = [...episodes].sort(byOnset);
  }

  take(belongs: (episode: EpisodeFacts) => boolean): EpisodeFacts[] {
    const taken = this.all.filter(belongs);
    this.all = this.all.filter((episode) => !taken.includes(episode));
    return taken;
  }

  /** Takes what reaches into the time from `onset` on, and what overlaps that in turn. */
  after(onset: number): EpisodeFacts[] {
    const taken = this.take((e) => reach(e) >= onset);
    if (taken.length === 0) return taken;
    return [...taken, ...this.after(Math.min(onset, ...taken.map((e) => e.onset)))];
  }
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

/** Closed as done, not as something that was no fault, or is for others. */
const isDone = ({ state }: TicketFacts) => state === 'closed' || state === 'self-cleared';

/** What a person closes while it stands stays closed: they knew. */
function standsAfterAll({ ticket, episodes }: Pick<Claim, 'episodes'> & { ticket: TicketFacts }) {
  return isDone(ticket) && ticket.conditionClear && stands(episodes);
}

/** The last run and the closed ticket of which it is the fault come back. */
function cameBack(found: readonly EpisodeFacts[][], claims: readonly Claim[]) {
  const run = found.at(-1);
  const [first] = run ?? [];
  if (run === undefined || first === undefined) return null;
  if (!run.some((e) => reach(e) === Infinity)) return null;
  const near = claims.flatMap((claim) => {
    const { ticket, episodes } = claim;
    if (ticket === null || !isDone(ticket) || episodes.length === 0) return [];
    const end = Math.max(...episodes.map((e) => e.end ?? Infinity));
    const soon = first.onset >= ticket.onset && first.onset <= end + reopenWindow;
    const free = run.every((e) => e.ticket === null || e.ticket === ticket.id);
    return end < Infinity && soon && free ? [{ claim, run, end }] : [];
  });
  return near.sort((a, b) => a.end - b.end).at(-1) ?? null;
}

/** Runs of episodes each of which overlaps or touches an earlier one; `episodes` is sorted by onset. */
function runs(episodes: readonly EpisodeFacts[]): EpisodeFacts[][] {
  return joined(
    episodes.map((e) => [e]),
    0,
  );
}

/** Runs of one fault: each begins within the reopen window of the end of those before it. */
function faults(found: readonly EpisodeFacts[][]): EpisodeFacts[][] {
  return joined(found, reopenWindow);
}

function joined(found: readonly EpisodeFacts[][], within: number): EpisodeFacts[][] {
  const whole: EpisodeFacts[][] = [];
  let until = -Infinity;
  for (const part of found) {
    if ((part[0]?.onset ?? 0) > until + within) whole.push([]);
    whole.at(-1)?.push(...part);
    until = Math.max(until, ...part.map(reach));
  }
  return whole;
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
    return { ticket: claimed.get(episodes) ?? null, episodes, hidden: null, reopens: false };
  });
  const hiddenOf = (ticket: TicketFacts) =>
    all.find((e) => e.ticket === ticket.id && e.hidden !== null)?.hidden ?? null;
  const left = free.map((ticket) => {
    return { ticket, episodes: [], hidden: hiddenOf(ticket), reopens: false };
  });
  return [...claims, ...left];
}

/** Runs of which a gateway told come first, of these the one that stands: there is at most one. */
function claimOrder(run: readonly EpisodeFacts[]): number {
  if (!run.some((e) => e.alarmed)) return 2;
  return run.some((e) => reach(e) === Infinity) ? 0 : 1;
}
