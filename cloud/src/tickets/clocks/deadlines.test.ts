import { readAllowance } from '@caretaker/devices/model';
import { describe, expect, it } from 'vitest';
import { dueAfter } from './counting.ts';
import { instant, Log, look, ticketIn } from './testing.ts';
import { allowedFrom, calendarOf, type EstateTime } from './time.ts';

const london: EstateTime = { zone: 'Europe/London', holidays: ['2026-12-25', '2026-12-28'] };
const newYork: EstateTime = { zone: 'America/New_York', holidays: ['2026-11-26'] };
const shanghai: EstateTime = {
  zone: 'Asia/Shanghai',
  holidays: ['2026-10-01', '2026-10-02', '2026-10-05', '2026-10-06', '2026-10-07', '2027-01-01'],
  clocks: { workdays: ['2026-10-10'] },
};

/** When that is due, in the estate's own time. */
function due(time: EstateTime, words: string, from: string): string {
  const allowance = readAllowance(words);
  const start = instant(from);
  const allowed = allowance && allowedFrom(time, allowance, start);
  if (!allowed) throw new Error(`no time for ${words}`);
  const end = dueAfter(calendarOf(time, allowed.working), start, allowed.budget, []);
  return Temporal.Instant.fromEpochMilliseconds(end)
    .toZonedDateTimeISO(time.zone)
    .toString({ timeZoneName: 'never', smallestUnit: 'minute' });
}

// Clocks in London go on on 29 March and back on 25 October 2026, in New York on 8 March and 1 November.
describe.each([
  ['days of 23 hours', london, '1d', '2026-03-28T12:00Z', '2026-03-29T12:00+01:00'],
  ['24 hours over one', london, '24h', '2026-03-28T12:00Z', '2026-03-29T13:00+01:00'],
  ['days of 25 hours', london, '1d', '2026-10-24T12:00+01:00', '2026-10-25T12:00+00:00'],
  ['24 hours over one', london, '24h', '2026-10-24T12:00+01:00', '2026-10-25T11:00+00:00'],
  ['a skipped hour', london, '7d', '2026-03-22T01:30Z', '2026-03-29T02:00+01:00'],
  ['a repeated hour', london, '7d', '2026-10-18T01:30+01:00', '2026-10-25T01:30+01:00'],
  ['its second pass', london, '1d', '2026-10-25T01:30Z', '2026-10-26T01:30+00:00'],
  ['working hours over one', london, '4h working', '2026-03-27T16:00Z', '2026-03-30T11:00+01:00'],
  [
    'working hours over one',
    london,
    '4h working',
    '2026-10-23T16:00+01:00',
    '2026-10-26T11:00+00:00',
  ],
  ['the end of a short day', london, 'end of day', '2026-03-29T00:30Z', '2026-03-30T00:00+01:00'],
  [
    'the end of a long day',
    london,
    'end of day',
    '2026-10-25T00:30+01:00',
    '2026-10-26T00:00+00:00',
  ],
  ['days of 23 hours', newYork, '1d', '2026-03-07T12:00-05:00', '2026-03-08T12:00-04:00'],
  ['24 hours over one', newYork, '24h', '2026-03-07T12:00-05:00', '2026-03-08T13:00-04:00'],
  ['days of 25 hours', newYork, '1d', '2026-10-31T12:00-04:00', '2026-11-01T12:00-05:00'],
  ['24 hours over one', newYork, '24h', '2026-10-31T12:00-04:00', '2026-11-01T11:00-05:00'],
  ['a skipped hour', newYork, '3d', '2026-03-05T02:30-05:00', '2026-03-08T03:00-04:00'],
  ['a repeated hour', newYork, '3d', '2026-10-29T01:30-04:00', '2026-11-01T01:30-04:00'],
  [
    'a working day over one',
    newYork,
    '1d working',
    '2026-03-06T15:00-05:00',
    '2026-03-09T15:00-04:00',
  ],
  [
    'a working day over one',
    newYork,
    '1d working',
    '2026-10-30T15:00-04:00',
    '2026-11-02T15:00-05:00',
  ],
  ['Thanksgiving', newYork, '1d working', '2026-11-25T16:00-05:00', '2026-11-27T16:00-05:00'],
  ['no change of clocks', shanghai, '7d', '2026-03-25T02:30+08:00', '2026-04-01T02:30+08:00'],
  ['no change of clocks', shanghai, '24h', '2026-10-24T12:00+08:00', '2026-10-25T12:00+08:00'],
])('%s', (_, time, words, from, expected) => {
  it(`in ${time.zone}: ${words} from ${from}`, () => {
    expect(due(time, words, from)).toBe(expected);
  });
});

describe('working time', () => {
  it.each([
    ['a morning', '4h working', '2026-07-01T08:00+08:00', '2026-07-01T12:00+08:00'],
    ['over the break', '4h working', '2026-07-01T10:00+08:00', '2026-07-01T15:00+08:00'],
    ['from within the break', '4h working', '2026-07-01T12:30+08:00', '2026-07-01T17:00+08:00'],
    ['from Friday evening', '4h working', '2026-07-03T18:30+08:00', '2026-07-06T12:00+08:00'],
    ['from Friday afternoon', '4h working', '2026-07-03T16:00+08:00', '2026-07-06T11:00+08:00'],
    ['a day from Friday evening', '1d working', '2026-07-03T18:30+08:00', '2026-07-06T17:00+08:00'],
    ['a day from Monday at ten', '1d working', '2026-07-06T10:00+08:00', '2026-07-07T10:00+08:00'],
    ['the next day', 'end of next working day', '2026-07-01T02:10+08:00', '2026-07-02T17:00+08:00'],
    ['after Friday', 'end of next working day', '2026-07-03T09:00+08:00', '2026-07-06T17:00+08:00'],
    [
      'after Saturday',
      'end of next working day',
      '2026-07-04T09:00+08:00',
      '2026-07-06T17:00+08:00',
    ],
    ['holidays', '1d working', '2026-09-30T18:00+08:00', '2026-10-08T17:00+08:00'],
    ['an exchanged Saturday', '1d working', '2026-10-09T16:00+08:00', '2026-10-10T16:00+08:00'],
    ['New Year', '4h working', '2026-12-31T16:00+08:00', '2027-01-04T11:00+08:00'],
    ['days over New Year', '3d', '2026-12-30T09:00+08:00', '2027-01-02T09:00+08:00'],
    ['the last day', 'end of next working day', '2026-12-31T23:59+08:00', '2027-01-04T17:00+08:00'],
  ])('%s', (_, words, from, expected) => {
    expect(due(shanghai, words, from)).toBe(expected);
  });

  it("is the estate's own where it says so", () => {
    const own = { ...london, clocks: { hours: ['22:00-24:00', '00:00-06:00'].toReversed() } };
    expect(due(own, '4h working', '2026-07-01T05:00+01:00')).toBe('2026-07-02T01:00+01:00');
    expect(due(own, 'end of next working day', '2026-07-01T05:00+01:00')).toBe(
      '2026-07-03T00:00+01:00',
    );
  });

  it('that never comes gives no clock', () => {
    const closed = { ...shanghai, clocks: { days: ['sat' as const], hours: ['08:00-08:30'] } };
    expect(due(closed, '4h working', '2026-07-01T05:00+08:00')).toBe('2026-08-22T08:30+08:00');
  });
});

it('a pause counts only while the clock would have run', () => {
  const friday = instant('2026-07-03T16:00+08:00');
  const log = new Log().opened(friday, 'high').moved(friday + 1, 'working');
  log.waits(friday + 1_800_000, 'parts', instant('2026-07-06T09:00+08:00'));
  const monday = instant('2026-07-06T10:00+08:00');
  expect(look(log, ticketIn(shanghai), 'restore', monday)).toMatchObject({
    counted: 1.5 * 3_600_000,
    paused: 1.5 * 3_600_000,
    off: 63 * 3_600_000,
    due: instant('2026-07-07T08:30+08:00'),
  });
});
