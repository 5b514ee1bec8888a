import { expect, it } from 'vitest';
import { ledgerSearch, periodOf, queryOf } from './search.ts';

const day = 24 * 3_600_000;
const now = Date.UTC(2026, 10, 29, 12);

it('reads an address that anybody may have written', () => {
  expect(
    ledgerSearch({ days: 30, from: '2026-13-45', to: 'x', team: 'security,odd', sort: 'due' }),
  ).toEqual({ days: '30', team: 'security' });
});

it('covers whole days of the estate, the last one with it, and else the last days up to now', () => {
  const search = ledgerSearch({ from: '2026-11-01', to: '2026-11-02' });
  const { from, to } = periodOf(search, 'Asia/Shanghai', now);
  expect(from).toBe(Date.UTC(2026, 9, 31, 16));
  expect((to ?? 0) - (from ?? 0)).toBe(2 * day);
  expect(periodOf({}, 'UTC', now)).toEqual({ from: now - 7 * day, to: undefined });
  expect(periodOf({ from: '2026-11-01' }, 'UTC', now).to).toBeUndefined();
});

it('asks the service for lists as lists', () => {
  const query = queryOf(ledgerSearch({ severity: 'high,low', days: '90' }), 'UTC', now);
  expect(query).toMatchObject({ severity: ['high', 'low'], from: now - 90 * day });
});
