import { describe, expect, it } from 'vitest';
import { loadStandard } from '../catalogue/load.ts';
import type { TimeLimit } from '../catalogue/standard.ts';
import { timeText } from './times.ts';

const limit = (given: Partial<TimeLimit>): TimeLimit => ({ key: 'T01', confirmed: true, ...given });

describe('a time limit in words', () => {
  it.each([
    [{ within: 1_200_000 }, 'within 20 min', '20 分钟内'],
    [{ within: 5_000, count: 3, of: 'knocks' }, '3 knocks, within 5 s', '3 下敲门，5 秒内'],
    [{ before: 300_000 }, '5 min before opening', '开放前 5 分钟'],
    [{ workingDays: 1 }, 'within 1 working day', '1 个工作日内'],
    [{ days: 0 }, 'the same day', '当天'],
    [{ days: 365 }, 'within 365 days', '365 天内'],
    [
      { hours: ['07:00-08:30', '18:00-19:30'], count: 2, of: 'people' },
      '2 people, 07:00–08:30 and 18:00–19:30',
      '2 人，07:00–08:30、18:00–19:30',
    ],
    [{ by: ['07:30', '17:30'] }, 'by 07:30 and 17:30', '07:30、17:30 前'],
    [{ every: 'week' }, 'every week', '每周'],
    [{ night: true }, 'from dusk to dawn', '日落至日出'],
    [{ count: 1, of: 'people' }, '1 person', '1 人'],
    [{ every: 'year', count: 2, of: 'times' }, '2 times, every year', '2 次，每年'],
    [{}, 'time set by the estate', '时限由园区设定'],
  ] as const)('%j is "%s"', (given, en, zh) => {
    expect(timeText(limit(given))).toEqual({ en, zh });
  });

  it('is there for every limit of the catalogue', () => {
    for (const time of loadStandard().items.flatMap((item) => item.times)) {
      expect(timeText(time).en, time.key).toMatch(/^\S.*\S$/);
    }
  });
});
