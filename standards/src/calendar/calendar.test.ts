import { describe, expect, it } from 'vitest';
import { hoursCalendar } from './hours.ts';
import { createCalendars } from './index.ts';
import { sunCalendar } from './sun.ts';
import type { Calendar } from './table.ts';

const hangzhou = { latitude: 30.25, longitude: 120.17 };
const london = { latitude: 51.5, longitude: -0.13 };
const at = (iso: string) => Date.parse(iso);
const minute = 60_000;
const hour = 60 * minute;

/** Every change in [from, to), as `time value`. */
function changes(calendar: Calendar, from: string, to: string): string[] {
  const found: string[] = [];
  for (let t = calendar.next(at(from) - 1); t < at(to); t = calendar.next(t)) {
    found.push(`${new Date(t).toISOString().slice(0, 16)}Z ${calendar.at(t)}`);
  }
  return found;
}

describe('hours', () => {
  it('hold from the first minute and not at the last', () => {
    const open = hoursCalendar({ hours: '06:00-22:00', zone: 'Asia/Shanghai' });
    expect(open.at(at('2026-05-01T05:59:59.999+08:00'))).toBe(false);
    expect(open.at(at('2026-05-01T06:00:00+08:00'))).toBe(true);
    expect(open.at(at('2026-05-01T21:59:59.999+08:00'))).toBe(true);
    expect(open.at(at('2026-05-01T22:00:00+08:00'))).toBe(false);
    expect(open.next(at('2026-05-01T06:00:00+08:00'))).toBe(at('2026-05-01T22:00:00+08:00'));
  });

  it('run over midnight and over the year', () => {
    const night = hoursCalendar({ hours: '22:00-06:00', zone: 'Asia/Shanghai' });
    expect(night.at(at('2026-12-31T23:59:00+08:00'))).toBe(true);
    expect(changes(night, '2026-12-31T12:00Z', '2027-01-01T16:00Z')).toEqual([
      '2026-12-31T14:00Z true',
      '2026-12-31T22:00Z false',
      '2027-01-01T14:00Z true',
    ]);
    // New Year falls inside the night: the year's table begins in the middle of a stretch.
    const west = hoursCalendar({ hours: '22:00-06:00', zone: 'Europe/London' });
    expect(west.at(at('2027-01-01T00:00Z'))).toBe(true);
    expect(west.next(at('2026-12-31T23:00Z'))).toBe(at('2027-01-01T06:00Z'));
  });

  it('count the night of the change to summer time as 7 hours and of the change back as 9', () => {
    const night = hoursCalendar({ hours: '22:00-06:00', zone: 'Europe/London' });
    expect(changes(night, '2026-03-28T12:00Z', '2026-03-29T12:00Z')).toEqual([
      '2026-03-28T22:00Z true',
      '2026-03-29T05:00Z false',
    ]);
    expect(changes(night, '2026-10-24T12:00Z', '2026-10-25T12:00Z')).toEqual([
      '2026-10-24T21:00Z true',
      '2026-10-25T06:00Z false',
    ]);
  });

  it('take the end of an hour that is skipped and the first pass of one that is repeated', () => {
    const early = hoursCalendar({ hours: '01:30-03:00', zone: 'Europe/London' });
    expect(changes(early, '2026-03-29T00:00Z', '2026-03-29T12:00Z')).toEqual([
      '2026-03-29T01:00Z true',
      '2026-03-29T02:00Z false',
    ]);
    expect(changes(early, '2026-10-25T00:00Z', '2026-10-25T12:00Z')).toEqual([
      '2026-10-25T00:30Z true',
      '2026-10-25T03:00Z false',
    ]);
  });

  it('may be the whole day, and may start late', () => {
    expect(hoursCalendar({ hours: '00:00-24:00', zone: 'Asia/Shanghai' }).next(0)).toBe(
      Number.POSITIVE_INFINITY,
    );
    const warm = hoursCalendar({ hours: '08:00-18:00', zone: 'Asia/Shanghai', delay: hour });
    expect(changes(warm, '2026-05-01T00:00+08:00', '2026-05-02T00:00+08:00')).toEqual([
      '2026-05-01T01:00Z true',
      '2026-05-01T10:00Z false',
    ]);
  });
});

describe('night by the sun', () => {
  it('is within a minute of the almanac', () => {
    // By hand: declination 23.44° gives an hour angle of 112.63° at −6°, that is 7 h 30.5 min from solar
    // noon, which the equation of time (−1 min 50 s) and the longitude put at 12:01:09 (UTC+8).
    const night = sunCalendar('below', -6, hangzhou);
    const dusk = night.next(at('2026-06-21T12:00+08:00'));
    const dawn = night.next(dusk);
    expect(Math.abs(dusk - at('2026-06-21T19:31:39+08:00'))).toBeLessThan(minute);
    expect(Math.abs(dawn - at('2026-06-22T04:30:45+08:00'))).toBeLessThan(minute);
  });

  it('knows nothing of clocks: two changes a day around both changes of summer time', () => {
    const night = sunCalendar('below', -6, london);
    for (const day of ['2026-03-28', '2026-03-29', '2026-10-24', '2026-10-25']) {
      const noon = at(`${day}T12:00Z`);
      const dusk = night.next(noon);
      const dawn = night.next(dusk);
      expect(night.at(noon)).toBe(false);
      expect(night.at(dusk)).toBe(true);
      expect(night.at(dusk - 1_000)).toBe(false);
      expect(night.at(dawn)).toBe(false);
      // Neighbouring nights differ by minutes, never by the hour the clock jumps.
      const nextDusk = night.next(dawn);
      expect(Math.abs(nextDusk - dusk - 24 * hour)).toBeLessThan(5 * minute);
    }
  });

  it('lasts all winter and never comes in summer beyond the polar circle', () => {
    const night = sunCalendar('below', -6, { latitude: 85, longitude: 0 });
    expect(night.at(at('2026-12-21T12:00Z'))).toBe(true);
    expect(night.at(at('2026-06-21T00:00Z'))).toBe(false);
    expect(night.next(at('2026-06-21T00:00Z'))).toBeGreaterThan(at('2026-09-21T00:00Z'));
  });

  it('runs on over New Year', () => {
    const night = sunCalendar('below', -6, london);
    expect(night.at(at('2027-01-01T00:00Z'))).toBe(true);
    expect(night.next(at('2026-12-31T23:00Z'))).toBeGreaterThan(at('2027-01-01T07:00Z'));
  });
});

describe('the calendars of an estate', () => {
  const estate = {
    zone: 'Asia/Shanghai',
    location: hangzhou,
    calendars: { pool: '06:00-22:00' },
    holidays: [],
  };

  it('are the same for the same words, and always open where the estate names no hours', () => {
    const of = createCalendars(estate);
    expect(of({ opening: 'pool' })).toBe(of({ opening: 'pool' }));
    expect(of({ opening: 'pool' }).at(at('2026-05-01T03:00+08:00'))).toBe(false);
    expect(of({ opening: 'garden' }).at(at('2026-05-01T03:00+08:00'))).toBe(true);
  });
});
