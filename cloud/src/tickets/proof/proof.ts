import type { Condition } from '@caretaker/standards/engine';
import { isAllowed, type Proof, type TicketState } from '../../contract/index.ts';
import { isClaimed } from '../model.ts';

/** What proving reads of a ticket. */
export interface ProvenTicket {
  readonly state: TicketState;
  readonly latched: boolean;
  readonly touched: boolean;
  /** When a person said that it is mended, cloud clock. */
  readonly fixed: number | null;
  /** When a person last said that it is not over, cloud clock. */
  readonly reopened: number | null;
}

/** A breach of a ticket that stands by what is known, be it over or not; event time. */
export interface Breach {
  readonly id: number;
  readonly rule: string;
  readonly onset: number;
  readonly end: number | null;
  /** Something else explains it, so it speaks against nobody. */
  readonly hidden: boolean;
}

/** What events say since the claim, or since the breach where nobody claims anything. */
export interface Counted {
  /** Quiet ones in a row, up to the newest. */
  readonly quiet: number;
  /** So many in a row clear the condition; null where time does. */
  readonly needed: number | null;
  readonly bad: number;
  /** So many bad ones are a breach by themselves. */
  readonly least: number;
  readonly lastBad: number | null;
}

/** One rule of a ticket, and what its sensor says. */
export interface Watched {
  readonly rule: string;
  /** How long it must be clear, and how long after a claim it may stand, milliseconds. */
  readonly time: number;
  readonly grace: number;
  /** Longest usual time between two readings, milliseconds. */
  readonly cadence: number;
  /** Null where the engine does not judge it: its breaches alone tell. */
  readonly condition: Pick<Condition, 'verdict' | 'phase' | 'since' | 'value' | 'points'> | null;
  /** All that was measured up to then is judged; null while nothing was told. */
  readonly completeTo: number | null;
  /** When its sensor last said something. */
  readonly heard: number | null;
  /** Its gateway is away. */
  readonly silent: boolean;
  readonly counted: Counted | null;
}

/** What a machine has to say about the ticket now. */
export type Finding =
  | {
      readonly type: 'denied';
      readonly why: 'again' | 'stands' | 'events';
      readonly breach: Breach;
      readonly at: number;
      readonly count: number;
    }
  | { readonly type: 'verified'; readonly since: number; readonly needed: number }
  | { readonly type: 'asked'; readonly since: number; readonly needed: number };

/** How it stands with one rule; the fact is for whoever shows it. */
export type RuleProof = Omit<Proof, 'fact'>;

export interface Judgement {
  /** Of the rule that is worst off; null where no rule watches what the ticket is about. */
  readonly proof: RuleProof | null;
  readonly finding: Finding | null;
}

const worstFirst: readonly Proof['phase'][] = [
  'breach',
  'denied',
  'counting',
  'silent',
  'clearing',
  'latched',
  'proven',
];

/**
 * How far the sensors have proved that the fault of a ticket is gone. Pure, and by event time: nothing counts that the
 * gateway has not told, and no clock runs while it tells nothing.
 */
export function proofOf(
  ticket: ProvenTicket,
  breaches: readonly Breach[],
  watched: readonly Watched[],
): Judgement {
  const claim = isClaimed(ticket.state) ? ticket.fixed : null;
  const rules = watched.map((one) => {
    const own = breaches.filter(({ rule }) => rule === one.rule);
    return { one, own, proof: ruleProof(ticket, claim, own, one) };
  });
  const proofs = rules.map(({ proof }) => proof);
  const proof = proofs.toSorted(
    (a, b) =>
      worstFirst.indexOf(a.phase) - worstFirst.indexOf(b.phase) ||
      (b.until ?? 0) - (a.until ?? 0) ||
      b.since - a.since,
  )[0];
  if (proof === undefined) return { proof: null, finding: null };
  for (const { one, own } of claim === null ? [] : rules) {
    const finding = denialOf(claim ?? 0, own, one);
    if (finding !== null) return { proof, finding };
  }
  return { proof, finding: proven(ticket, breaches, proofs) };
}

function ruleProof(
  ticket: ProvenTicket,
  claim: number | null,
  own: readonly Breach[],
  watched: Watched,
): RuleProof {
  const { completeTo: at, time: needed, condition, counted } = watched;
  const base = shownOf(claim, watched);
  const open = own.find(({ end }) => end === null);
  if (isBlind(watched)) return { ...base, phase: 'silent', since: blindSince(watched, own) };
  if (condition?.phase === 'clearing') {
    const { since } = condition;
    return { ...base, phase: 'clearing', since, until: since + needed };
  }
  if (open !== undefined || condition?.verdict === 'breach') {
    const onset = open?.onset ?? condition?.since ?? 0;
    if (counted === null) return { ...base, phase: 'breach', since: onset };
    return { ...base, phase: 'counting', since: Math.max(onset, claim ?? onset) };
  }
  if (condition?.phase === 'pending') {
    return { ...base, phase: claim === null ? 'breach' : 'denied', since: condition.since };
  }
  const since = clearFrom(claim, own, watched);
  const until = Math.max(since + needed, claim ?? 0);
  if ((at ?? 0) < until) return { ...base, phase: 'clearing', since, until };
  return { ...base, phase: ticket.latched ? 'latched' : 'proven', since };
}

/** What is shown of a rule whatever its phase. */
function shownOf(claim: number | null, watched: Watched) {
  const { rule, time: needed, completeTo: at, grace, condition, counted } = watched;
  const wanted = counted?.needed ?? null;
  return {
    ...{ rule, needed, at, until: null },
    events:
      wanted === null ? null : { quiet: Math.min(counted?.quiet ?? 0, wanted), needed: wanted },
    grace: claim === null || grace === Infinity ? null : claim + grace,
    value: condition?.value ?? null,
    points: [...(condition?.points ?? [])],
  };
}

function isBlind({ silent, completeTo, condition }: Watched): boolean {
  return silent || completeTo === null || condition?.verdict === 'unknown';
}

function blindSince({ condition, heard, completeTo }: Watched, own: readonly Breach[]): number {
  if (condition?.verdict === 'unknown' && condition.since > 0) return condition.since;
  return heard ?? completeTo ?? own.at(-1)?.onset ?? 0;
}

/** Since when it has been clear, and known to be. What was never so after all is proven by time after the claim alone. */
function clearFrom(claim: number | null, own: readonly Breach[], { condition }: Watched): number {
  const unseen = own.length === 0 ? (claim ?? 0) : 0;
  return Math.max(unseen, condition?.since ?? 0, ...own.map(({ end }) => end ?? 0));
}

function denialOf(claim: number, own: readonly Breach[], watched: Watched): Finding | null {
  const found = (why: 'again' | 'stands' | 'events', breach: Breach, at: number, count = 0) =>
    ({ type: 'denied', why, breach, at, count }) as const;
  const open = own.filter(({ hidden }) => !hidden);
  const again = open.find(({ onset }) => onset > claim);
  if (again !== undefined) return found('again', again, again.onset);
  const { counted, condition, heard } = watched;
  const standing = open.find(({ end }) => end === null);
  if (standing !== undefined && counted !== null && counted.bad >= counted.least) {
    return found('events', standing, counted.lastBad ?? claim, counted.bad);
  }
  const limit = claim + watched.grace;
  const late = claim + Math.max(watched.grace, watched.cadence);
  const outlasted = open.find(({ end }) => end !== null && end > late);
  if (outlasted !== undefined) return found('stands', outlasted, late);
  if (standing === undefined || isBlind(watched) || condition?.phase === 'clearing') return null;
  // A sensor that has said nothing since the claim cannot know of it yet.
  const due = heard !== null && heard > claim ? limit : late;
  const told = watched.completeTo ?? 0;
  return told >= due ? found('stands', standing, due) : null;
}

function proven(
  { state, touched, reopened }: ProvenTicket,
  breaches: readonly Breach[],
  proofs: readonly RuleProof[],
): Finding | null {
  if (!touched || proofs.some(({ phase }) => phase !== 'proven')) return null;
  const since = Math.max(...proofs.map((proof) => proof.since));
  const needed = Math.max(...proofs.map((proof) => proof.needed));
  if (state === 'fixed') return { type: 'verified', since, needed };
  if (!isAllowed('self-clear', state) || breaches.length === 0) return null;
  // Whoever opened it again knows of something that the sensor had not seen.
  const cleared = Math.max(...breaches.map(({ end }) => end ?? Infinity));
  return reopened !== null && cleared <= reopened ? null : { type: 'asked', since, needed };
}
