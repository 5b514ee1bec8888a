import type { TargetedClock } from '@caretaker/devices/model';
import type { ClockName } from '../../contract/index.ts';
import { dueAfter, merged, type Span } from './counting.ts';
import { pausesOf } from './pauses.ts';
import { promiseDue } from './promise.ts';
import {
  acknowledgedIn,
  answeredAt,
  arrivedIn,
  doneAt,
  doneIn,
  droppedAt,
  earlier,
  keptAt,
  leftAt,
  roundsOf,
  type Stop,
  safeAt,
  severityIn,
} from './spans.ts';
import type { Story } from './story.ts';
import { classTarget, type Kind, type Target, targetsOf } from './targets.ts';
import { allowedFrom, calendarOf, type EstateTime } from './time.ts';

/** How a clock stands as far as it depends on no present: `open` ones run on, and are missed when they are due. */
export interface TicketClock {
  readonly clock: ClockName;
  /** 1, and one more for each visit, promise or follow-up after the first. */
  readonly round: number;
  readonly target: Omit<Target, 'allowance'>;
  readonly started: number;
  /** What may be counted until it is due, milliseconds. */
  readonly budget: number;
  /** It counts working hours only. */
  readonly working: boolean;
  /** With all pauses, and the present one until its end. */
  readonly due: number;
  readonly stopped: number | null;
  readonly outcome: 'open' | 'met' | 'missed' | 'void';
  /** In order and apart. */
  readonly pauses: readonly Span[];
  /** Times in which the ticket was taken for done, or for nothing to do, and was not; they count all the same. */
  readonly claims: readonly Span[];
}

/** A ticket as the clocks see it. */
export interface Clocked extends Kind {
  readonly time: EstateTime;
}

interface Wanted {
  readonly clock: ClockName;
  readonly round: number;
  readonly target: Target | null | undefined;
  readonly from: number;
  /** When its ticket goes on without it, as with the next visit. */
  readonly to?: number;
  readonly stop: Stop | null;
  readonly pausable?: boolean;
  readonly claims?: readonly Span[];
}

const machines: ReadonlySet<string> = new Set(['episode', 'gateway-alarm']);

/**
 * The clocks of a ticket: a pure function of its log, of the targets and of the calendars, so that a change of severity,
 * class or calendar gives what would stand had it been so from the start.
 *
 * Where a machine made the ticket, what the fault does to people is counted from its onset at the edge: `make-safe` and
 * `restore`. What people owe is counted from when the rule could say it, at the edge as well: `acknowledge` and `arrive`
 * start at `detected`. Some rules take 15 minutes to be sure, as long as P2 leaves for acknowledging; counted from the
 * onset, these would be missed before anybody could know. Neither depends on when the readings reached the cloud: for
 * whoever waits by the gate it is no excuse that the line was down. What people report starts when it was received.
 *
 * `restore`, `complaint` and `class` stop when the work counts as done. When it turns out that it is not (the sensor
 * denies it, the resident says no, the fault comes back), they run on as if they had never stopped: the time in between counts, and `claims`
 * says how much that was. A visit that follows has its own `acknowledge` and `arrive`, as it is asked for anew. The work
 * is withdrawn, and every clock with it, when the breach never was; what ends otherwise without being done voids only
 * what still runs.
 */
export function clocksOf(ticket: Clocked, story: Story): TicketClock[] {
  const machine = machines.has(ticket.source);
  const harm = machine ? (story.onset ?? story.opened) : story.opened;
  const known = machine ? (story.detected ?? harm) : story.opened;
  const wanted = [
    ...visits(ticket, story, known),
    ...whole(ticket, story, harm),
    ...promises(ticket, story),
    ...followUps(ticket, story),
  ];
  return wanted.map((one) => reckon(ticket, story, one)).filter((one) => one !== null);
}

function visits(ticket: Clocked, story: Story, known: number): Wanted[] {
  return roundsOf(story, known).flatMap((visit, index) => {
    const judged = severityIn(story, visit.to);
    if (judged === null) return [];
    const targets = targetsOf(ticket, judged.severity, ticket.time.clocks);
    const from = Math.max(visit.from, judged.since);
    const within = { from, to: visit.to };
    const shared = { ...within, round: index + 1 };
    const came = arrivedIn(story, within);
    return [
      {
        ...shared,
        clock: 'acknowledge',
        target: targets.get('acknowledge'),
        stop: acknowledgedIn(story, within),
      },
      { ...shared, clock: 'arrive', target: targets.get('arrive'), stop: came },
    ] satisfies Wanted[];
  });
}

function whole(ticket: Clocked, story: Story, harm: number): Wanted[] {
  const judged = severityIn(story, Number.POSITIVE_INFINITY);
  if (judged === null) return [];
  const targets = targetsOf(ticket, judged.severity, ticket.time.clocks);
  const from = Math.max(harm, judged.since);
  const { claims } = doneIn(story);
  const one = (clock: TargetedClock, start: number, stop: Stop | null) => {
    return { clock, round: 1, target: targets.get(clock), from: start, stop };
  };
  const { opened } = story;
  const lasting = { pausable: true, claims };
  return [
    { ...one('make-safe', from, safeAt(story, from)), claims },
    { ...one('restore', from, doneAt(story, from)), ...lasting },
    one('answer', opened, answeredAt(story, opened)),
    { ...one('complaint', opened, doneAt(story, opened)), ...lasting },
    ...(story.class === null ? [] : [inClass(ticket, story, story.class, harm, lasting)]),
  ];
}

/** Within the week of a matter that needs others, a reply is due, not the finished work. */
function inClass(
  { time }: Clocked,
  story: Story,
  name: NonNullable<Story['class']>,
  from: number,
  lasting: Pick<Wanted, 'pausable' | 'claims'>,
): Wanted {
  const finished = doneAt(story, from);
  const stop = name === 'one-week' ? earlier(answeredAt(story, from), finished) : finished;
  const target = classTarget(name, time.clocks);
  return { clock: 'class', round: 1, target, from, stop, ...lasting };
}

/** A promise stands until it is kept; another one beside it takes nothing back. */
function promises({ time }: Clocked, story: Story): Wanted[] {
  return story.promises.map(({ at, kind, until }, index) => {
    const due = promiseDue(kind, at, time.zone, until);
    const allowance = { time: Math.max(0, due - at), working: false };
    const target = {
      words: new Date(due).toISOString(),
      allowance,
      source: 'T13',
      confirmed: true,
    };
    return { clock: 'promise', round: index + 1, target, from: at, stop: keptAt(story, at) };
  });
}

function followUps(ticket: Clocked, story: Story): Wanted[] {
  const judged = severityIn(story, Number.POSITIVE_INFINITY);
  const targets = targetsOf(ticket, judged?.severity ?? '', ticket.time.clocks);
  return story.owed.map(({ from, to }, index) => {
    const stop = to === null ? null : { at: to, needless: false };
    return { clock: 'follow-up', round: index + 1, target: targets.get('follow-up'), from, stop };
  });
}

function reckon(ticket: Clocked, story: Story, wanted: Wanted): TicketClock | null {
  const { clock, round, target, from, to = Number.POSITIVE_INFINITY } = wanted;
  if (!target || from >= to) return null;
  const allowed = allowedFrom(ticket.time, target.allowance, from);
  if (allowed === null) return null;
  const { budget, working } = allowed;
  const { allowance: _, ...said } = target;
  const calendar = calendarOf(ticket.time, working);
  const waits = wanted.pausable ? pausesOf(story.waits, ticket) : [];
  const pauses = merged(waits.map((wait) => ({ ...wait, from: Math.max(wait.from, from) })));
  const due = dueAfter(calendar, from, budget, pauses);
  if (!Number.isFinite(due)) return null;
  const ended = endOf(story, wanted, due);
  const claims = (wanted.claims ?? []).filter((claim) => claim.from >= from);
  const kept = pauses.filter((pause) => pause.from < (ended.stopped ?? Number.POSITIVE_INFINITY));
  return {
    clock,
    round,
    target: said,
    started: from,
    budget,
    working,
    due,
    ...ended,
    pauses: kept,
    claims,
  };
}

function endOf(
  story: Story,
  { stop, from, to = Number.POSITIVE_INFINITY }: Wanted,
  due: number,
): Pick<TicketClock, 'stopped' | 'outcome'> {
  const dropped = droppedAt(story);
  if (dropped?.state === 'withdrawn') return { stopped: dropped.at, outcome: 'void' };
  if (stop !== null) {
    const late = stop.at > due;
    return { stopped: stop.at, outcome: late ? 'missed' : stop.needless ? 'void' : 'met' };
  }
  if (to !== Number.POSITIVE_INFINITY) {
    return { stopped: leftAt(story, { from, to }), outcome: 'void' };
  }
  return dropped === null
    ? { stopped: null, outcome: 'open' }
    : { stopped: dropped.at, outcome: 'void' };
}
