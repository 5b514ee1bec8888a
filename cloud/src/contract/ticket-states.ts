/* Without zod, so that a page can carry it: see the package's entry `contract/ticket-states`. */

const openStates = [
  'new',
  'triaged',
  'dispatched',
  'acknowledged',
  'en-route',
  'on-site',
  'working',
  'temporary-measure',
  'waiting',
  'fixed',
  'verified',
  'signed-off',
  'follow-up',
  'reopened',
] as const;
const endedStates = [
  'closed',
  'rejected',
  'referred-out',
  'cancelled',
  'self-cleared',
  'withdrawn',
] as const;

export const ticketStates = [...openStates, ...endedStates] as const;
export type TicketState = (typeof ticketStates)[number];
type OpenState = (typeof openStates)[number];

/** Of one (subject, item) at most one ticket is in one of these. */
export const openTicketStates: readonly OpenState[] = openStates;
const open: ReadonlySet<TicketState> = new Set(openStates);

export function isOpen(state: TicketState): state is OpenState {
  return open.has(state);
}

/** Nobody says yet that it is mended. */
const before = [
  'new',
  'triaged',
  'dispatched',
  'acknowledged',
  'en-route',
  'on-site',
  'working',
  'temporary-measure',
  'waiting',
  'reopened',
] as const satisfies readonly OpenState[];
/** Nobody has come yet, or somebody must come again. */
const away = [
  'new',
  'triaged',
  'dispatched',
  'acknowledged',
  'en-route',
  'temporary-measure',
  'waiting',
  'reopened',
] as const satisfies readonly OpenState[];
const there = ['on-site', 'working'] as const satisfies readonly OpenState[];
const proven = ['verified', 'signed-off', 'follow-up'] as const satisfies readonly OpenState[];

/** What a command does to the state of a ticket. */
export interface Move {
  /** From which states it may be done. */
  readonly from: readonly TicketState[];
  /** Where it leads; null where the command's own words decide, or where the state stays. */
  readonly to: TicketState | null;
  /**
   * How it meets what others did since its author last looked. `adds` and `sets` always count: what is added stands
   * beside the rest, of what is set the later one shows and its entry names the one before. `moves` counts only as
   * long as the state is still the one that its author saw.
   */
  readonly meets: 'adds' | 'sets' | 'moves';
  /** Needs `ticket.direct`, not only `ticket.act`. */
  readonly directs?: true;
  /** Entries that its author must have seen, for what they say rests on them. */
  readonly restsOn?: readonly string[];
}

const moves = (from: Move['from'], to: Move['to']): Move => ({ from, to, meets: 'moves' });
const adds: Move = { from: ticketStates, to: null, meets: 'adds' };
const addsWhileOpen: Move = { from: openStates, to: null, meets: 'adds' };
const sets: Move = { from: openStates, to: null, meets: 'sets' };
/** What says how much is to be paid. */
const charged = ['quoted', 'part-used'];
const ends = (to: TicketState): Move => ({ ...moves(before, to), directs: true });

/** Every command of people and from where it may be done: the one place where that is said. */
export const ticketMoves = {
  triage: moves(['new', 'reopened'], 'triaged'),
  // Whoever goes by themselves directs nobody: its own rule asks.
  dispatch: moves(away, 'dispatched'),
  acknowledge: moves(['new', 'triaged', 'dispatched', 'reopened'], 'acknowledged'),
  'set-out': moves(
    ['dispatched', 'acknowledged', 'temporary-measure', 'waiting', 'reopened'],
    'en-route',
  ),
  arrive: moves(away, 'on-site'),
  start: moves(['acknowledged', 'on-site', 'temporary-measure', 'reopened'], 'working'),
  'temporary-measure': moves(there, 'temporary-measure'),
  wait: moves(['acknowledged', 'en-route', ...there, 'temporary-measure', 'reopened'], 'waiting'),
  resume: moves(['waiting'], 'working'),
  fix: moves(['acknowledged', 'en-route', ...there, 'temporary-measure', 'reopened'], 'fixed'),
  verify: moves(['fixed'], 'verified'),
  'sign-off': { ...moves(['verified'], 'signed-off'), restsOn: charged },
  'follow-up': moves(proven, null),
  close: moves(proven, 'closed'),
  'self-clear': moves(before, 'self-cleared'),
  reject: ends('rejected'),
  'refer-out': ends('referred-out'),
  cancel: ends('cancelled'),
  reopen: {
    ...moves(['closed', 'rejected', 'referred-out', 'cancelled', 'self-cleared'], 'reopened'),
    directs: true,
  },
  prioritise: sets,
  'assign-team': sets,
  'hand-over': sets,
  accept: sets,
  tick: addsWhileOpen,
  part: addsWhileOpen,
  quote: addsWhileOpen,
  consent: { ...addsWhileOpen, restsOn: charged },
  promise: addsWhileOpen,
  answer: addsWhileOpen,
  attach: adds,
  note: adds,
} as const satisfies Record<string, Move>;
export type TicketCommandType = keyof typeof ticketMoves;

/** Whether a command may be done to a ticket in this state, as far as the state alone says. */
export function isAllowed(command: TicketCommandType, state: TicketState): boolean {
  const { from }: Move = ticketMoves[command];
  return from.includes(state);
}

/** The entry of the log that each command leads to. */
export const ticketEntries = {
  triage: 'triaged',
  prioritise: 'prioritised',
  'assign-team': 'team-assigned',
  dispatch: 'dispatched',
  acknowledge: 'acknowledged',
  'hand-over': 'handed-over',
  accept: 'accepted',
  'set-out': 'set-out',
  arrive: 'arrived',
  start: 'started',
  tick: 'ticked',
  part: 'part-used',
  attach: 'attached',
  quote: 'quoted',
  consent: 'consented',
  'temporary-measure': 'temporary-measure',
  wait: 'waiting',
  resume: 'resumed',
  fix: 'fixed',
  verify: 'verified',
  'sign-off': 'signed-off',
  'follow-up': 'followed-up',
  close: 'closed',
  'self-clear': 'self-cleared',
  reject: 'rejected',
  'refer-out': 'referred-out',
  cancel: 'cancelled',
  reopen: 'reopened',
  promise: 'promised',
  answer: 'answered',
  note: 'note',
} as const satisfies Record<TicketCommandType, string>;

/** The flow at the site: its steps in their order. */
export const checklistSteps = [
  'tools',
  'knock',
  'introduce',
  'confirm-booking',
  'consent-to-enter',
  'shoe-covers',
  'confirm-content',
  'price-list',
  'protect',
  'tidy-up',
  'other-needs',
] as const;
export type ChecklistStep = (typeof checklistSteps)[number];
