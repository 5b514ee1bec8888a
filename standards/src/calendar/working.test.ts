import { describe, expect, it } from 'vitest';
import type { Calendar } from './table.ts';
import { workingCalendar } from './working.ts';

const at = (iso: string) => Date.parse(iso);
const office = {
  zone: 'Asia/Shanghai',
  hours: ['08:00-12:00', '13:00-17:00'],
  days: ['mon', 'tue', 'wed', 'thu', 'fri'] as const,
  holidays: ['2026-10-01', '2026-10-02'],
  workdays: ['2026-10-10'],
};

/** Every change in [from, to), local time of Shanghai. */
function changes(calendar: Calendar, from: string, to: string): string[] {
  const found: string[] = [];
  for (let t = calendar.next(at(from) - 1); t < at(to); t = calendar.next(t)) {
    const local = new Date(t + 8 * 3_600_000).toISOString().slice(5, 16);
    found.push(`${local} ${calendar.at(t) ? 'opens' : 'closes'}`);
  }
  return found;
}

describe('working hours', () => {
  it('have a break, and none on holidays and at weekends', () => {
    const work = workingCalendar(office);
    expect(changes(work, '2026-09-30T00:00+08:00', '2026-10-05T12:30+08:00')).toEqual([
      '09-30T08:00 opens',
      '09-30T12:00 closes',
      '09-30T13:00 opens',
      '09-30T17:00 closes',
      '10-05T08:00 opens',
      '10-05T12:00 closes',
    ]);
  });

  it('hold on a Saturday that is worked in exchange, and on a holiday that is', () => {
    const work = workingCalendar({ ...office, workdays: ['2026-10-02', '2026-10-10'] });
    expect(work.at(at('2026-10-10T09:00+08:00'))).toBe(true);
    expect(work.at(at('2026-10-11T09:00+08:00'))).toBe(false);
    expect(work.at(at('2026-10-02T16:59+08:00'))).toBe(true);
  });

  it('without an end never end', () => {
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
    const always = { ...office, hours: ['00:00-24:00'], days, holidays: [] };
    expect(workingCalendar(always).next(at('2026-10-02T00:00Z'))).toBe(Number.POSITIVE_INFINITY);
  });

  it('that meet are one stretch', () => {
    const work = workingCalendar({ ...office, hours: ['08:00-12:00', '12:00-16:00'] });
    expect(work.next(at('2026-09-30T08:00+08:00'))).toBe(at('2026-09-30T16:00+08:00'));
  });
});
