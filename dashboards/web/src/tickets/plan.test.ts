import type { Ticket } from '@caretaker/cloud/contract';
import { ticketMoves, ticketStates } from '@caretaker/cloud/contract/ticket-states';
import { describe, expect, it } from 'vitest';
import { hasForm } from './forms.ts';
import { isOffered, isPlain, keyedCommand, nextOf, offersOf, stepsOf, ticksOf } from './plan.ts';
import { fresh } from './testing.ts';

const technician = { person: 'p-li', acts: true, directs: false, sensor: 'clearing' } as const;
const engineer = { person: 'p-wu', acts: true, directs: true, sensor: 'clearing' } as const;
const commands = Object.keys(ticketMoves) as (keyof typeof ticketMoves)[];
const li = { person: 'p-li', name: 'Li' };
const resident = {
  reporter: { kind: 'resident', name: 'Mr Zhao', contact: null, channel: 'phone' },
} as const;
const at = (state: Ticket['state'], more: Partial<Ticket> = {}): Ticket => ({
  ...fresh,
  state,
  ...more,
});

describe('the one thing to do next', () => {
  it('leads from a new ticket to a closed one', () => {
    const way: [Ticket['state'], Partial<Ticket>?][] = [
      ['new'],
      ['acknowledged'],
      ['en-route'],
      ['on-site'],
      ['working'],
      ['fixed'],
      ['verified', resident],
      ['signed-off', { ...resident, followUp: 'owed' }],
      ['follow-up', { followUp: 'done' }],
      ['closed'],
    ];
    expect(way.map(([state, more]) => nextOf(at(state, more), technician))).toEqual([
      'acknowledge',
      'set-out',
      'arrive',
      'start',
      'fix',
      null,
      'sign-off',
      'follow-up',
      'close',
      null,
    ]);
  });

  it('is to accept a handover for whom it is for, and for nobody else', () => {
    const handed = at('working', { handover: { to: li, team: null, at: 1 } });
    expect(nextOf(handed, technician)).toBe('accept');
    expect(nextOf(handed, engineer)).toBe('fix');
    const pooled = at('working', { handover: { to: null, team: 'security', at: 1 } });
    expect(nextOf(pooled, engineer)).toBe('accept');
  });

  it('is a look by somebody else where no sensor can tell', () => {
    const fixed = at('fixed', { fixed: { at: 1, by: li } });
    expect(nextOf(fixed, { ...engineer, sensor: null })).toBe('verify');
    expect(nextOf(fixed, { ...engineer, sensor: 'silent' })).toBe('verify');
    expect(nextOf(fixed, { ...technician, sensor: null })).toBeNull();
    expect(nextOf(fixed, engineer)).toBeNull();
  });

  it('is always something that the table of moves allows', () => {
    for (const state of ticketStates) {
      for (const followUp of ['none', 'owed', 'done'] as const) {
        const ticket = at(state, { ...resident, followUp });
        const next = nextOf(ticket, engineer);
        if (next !== null) expect(isOffered(next, ticket, engineer), `${state} ${next}`).toBe(true);
      }
    }
  });
});

describe('what is offered', () => {
  it('is nothing to whoever may only look', () => {
    const viewer = { person: 'p-x', acts: false, directs: false, sensor: null };
    for (const state of ticketStates) expect(offersOf(at(state), viewer)).toEqual([]);
  });

  it('leaves what directs others to those who may', () => {
    expect(isOffered('cancel', at('working'), technician)).toBe(false);
    expect(isOffered('cancel', at('working'), engineer)).toBe(true);
  });

  it('finishes with one tap only what cleared by itself and no machine must leave to people', () => {
    const clear = at('acknowledged', { conditionClear: true, asks: 'self-clear' });
    expect(nextOf(clear, technician)).toBe('self-clear');
    expect(isOffered('self-clear', at('acknowledged', { conditionClear: true }), technician)).toBe(
      false,
    );
  });

  it('never closes while the customer is still to be asked', () => {
    expect(isOffered('close', at('verified', { followUp: 'owed' }), engineer)).toBe(false);
    expect(isOffered('close', at('verified', resident), engineer)).toBe(false);
    expect(isOffered('close', at('verified'), engineer)).toBe(true);
  });

  it('has for every command a form, or is done at once', () => {
    const own = commands.filter((one) => one !== 'tick' && one !== 'attach');
    for (const command of own) expect(hasForm(command) !== isPlain(command), command).toBe(true);
  });
});

describe('letters', () => {
  it('take the next step towards the end, or end it', () => {
    const verified = at('verified');
    expect(keyedCommand('c', verified, nextOf(verified, engineer))).toBe('close');
    expect(keyedCommand('c', at('working'), 'fix')).toBe('cancel');
    expect(keyedCommand('m', at('new'), 'acknowledge')).toBe('acknowledge');
    expect(keyedCommand('s', at('new'), 'acknowledge')).toBe('more');
  });
});

describe('the checklist', () => {
  it('knocks at homes only', () => {
    expect(stepsOf(at('on-site'))).not.toContain('knock');
    expect(stepsOf(at('on-site', resident))).not.toContain('knock');
    expect(stepsOf(at('on-site', { inHome: true }))).toContain('knock');
  });

  it('has of each step what was said last', () => {
    const tick = (step: string, done: boolean) => ({ type: 'ticked', data: { step, done } });
    const events = [tick('tools', true), tick('knock', true), tick('tools', false)];
    expect([...ticksOf(events)]).toEqual(['knock']);
  });
});
