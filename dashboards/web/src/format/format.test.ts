import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAge, formatClock, formatDuration, formatExactDuration } from './duration.ts';
import { formatExact, formatInstant, formatTime } from './instant.ts';
import { formatHundredths, formatMeasure, formatNumber } from './number.ts';
import { sharesOf, whole } from './shares.ts';

const plain = (text: string) => text.replaceAll('\u202f', ' ');
const minute = 60_000;
const hour = 60 * minute;

describe('durations', () => {
  it('show their two largest units', () => {
    expect(plain(formatDuration(45_900, 'en'))).toBe('45 s');
    expect(plain(formatDuration(6.9 * minute, 'en'))).toBe('6 min');
    expect(plain(formatDuration(130 * minute, 'en'))).toBe('2 h 10 min');
    expect(plain(formatDuration(2 * hour, 'en'))).toBe('2 h');
    expect(plain(formatDuration(76 * hour, 'en'))).toBe('3 d 4 h');
    expect(plain(formatDuration(130 * minute, 'zh-CN'))).toBe('2 小时 10 分');
  });

  it('say how long ago in both languages', () => {
    expect(plain(formatAge(2000, 'en'))).toBe('2 s ago');
    expect(plain(formatAge(2000, 'zh-CN'))).toBe('2 秒前');
    expect(formatAge(-300, 'en')).toBe('now');
  });

  it('run as a clock below an hour', () => {
    expect(formatClock(130_000, 'en')).toBe('02:10');
    expect(plain(formatClock(6 * hour + 12 * minute, 'en'))).toBe('6 h 12 min');
  });

  it('keep every second where sums must add up', () => {
    expect(plain(formatExactDuration(hour + 2 * minute + 5000, 'en'))).toBe('1 h 2 min 5 s');
    expect(plain(formatExactDuration(0, 'en'))).toBe('0 s');
  });
});

describe('instants', () => {
  const at = Date.UTC(2026, 10, 21, 6, 5, 22);

  it('are printed in the zone of the estate, 24 hours', () => {
    expect(formatTime(at, 'Asia/Shanghai')).toBe('14:05');
    expect(formatTime(Date.UTC(2026, 10, 20, 16, 5), 'Asia/Shanghai')).toBe('00:05');
    expect(formatExact(at, 'Asia/Shanghai', 'en')).toBe('21 Nov 14:05:22');
  });

  it('carry the year only when it is another', () => {
    expect(formatInstant(at, 'Asia/Shanghai', 'en', at)).toBe('21 Nov 14:05');
    expect(formatInstant(at, 'Asia/Shanghai', 'zh-CN', at)).toBe('11月21日 14:05');
    const later = Date.UTC(2027, 2, 1);
    expect(formatInstant(at, 'Asia/Shanghai', 'en', later)).toBe('21 Nov 2026 14:05');
    expect(formatInstant(at, 'Asia/Shanghai', 'zh-CN', later)).toBe('2026年11月21日 14:05');
  });
});

describe('numbers', () => {
  it('have as many digits as they are worth', () => {
    expect(formatNumber(7.816, 'en')).toBe('7.82');
    expect(formatNumber(86.34, 'en')).toBe('86.3');
    expect(formatNumber(1240.4, 'en')).toBe('1,240');
    expect(plain(formatMeasure(86, 'dB(A)', 'en'))).toBe('86 dB(A)');
    expect(formatHundredths(9667, 'en')).toBe('96.67%');
    expect(formatHundredths(whole, 'en')).toBe('100.00%');
  });
});

describe('shares', () => {
  it('add to exactly 100.00 for any parts', () => {
    const parts = fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(parts, (values) => {
        const total = values.reduce((sum, value) => sum + value, 0);
        const shares = sharesOf(values, total);
        if (total === 0) return shares === null;
        return shares !== null && shares.reduce((sum, share) => sum + share, 0) === whole;
      }),
      { numRuns: 1000 },
    );
  });

  it('give the left-over hundredth to the largest remainder', () => {
    expect(sharesOf([1, 1, 1], 3)).toEqual([3334, 3333, 3333]);
    expect(sharesOf([696, 14, 4, 6], 720)).toEqual([9667, 194, 56, 83]);
  });

  it('never hide ten seconds in a month as 0.00', () => {
    expect(sharesOf([2_592_000 - 10, 10], 2_592_000)).toEqual([9999, 1]);
  });
});
