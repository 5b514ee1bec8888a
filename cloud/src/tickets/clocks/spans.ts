import { severitySchema } from '../../contract/index.ts';
import type { Span } from './counting.ts';
import type { Story } from './story.ts';

/** States in which somebody has taken the ticket on. */
const taken: ReadonlySet<string> = new Set([
  'acknowledged',
  'en-route',
  'on-site',
  'working',
  'temporary-measure',
  'waiting',
]);
const there: ReadonlySet<string> = new Set(['on-site', 'working']);
/** States in which the work counts as done, as long as nobody says otherwise. */
const done: ReadonlySet<string> = new Set([
  'fixed',
  'verified',
  'signed-off',
  'follow-up',
  'closed',
]);
/** States by which a ticket ends without having been done. */
const dropped: ReadonlySet<string> = new Set([
  'rejected',
  'referred-out',
  'cancelled',
  'self-cleared',
  'withdrawn',
]);
/** States in which whoever reported the matter has been spoken to. */
const spoken: ReadonlySet<string> = new Set(['signed-off', 'follow-up', 'closed']);

type Moves = Story['moves'];

/** Why a clock stopped. */
export interface Stop {
  readonly at: number;
  /** It turned out that there was nothing to do by then: void, unless it was too late before. */
  readonly needless: boolean;
}
const stop = (at: number, needless = false): Stop => ({ at, needless });

/** The first move into such a state at or after an instant; a state that holds at the instant counts as entered then. */
function reached(moves: Moves, { from, to }: Span, held: ReadonlySet<string>, entered = held) {
  const before = moves.findLast((move) => move.at <= from);
  if (before !== undefined && held.has(before.state)) return { at: from, state: before.state };
  return moves.find(({ at, state }) => at >= from && at < to && entered.has(state)) ?? null;
}

const takenOrDone = new Set([...taken, ...done]);

/** Somebody took it on, or it was handed to them and they said yes. */
export function acknowledgedIn({ moves, accepts }: Story, visit: Span): Stop | null {
  const moved = reached(moves, visit, takenOrDone);
  const said = accepts.find((at) => at >= visit.from && at < visit.to);
  return earlier(moved && stop(moved.at), said === undefined ? null : stop(said));
}

/** A measure was taken on the spot, so somebody was there. */
const thereOrDone = new Set([...there, ...done]);
const came = new Set([...thereOrDone, 'temporary-measure']);

/** Somebody came; when the work was done without, there was nothing to come for. */
export function arrivedIn({ moves }: Story, visit: Span): Stop | null {
  const found = reached(moves, visit, thereOrDone, came);
  return found === null ? null : stop(found.at, done.has(found.state));
}

/** Since when the work counts as done, if it does; and before, the times in which the ticket was at rest and wrongly so. */
export function doneIn({ moves }: Story): {
  readonly since: number | null;
  readonly claims: readonly Span[];
} {
  const claims: Span[] = [];
  let since: number | null = null;
  let rests: number | null = null;
  for (const { at, state } of moves) {
    since = done.has(state) ? (since ?? at) : null;
    if (done.has(state) || dropped.has(state)) rests ??= at;
    else if (rests !== null) {
      claims.push({ from: rests, to: at });
      rests = null;
    }
  }
  return { since, claims };
}

/** When the work was done for good, for a clock that started at `from`. */
export function doneAt(story: Story, from: number): Stop | null {
  const { since } = doneIn(story);
  return since === null ? null : stop(Math.max(since, from));
}

/** A temporary measure makes it safe for good; work that counts as done, as long as it does. */
export function safeAt(story: Story, from: number): Stop | null {
  const measure = story.moves.find(({ at, state }) => at >= from && state === 'temporary-measure');
  const finished = doneAt(story, from);
  if (measure === undefined) return finished;
  return finished === null || measure.at < finished.at ? stop(measure.at) : finished;
}

/** Whoever asked was answered, or spoken to at the end. */
export function answeredAt({ answers, moves }: Story, from: number): Stop | null {
  const answer = answers.find((at) => at >= from);
  const talk = moves.find((move) => move.at >= from && spoken.has(move.state));
  return earlier(answer === undefined ? null : stop(answer), talk ? stop(talk.at) : null);
}

/** Answered, or done for good: what was promised was one or the other. */
export function keptAt(story: Story, from: number): Stop | null {
  const { since } = doneIn(story);
  const finished = since !== null && since >= from ? stop(since) : null;
  return earlier(answeredAt(story, from), finished);
}

export function earlier(one: Stop | null, other: Stop | null): Stop | null {
  if (one === null || other === null) return one ?? other;
  return other.at < one.at ? other : one;
}

/** When the ticket ended without being done, if that is how it stands. */
export function droppedAt({
  moves,
}: Story): { readonly at: number; readonly state: string } | null {
  const last = moves.at(-1);
  return last !== undefined && dropped.has(last.state) ? last : null;
}

/** Visits: from the beginning, and from each time that a ticket which was at rest is to be seen to again, to the next. */
export function roundsOf({ moves }: Story, from: number): readonly Span[] {
  const again = moves.filter(({ state }, index) => {
    const before = moves[index - 1];
    return state === 'reopened' || (before !== undefined && dropped.has(before.state));
  });
  const starts = [from, ...again.map(({ at }) => at)];
  return starts.map((start, index) => ({
    from: start,
    to: starts[index + 1] ?? Number.POSITIVE_INFINITY,
  }));
}

/** When a visit that nobody made was no longer wanted. */
export function leftAt({ moves }: Story, { from, to }: Span): number {
  const left = moves.find(({ at, state }) => at >= from && at < to && dropped.has(state));
  return left?.at ?? to;
}

const rank = (severity: string) => severitySchema.options.indexOf(severity as 'high');

/**
 * By which severity a stretch of the ticket's life is judged, and since when it had it: the one it has now, or, where it
 * became that severe only after the stretch, the worst it had been until then. It had it from the first instant at which
 * it was at least that severe: what grew worse later could not be answered any sooner, and one that was lowered and
 * raised again is as if neither had been.
 */
export function severityIn(
  { severities }: Story,
  until: number,
): { readonly severity: string; readonly since: number } | null {
  const now = severities.at(-1);
  if (now === undefined) return null;
  const before = severities.filter((one, index) => index === 0 || one.at < until);
  const worst = before.reduce((a, b) => (rank(b.severity) < rank(a.severity) ? b : a));
  const severity = rank(worst.severity) > rank(now.severity) ? worst.severity : now.severity;
  const index = severities.findIndex((one) => rank(one.severity) <= rank(severity));
  return { severity, since: index === 0 ? Number.NEGATIVE_INFINITY : (severities[index]?.at ?? 0) };
}
