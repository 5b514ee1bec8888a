import { ticketCommandSchema } from '@caretaker/cloud/contract';
import { describe, expect, it } from 'vitest';
import { clockFace, instantOf } from './form/zone-time.ts';
import { type FormType, forms, missingIn, type Values, wishOf } from './forms.ts';
import { minorUnits } from './money.ts';
import { fresh } from './testing.ts';

const hash = 'a'.repeat(64);
/** One full answer for every form. */
const filled: Readonly<Record<FormType, Values>> = {
  triage: { severity: 'low', team: 'engineering', class: 'same-day', note: 'x' },
  prioritise: { severity: 'high', note: 'x' },
  'assign-team': { team: 'security', note: '' },
  dispatch: { to: 'p-li' },
  'hand-over': { team: 'security', note: 'end of shift' },
  arrive: { code: ' gate-7 ' },
  part: { name: 'Hinge', quantity: 2, price: 4550 },
  quote: { labour: 5000, parts: 9100 },
  consent: { by: 'Mr Zhao', file: hash },
  'temporary-measure': {
    files: [hash],
    what: 'Wedged open',
    risk: 'Cold',
    finalBy: 9,
    parts: [{ name: 'Hinge', quantity: 1, price: null }],
  },
  wait: { reason: 'parts', evidence: 'ordered', until: 9, files: [] },
  fix: { what: 'Oiled', cause: 'Wear', files: [hash] },
  verify: { note: 'Looked at it' },
  'sign-off': { by: 'Mr Zhao', file: hash },
  'follow-up': { contact: '1380000', satisfied: 'no', score: '2', words: 'Still loud' },
  close: { note: 'Done' },
  reject: { note: 'Not ours' },
  'refer-out': { to: 'Water works', note: 'Their pipe' },
  cancel: { note: 'Twice' },
  reopen: { note: 'Again' },
  promise: { kind: 'at', at: 9 },
  answer: { note: 'On Monday' },
  note: { note: 'x' },
};
const types = Object.keys(forms) as FormType[];

describe('forms of commands', () => {
  it.each(types)('make of %s what the service takes', (type) => {
    expect(missingIn(type, filled[type], fresh)).toEqual([]);
    const command = { ...wishOf(type, filled[type]), revision: 1 };
    expect(ticketCommandSchema.parse(command)).toEqual(command);
  });

  it('leave out what was left empty, and round no words', () => {
    expect(wishOf('arrive', { code: ' gate-7 ', reason: '  ' })).toEqual({
      type: 'arrive',
      code: 'gate-7',
    });
    expect(wishOf('follow-up', { contact: 'x', satisfied: 'yes', score: '5' })).toMatchObject({
      score: 5,
    });
    expect(wishOf('promise', { kind: 'hour', at: 9 })).toEqual({ type: 'promise', kind: 'hour' });
  });

  it('name what is missing, one of two included', () => {
    expect(missingIn('temporary-measure', { what: 'x' }, fresh)).toEqual([
      'files',
      'risk',
      'finalBy',
    ]);
    expect(missingIn('arrive', {}, fresh)).toEqual(['code', 'reason']);
    expect(missingIn('promise', { kind: 'at' }, fresh)).toEqual(['at']);
    expect(missingIn('sign-off', { by: 'Wu' }, fresh)).toEqual([]);
    const customer = { kind: 'resident', name: 'Zhao', contact: null, channel: 'phone' } as const;
    expect(missingIn('sign-off', { by: 'Zhao' }, { reporter: customer })).toEqual(['file', 'code']);
    expect(missingIn('note', { note: '  ' }, fresh)).toEqual(['note']);
  });
});

describe('sums', () => {
  it('are read as people write them', () => {
    expect(['45.5', '45,50', '0', '12'].map(minorUnits)).toEqual([4550, 4550, 0, 1200]);
    expect(['', '-1', '1.234', 'x', '1e3'].map(minorUnits)).toEqual(Array(5).fill(undefined));
  });
});

describe('times in the zone of the estate', () => {
  it('come back as they were written', () => {
    for (const zone of ['Asia/Shanghai', 'Europe/London', 'America/New_York']) {
      const at = Date.parse('2026-07-21T14:05:00Z');
      expect(instantOf(clockFace(at, zone), zone)).toBe(at);
    }
    expect(instantOf('', 'Europe/London')).toBeUndefined();
  });

  it('are the first pass of a repeated hour and the end of a skipped one', () => {
    expect(instantOf('2026-10-25T01:30', 'Europe/London')).toBe(Date.parse('2026-10-25T00:30:00Z'));
    expect(instantOf('2026-03-29T01:30', 'Europe/London')).toBe(Date.parse('2026-03-29T01:00:00Z'));
    expect(instantOf('2026-03-08T02:30', 'America/New_York')).toBe(
      Date.parse('2026-03-08T07:00:00Z'),
    );
    expect(instantOf('2026-11-01T01:30', 'America/New_York')).toBe(
      Date.parse('2026-11-01T05:30:00Z'),
    );
  });
});
