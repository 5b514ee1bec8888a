import type { Episode } from '@caretaker/cloud/contract';
import { describe, expect, it } from 'vitest';
import { floodOf } from './flood.ts';

const minute = 60_000;
const now = 100 * minute;
const breach = (item: string, more: Partial<Episode> = {}) =>
  ({
    item,
    detected: now - minute,
    state: 'standing',
    history: false,
    effect: 'down',
    severity: 'high',
    ...more,
  }) as Episode;
const many = (count: number, item: string, more?: Partial<Episode>) =>
  Array.from({ length: count }, () => breach(item, more));

describe('a flood of breaches', () => {
  it('is more than ten an hour, grouped by cause, most frequent first', () => {
    expect(floodOf(many(10, 'TP02-01'), now)).toBeNull();
    expect(floodOf([...many(3, 'TP02-01'), ...many(9, 'TP05-02')], now)).toEqual({
      total: 12,
      causes: [
        { item: 'TP05-02', count: 9 },
        { item: 'TP02-01', count: 3 },
      ],
    });
  });

  it('counts neither what was learnt of later, nor silence, nor what is older', () => {
    expect(floodOf(many(20, 'a', { history: true }), now)).toBeNull();
    expect(floodOf(many(20, 'a', { effect: 'unknown' }), now)).toBeNull();
    expect(floodOf(many(20, 'a', { detected: now - 61 * minute }), now)).toBeNull();
  });
});
