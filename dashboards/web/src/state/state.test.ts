import { describe, expect, it } from 'vitest';
import { countMarks, sumPoints } from './counts.ts';
import { markOf, rankOf } from './mark.ts';

describe('the mark of a state', () => {
  it('is the severity while in breach', () => {
    expect(markOf({ verdict: 'breach', phase: 'breach', severity: 'high' })).toBe('high');
  });

  it('is the phase while a timer runs, whatever the severity', () => {
    expect(markOf({ verdict: 'breach', phase: 'pending', severity: 'emergency' })).toBe('pending');
    expect(markOf({ verdict: 'ok', phase: 'clearing', severity: 'high' })).toBe('clearing');
  });

  it('never shows silence as ok', () => {
    expect(markOf({ verdict: 'unknown', phase: 'ok', severity: null })).toBe('unknown');
    expect(markOf({ verdict: 'unknown', phase: 'unknown', severity: null })).toBe('unknown');
    expect(rankOf('unknown')).toBeLessThan(rankOf('ok'));
  });

  it('is planned only where nothing is wrong and nothing is unknown', () => {
    const planned = { id: 1, until: 2, reason: 'new ropes' };
    expect(markOf({ verdict: 'ok', phase: 'ok', severity: null, planned })).toBe('planned');
    expect(markOf({ verdict: 'ok', phase: 'ok', severity: null, planned: null })).toBe('ok');
    expect(markOf({ verdict: 'breach', phase: 'breach', severity: 'low', planned })).toBe('low');
    expect(markOf({ verdict: 'unknown', phase: 'ok', severity: null, planned })).toBe('unknown');
  });

  it('ranks every breach above what is only unknown', () => {
    expect(rankOf('low')).toBeLessThan(rankOf('unknown'));
    expect(rankOf('emergency')).toBe(0);
  });
});

describe('counts', () => {
  it('adds the parts to the total', () => {
    const sum = sumPoints([
      { ok: 3, breach: 1, pending: 0, unknown: 2 },
      { ok: 5, breach: 0, pending: 1, unknown: 0 },
    ]);
    expect(sum).toEqual({ ok: 8, breach: 1, pending: 1, unknown: 2, total: 12 });
  });

  it('lists marks worst first and leaves out what does not occur', () => {
    expect(countMarks(['ok', 'low', 'ok', 'emergency'])).toEqual([
      ['emergency', 1],
      ['low', 1],
      ['ok', 2],
    ]);
  });
});
