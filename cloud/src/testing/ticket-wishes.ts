import type { TicketCommand, TicketCommandType } from '../contract/index.ts';

type Bare<C> = C extends TicketCommand ? Omit<C, 'revision'> : never;
/** A command without the revision that its author saw. */
export type Wish = Bare<TicketCommand>;

/** Of the file that tickets in these tests have. */
export const fileHash = 'a'.repeat(64);

/** Of each command one that its own rules let pass on an ordinary ticket of which somebody was quoted a price. */
export function wishesAt(now: number): Readonly<Record<TicketCommandType, Wish>> {
  const note = 'x';
  const soon = now + 3_600_000;
  return {
    triage: { type: 'triage', severity: 'high' },
    prioritise: { type: 'prioritise', severity: 'high', note },
    'assign-team': { type: 'assign-team', team: 'security' },
    dispatch: { type: 'dispatch', to: 'lin' },
    acknowledge: { type: 'acknowledge' },
    'hand-over': { type: 'hand-over', team: 'security', note },
    accept: { type: 'accept' },
    'set-out': { type: 'set-out' },
    arrive: { type: 'arrive', reason: note },
    start: { type: 'start' },
    tick: { type: 'tick', step: 'knock', done: true },
    part: { type: 'part', name: 'Hinge', quantity: 1, price: null },
    attach: { type: 'attach', file: fileHash, kind: 'after' },
    quote: { type: 'quote', labour: 0, parts: 0, currency: 'CNY' },
    consent: { type: 'consent', by: 'Zhou' },
    'temporary-measure': {
      ...{ type: 'temporary-measure', what: note, files: [fileHash], risk: note },
      ...{ finalBy: soon, parts: [] },
    },
    wait: { type: 'wait', reason: 'parts', evidence: note, files: [], until: soon },
    resume: { type: 'resume' },
    fix: { type: 'fix', what: note, files: [] },
    verify: { type: 'verify', note },
    'sign-off': { type: 'sign-off', by: 'Mei' },
    'follow-up': { type: 'follow-up', contact: '1', satisfied: 'yes' },
    close: { type: 'close', note },
    'self-clear': { type: 'self-clear' },
    reject: { type: 'reject', note },
    'refer-out': { type: 'refer-out', to: 'City', note },
    cancel: { type: 'cancel', note },
    reopen: { type: 'reopen', note },
    promise: { type: 'promise', kind: 'hour' },
    answer: { type: 'answer', note },
    note: { type: 'note', note },
  };
}
