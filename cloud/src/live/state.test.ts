import type { Point } from '@caretaker/devices/model';
import type { Condition } from '@caretaker/standards/engine';
import { describe, expect, it } from 'vitest';
import { pointState } from './state.ts';

const point: Point = {
  id: 'court/hall/temp_c',
  metric: 'temp_c',
  cadence: null,
  silentAfter: 1_800_000,
  history: 'store',
  limits: {},
};
const newest = { point: point.id, at: 1, received: 1, value: 20, stamped: true, history: false };

const condition = (given: Partial<Condition>): Condition => ({
  subject: 'court/hall',
  rule: 'warm',
  item: 'TP24-03',
  verdict: 'ok',
  phase: 'ok',
  since: 1,
  until: null,
  value: 20,
  severity: 'medium',
  effect: 'degraded',
  points: [point.id],
  ...given,
});
const learning = condition({ rule: 'drift', effect: 'none', verdict: 'unknown', phase: 'unknown' });

describe('the mark of a point', () => {
  it.each([
    ['a rule without effect that cannot judge yet', [condition({}), learning], 'ok'],
    ['nothing but such a rule', [learning], 'ok'],
    [
      'a rule that decides and does not know',
      [condition({ verdict: 'unknown', phase: 'unknown' }), learning],
      'unknown',
    ],
    [
      'a silent sensor',
      [learning, condition({ rule: 'silence', effect: 'unknown', phase: 'breach' })],
      'unknown',
    ],
    [
      'a breach of a rule without effect',
      [condition({ effect: 'none', phase: 'breach' })],
      'breach',
    ],
  ])('by %s', (_case, conditions, phase) => {
    expect(pointState(point, conditions, newest, false).phase).toBe(phase);
  });

  it('is unknown while nothing was ever heard of it, and while its gateway is silent', () => {
    expect(pointState(point, [learning], undefined, false).phase).toBe('unknown');
    expect(pointState(point, [condition({})], newest, true).phase).toBe('unknown');
  });
});
