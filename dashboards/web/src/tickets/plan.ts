import type { Proof, Ticket } from '@caretaker/cloud/contract';
import {
  type ChecklistStep,
  checklistSteps,
  isAllowed,
  isOpen,
  type Move,
  type TicketCommandType,
  ticketMoves,
} from '@caretaker/cloud/contract/ticket-states';

/** Who looks at the ticket. */
export interface Viewer {
  /** Their account; null for none. */
  readonly person: string | null;
  readonly acts: boolean;
  readonly directs: boolean;
  /** What the sensor says of the fix; null where no rule watches what the ticket is about. */
  readonly sensor: Proof['phase'] | null;
}

const onward = {
  new: 'acknowledge',
  triaged: 'acknowledge',
  dispatched: 'acknowledge',
  reopened: 'acknowledge',
  acknowledged: 'set-out',
  'en-route': 'arrive',
  'on-site': 'start',
  working: 'fix',
  'temporary-measure': 'set-out',
  waiting: 'resume',
} as const satisfies Partial<Record<Ticket['state'], TicketCommandType>>;
const isOnward = (state: Ticket['state']): state is keyof typeof onward => state in onward;

/** Somebody outside the company waits for it, who signs and is asked whether all is well. */
export function hasCustomer({ reporter }: Pick<Ticket, 'reporter'>): boolean {
  return reporter !== null && reporter.kind !== 'employee';
}

/** Whether the customer is still to be asked. */
function owesFollowUp(ticket: Ticket): boolean {
  return ticket.followUp === 'owed' || (hasCustomer(ticket) && ticket.followUp !== 'done');
}

/** Where no sensor can say that it is mended, or must not, somebody else than who mended it does. */
function needsSecondPerson({ fixed }: Ticket, { person, sensor }: Viewer): boolean {
  const decides = sensor !== null && sensor !== 'silent' && sensor !== 'latched';
  return !decides && (fixed?.by.person == null || fixed.by.person !== person);
}

/** Whether a handover waits for this person: for them by name, or for whoever of a team takes it. */
function waitsFor({ handover }: Ticket, person: string | null): boolean {
  if (handover === null) return false;
  return handover.to === null || handover.to.person === person;
}

/** Mended as far as anybody knows: what is left is to have it confirmed, to ask, and to close. */
function finishOf(ticket: Ticket): TicketCommandType {
  if (ticket.state === 'verified' && hasCustomer(ticket)) return 'sign-off';
  return owesFollowUp(ticket) ? 'follow-up' : 'close';
}

/** The one thing to do next; null when it is for the sensor to say, or nothing is left. */
export function nextOf(ticket: Ticket, viewer: Viewer): TicketCommandType | null {
  const { state } = ticket;
  if (isOpen(state) && waitsFor(ticket, viewer.person)) return 'accept';
  if (ticket.asks === 'self-clear') return 'self-clear';
  if (isOnward(state)) return onward[state];
  if (state === 'fixed') return needsSecondPerson(ticket, viewer) ? 'verify' : null;
  return isAllowed('follow-up', state) ? finishOf(ticket) : null;
}

/** In the order in which they are offered. */
const groups = {
  work: [
    'accept',
    'acknowledge',
    'self-clear',
    'set-out',
    'arrive',
    'start',
    'resume',
    'temporary-measure',
    'wait',
    'fix',
    'verify',
    'sign-off',
    'follow-up',
    'close',
  ],
  add: ['note', 'part', 'quote', 'consent', 'promise', 'answer'],
  direct: [
    'hand-over',
    'dispatch',
    'triage',
    'assign-team',
    'prioritise',
    'refer-out',
    'reject',
    'cancel',
    'reopen',
  ],
} as const satisfies Record<string, readonly TicketCommandType[]>;
export type Group = keyof typeof groups;

/** What a ticket must be like for a command, beyond its state. */
const needs: Partial<Record<TicketCommandType, (ticket: Ticket, viewer: Viewer) => boolean>> = {
  accept: ({ handover }) => handover !== null,
  'self-clear': ({ asks }) => asks === 'self-clear',
  verify: needsSecondPerson,
  'follow-up': owesFollowUp,
  close: (ticket) => !owesFollowUp(ticket),
  quote: hasCustomer,
  consent: hasCustomer,
  promise: ({ reporter }) => reporter !== null,
  answer: ({ reporter }) => reporter !== null,
};

/** Whether somebody may do that to a ticket as it stands. */
export function isOffered(command: TicketCommandType, ticket: Ticket, viewer: Viewer): boolean {
  const { directs }: Move = ticketMoves[command];
  if (!viewer.acts || (directs === true && !viewer.directs)) return false;
  return isAllowed(command, ticket.state) && (needs[command]?.(ticket, viewer) ?? true);
}

/** Everything that may be done, in groups; empty groups are left out. */
export function offersOf(
  ticket: Ticket,
  viewer: Viewer,
): readonly (readonly [Group, readonly TicketCommandType[]])[] {
  return (Object.keys(groups) as Group[])
    .map((group) => [group, groups[group].filter((one) => isOffered(one, ticket, viewer))] as const)
    .filter(([, commands]) => commands.length > 0);
}

/** Done at once and taken back within 5 s; everything else asks for a fact first. */
const plain = ['acknowledge', 'accept', 'set-out', 'start', 'resume', 'self-clear'] as const;
export type PlainCommand = (typeof plain)[number];

export function isPlain(command: TicketCommandType): command is PlainCommand {
  return (plain as readonly string[]).includes(command);
}

const outside: readonly ChecklistStep[] = ['tools', 'protect', 'tidy-up'];
const withCustomer: readonly ChecklistStep[] = [
  'tools',
  'introduce',
  'confirm-content',
  'price-list',
  'protect',
  'tidy-up',
  'other-needs',
];

/** Steps of the checklist that make sense there: nobody knocks at a gate. */
export function stepsOf(ticket: Ticket): readonly ChecklistStep[] {
  if (ticket.inHome) return checklistSteps;
  return hasCustomer(ticket) ? withCustomer : outside;
}

/** What was ticked last of each step, as the log tells it. */
export function ticksOf(
  events: readonly { readonly type: string; readonly data: Readonly<Record<string, unknown>> }[],
): ReadonlySet<string> {
  const done = new Set<string>();
  for (const { type, data } of events) {
    if (type !== 'ticked') continue;
    if (data.done === true) done.add(String(data.step));
    else done.delete(String(data.step));
  }
  return done;
}

export type TicketKey = 'a' | 'm' | 'i' | 's' | 'n' | 'w' | 'f' | 'c';
const keyed = {
  a: 'acknowledge',
  i: 'dispatch',
  s: 'more',
  n: 'note',
  w: 'wait',
  f: 'fix',
} as const;

/** What a letter stands for: `m` makes it mine, `c` takes the next step towards its end. */
export function keyedCommand(
  key: TicketKey,
  ticket: Ticket,
  next: TicketCommandType | null,
): TicketCommandType | 'more' {
  if (key === 'm') return ticket.handover === null ? 'acknowledge' : 'accept';
  if (key !== 'c') return keyed[key];
  return next !== null && isAllowed('follow-up', ticket.state) ? next : 'cancel';
}
