import type { Text } from '@caretaker/readings/base';
import type { TimeLimit } from '../catalogue/standard.ts';
import { duration, join, text } from './words.ts';

/** A time limit in a few words: `within 20 min`, `2 people, 07:00–08:30`. */
export function timeText(time: TimeLimit): Text {
  const parts = [countOf(time), momentOf(time)].filter((part) => part !== null);
  return join(parts, ', ', '，');
}

function countOf({ count, of }: TimeLimit): Text | null {
  if (count === undefined || of === undefined) return null;
  const [one, many, zh] = counted[of];
  return text(`${count} ${count === 1 ? one : many}`, `${count} ${zh}`);
}

const counted: Readonly<Record<NonNullable<TimeLimit['of']>, readonly [string, string, string]>> = {
  people: ['person', 'people', '人'],
  rings: ['ring', 'rings', '声铃响'],
  knocks: ['knock', 'knocks', '下敲门'],
  times: ['time', 'times', '次'],
};

/** Null where only a count is set. */
function momentOf(time: TimeLimit): Text | null {
  const { within, days, workingDays, before, hours, by, every, night, count } = time;
  if (within !== undefined) {
    const span = duration(within);
    return text(`within ${span.en}`, `${span.zh}内`);
  }
  if (before !== undefined) {
    const span = duration(before);
    return text(`${span.en} before opening`, `开放前 ${span.zh}`);
  }
  if (workingDays !== undefined) {
    return text(`within ${plural(workingDays, 'working day')}`, `${workingDays} 个工作日内`);
  }
  if (days !== undefined) {
    return days === 0
      ? text('the same day', '当天')
      : text(`within ${plural(days, 'day')}`, `${days} 天内`);
  }
  if (hours !== undefined) {
    const spans = hours.map((span) => span.replace('-', '–'));
    return text(spans.join(' and '), spans.join('、'));
  }
  if (by !== undefined) return text(`by ${by.join(' and ')}`, `${by.join('、')} 前`);
  if (every !== undefined) return periods[every];
  if (night === true) return text('from dusk to dawn', '日落至日出');
  return count === undefined ? text('time set by the estate', '时限由园区设定') : null;
}

const periods: Readonly<Record<NonNullable<TimeLimit['every']>, Text>> = {
  day: text('every day', '每天'),
  week: text('every week', '每周'),
  month: text('every month', '每月'),
  year: text('every year', '每年'),
};

const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
