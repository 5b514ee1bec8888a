import { describe, expect, it } from 'vitest';
import { rowsOf } from './detail.ts';
import { actions } from './known-actions.ts';
import { auditSearch, dayStart } from './search.ts';

const texts = import.meta.glob<{ action: Record<string, string> }>('../i18n/locales/*/audit.json', {
  eager: true,
  import: 'default',
});

describe('the filters of the audit log', () => {
  it('are read from the address, and nothing else is', () => {
    expect(
      auditSearch({ actor: ' person:1 ', action: '', object: 7, from: '2026-11-01', to: 'soon' }),
    ).toEqual({ actor: 'person:1', from: '2026-11-01' });
    expect(auditSearch({ from: '2026-13-40' })).toEqual({});
  });

  it('take days in the zone of the estate, also where the clock changes', () => {
    expect(dayStart('2026-11-28', 'Asia/Shanghai')).toBe(Date.parse('2026-11-27T16:00:00Z'));
    expect(dayStart('2026-11-28', 'UTC', 1)).toBe(Date.parse('2026-11-29T00:00:00Z'));
    expect(dayStart('2026-03-29', 'Europe/Berlin')).toBe(Date.parse('2026-03-28T23:00:00Z'));
    expect(dayStart('2026-03-29', 'Europe/Berlin', 1)).toBe(Date.parse('2026-03-29T22:00:00Z'));
    expect(dayStart('2026-10-25', 'Europe/Berlin', 1)).toBe(Date.parse('2026-10-25T23:00:00Z'));
    // The clock changes between this midnight and that of UTC.
    expect(dayStart('2026-04-05', 'Pacific/Auckland')).toBe(Date.parse('2026-04-04T11:00:00Z'));
    expect(dayStart('2026-11-01', 'America/New_York')).toBe(Date.parse('2026-11-01T04:00:00Z'));
  });
});

describe('the detail of an entry', () => {
  it('is printed a line a value, however deep', () => {
    expect(
      rowsOf({
        name: 'Li',
        before: { limit: 80, on: true },
        grants: ['viewer', 'manager'],
        gone: null,
      }),
    ).toEqual([
      ['name', 'Li'],
      ['before.limit', '80'],
      ['before.on', 'true'],
      ['grants', 'viewer, manager'],
      ['gone', '–'],
    ]);
    expect(rowsOf({})).toEqual([]);
  });
});

describe('what the log tells', () => {
  it('has words in both languages', () => {
    for (const [path, { action }] of Object.entries(texts)) {
      for (const known of actions) expect(action, path).toHaveProperty(known.replace('.', '_'));
    }
    expect(Object.keys(texts)).toHaveLength(2);
  });
});
