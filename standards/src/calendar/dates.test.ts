import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CalendarSpec, Weekday } from '../rules/clause.ts';
import { createCalendars } from './index.ts';

const minute = 60_000;
const day = 24 * 60;
const runs = Number(process.env.CARETAKER_PROPERTY_RUNS ?? 250);

const place = {
  zone: 'Europe/London',
  location: { latitude: 51.5, longitude: -0.13 },
  calendars: { pool: '06:00-22:00', peak: '07:30-09:30' },
  holidays: ['2026-05-25', '2026-10-24', '2026-12-31'],
};
const of = createCalendars(place);
const at = (iso: string) => Date.parse(iso);

function changes(spec: CalendarSpec, from: string, to: string, calendars = of): string[] {
  const calendar = calendars(spec);
  const found: string[] = [];
  for (let t = calendar.next(at(from) - 1); t < at(to); t = calendar.next(t)) {
    found.push(`${new Date(t).toISOString().slice(0, 16)}Z ${calendar.at(t)}`);
  }
  return found;
}

describe('dates', () => {
  it('give a night to the date on which it starts', () => {
    // 24 October is a holiday and a Saturday, and the clocks go back in its night: nine hours.
    const night = { hours: '22:00-06:00', holidays: true };
    expect(changes(night, '2026-10-20T00:00Z', '2026-10-30T00:00Z')).toEqual([
      '2026-10-24T21:00Z true',
      '2026-10-25T06:00Z false',
    ]);
    expect(changes({ hours: '22:00-06:00', days: ['sat'] }, '2026-10-20', '2026-10-30')).toEqual(
      changes(night, '2026-10-20', '2026-10-30'),
    );
    // Over New Year: the night of 31 December is one stretch, whichever year is asked first.
    expect(changes(night, '2027-01-01T00:00Z', '2027-01-05T00:00Z')).toEqual([
      '2027-01-01T06:00Z false',
    ]);
    expect(of(night).at(at('2027-01-01T05:59Z'))).toBe(true);
  });

  it('stand alone as whole local days, of 23 and 25 hours where they have them', () => {
    expect(changes({ days: ['sun'], months: [3] }, '2026-03-28', '2026-04-06')).toEqual([
      '2026-03-29T00:00Z true',
      '2026-03-29T23:00Z false',
    ]);
    expect(changes({ days: ['sun'], months: [10] }, '2026-10-24', '2026-11-02')).toEqual([
      '2026-10-24T23:00Z true',
      '2026-10-26T00:00Z false',
    ]);
    // Neighbouring days are one stretch.
    expect(changes({ months: [6] }, '2026-01-01', '2027-01-01')).toEqual([
      '2026-05-31T23:00Z true',
      '2026-06-30T23:00Z false',
    ]);
  });

  it('go with named hours, and with those that the estate does not name', () => {
    const peak: CalendarSpec = { opening: 'peak', days: ['mon', 'tue'], holidays: false };
    // The Monday is a holiday.
    expect(changes(peak, '2026-05-23', '2026-05-31')).toEqual([
      '2026-05-26T06:30Z true',
      '2026-05-26T08:30Z false',
    ]);
    expect(changes({ opening: 'garden', holidays: true }, '2026-05-20', '2026-06-01')).toEqual([
      '2026-05-24T23:00Z true',
      '2026-05-25T23:00Z false',
    ]);
  });

  it('cut a night by the sun at midnight', () => {
    const sun = of({ sunBelow: -6 });
    const dusk = sun.next(at('2026-06-05T12:00Z'));
    const friday = of({ sunBelow: -6, days: ['fri'] });
    expect(friday.next(at('2026-06-05T12:00Z'))).toBe(dusk);
    expect(friday.next(dusk)).toBe(at('2026-06-05T23:00Z'));
    expect(friday.next(at('2026-06-05T23:00Z'))).toBe(at('2026-06-11T23:00Z'));
  });

  it('never come in an estate that has none', () => {
    const none = createCalendars({ ...place, holidays: [] });
    expect(none({ holidays: true }).next(0)).toBe(Number.POSITIVE_INFINITY);
    expect(none({ holidays: true }).at(at('2026-05-25T12:00Z'))).toBe(false);
    expect(none({ holidays: false }).at(at('2026-05-25T12:00Z'))).toBe(true);
  });
});

/**
 * Every minute of a span as its local time, minutes since 1970: the latest wall clock that was ever shown. A
 * clock that is put forward passes what it skips at once; one that is put back shows nothing new until it has
 * caught up.
 */
function wallClock(zone: string, from: number, to: number): number[] {
  let latest = 0;
  return Array.from({ length: (to - from) / minute }, (_, i) => {
    const local = Temporal.Instant.fromEpochMilliseconds(from + i * minute)
      .toZonedDateTimeISO(zone)
      .toPlainDateTime();
    const shown = local.toZonedDateTime('UTC').epochMilliseconds / minute;
    latest = Math.max(latest, shown);
    return latest;
  });
}

/** Around each change of the clocks in 2026, and over New Year. */
const spans = [
  ['Europe/London', '2026-03-26', '2026-04-01'],
  ['Europe/London', '2026-10-22', '2026-10-28'],
  ['Europe/London', '2026-12-29', '2027-01-04'],
  ['America/New_York', '2026-03-05', '2026-03-11'],
  ['America/New_York', '2026-10-29', '2026-11-04'],
  ['America/New_York', '2026-12-29', '2027-01-04'],
  ['Asia/Shanghai', '2026-09-29', '2026-10-05'],
  ['Asia/Shanghai', '2026-12-29', '2027-01-04'],
  // Its clocks change at midnight.
  ['America/Santiago', '2026-04-02', '2026-04-08'],
  ['America/Santiago', '2026-09-03', '2026-09-09'],
  // By half an hour.
  ['Australia/Lord_Howe', '2026-04-02', '2026-04-08'],
  ['Australia/Lord_Howe', '2026-10-01', '2026-10-07'],
] as const;
const prepared = spans.map(([zone, first, last]) => {
  const from = at(`${first}T00:00Z`);
  return { zone, from, clock: wallClock(zone, from, at(`${last}T00:00Z`)) };
});

const weekdays: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const clockTime = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 1, 15, 30, 59))
  .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`);
const hours = fc
  .tuple(clockTime, fc.oneof({ weight: 5, arbitrary: clockTime }, fc.constant('24:00')))
  .map(([from, to]) => `${from}-${to}`);
const given = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const cases = fc.record({
  span: fc.constantFrom(...prepared),
  hours: given(hours),
  days: given(fc.subarray([...weekdays], { minLength: 1 })),
  holidays: given(fc.boolean()),
  months: given(fc.subarray([1, 3, 4, 9, 10, 11, 12], { minLength: 1 })),
  feasts: fc.subarray([0, 1, 2, 3, 4, 5]),
});

const minutesOf = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
const dateOf = (days: number) => new Date(days * day * minute).toISOString().slice(0, 10);

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

/** Minute by minute: is this minute in the stretch of a date that counts? */
function naive({ span, hours: daily = '00:00-24:00', ...dates }: Case): boolean[] {
  const [from = '', to = ''] = daily.split('-');
  const length = to === '24:00' ? day : minutesOf(to) + (to <= from ? day : 0);
  const feasts = new Set(feastsOf(span.from, dates.feasts));
  const counts = (date: number): boolean => {
    const weekday = weekdays[(date + 3) % 7] as Weekday;
    const text = dateOf(date);
    return (
      (dates.days?.some((d) => d === weekday) ?? true) &&
      (dates.months?.includes(Number(text.slice(5, 7))) ?? true) &&
      (dates.holidays === undefined || feasts.has(text) === dates.holidays)
    );
  };
  const counted = new Map<number, boolean>();
  const remembers = (date: number): boolean => {
    const known = counted.get(date) ?? counts(date);
    counted.set(date, known);
    return known;
  };
  return span.clock.map((local) => {
    const today = Math.floor(local / day);
    return [today - 1, today].some(
      (date) =>
        local >= date * day + minutesOf(from) && local < date * day + length && remembers(date),
    );
  });
}

function feastsOf(from: number, feasts: readonly number[]): string[] {
  return feasts.map((n) => dateOf(Math.floor(from / (day * minute)) + n));
}

it('agree with a look at the wall clock in every minute, whatever the clocks do', () => {
  fc.assert(
    fc.property(cases, (given) => {
      const { span, hours: daily, days, holidays, months } = given;
      const { zone } = span;
      const feasts = feastsOf(span.from, given.feasts);
      const calendar = createCalendars({ ...place, zone, holidays: feasts })({
        hours: daily,
        days,
        holidays,
        months,
      });
      const wanted = naive(given);
      const edges = wanted.flatMap((value, i) => (i > 0 && value !== wanted[i - 1] ? [i] : []));
      const found: number[] = [];
      const last = span.from + (wanted.length - 1) * minute;
      for (let t = calendar.next(span.from); t <= last; t = calendar.next(t)) {
        found.push((t - span.from) / minute);
      }
      expect(found).toEqual(edges);
      const differs = wanted.findIndex((yes, i) => calendar.at(span.from + i * minute) !== yes);
      expect(differs).toBe(-1);
    }),
    { numRuns: runs },
  );
});

it('cut the sun at the midnights of the wall clock', () => {
  fc.assert(
    fc.property(cases, fc.constantFrom(-6, 0), (given, altitude) => {
      const { span, days, holidays, months } = given;
      const feasts = feastsOf(span.from, given.feasts);
      const calendars = createCalendars({ ...place, zone: span.zone, holidays: feasts });
      const calendar = calendars({ sunBelow: altitude, days, holidays, months });
      const sun = calendars({ sunBelow: altitude });
      const dates = naive({ ...given, hours: undefined });
      const stands = dates.map((_, i) => calendar.at(span.from + i * minute));
      expect(stands).toEqual(dates.map((yes, i) => yes && sun.at(span.from + i * minute)));
    }),
    { numRuns: Math.ceil(runs / 10) },
  );
});
