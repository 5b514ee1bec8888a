import type { CalendarSpec, Clause } from '../rules/clause.ts';
import { weekdays } from '../rules/clause.ts';

const hour = 3_600_000;
const day = 24 * hour;

/**
 * The longest time, milliseconds, for which the calendars of a condition can let it be true without a break, by
 * the clock of a day without change of time. Infinity where nothing bounds it, or where only the estate knows.
 */
export function longestTruth(clause: Clause | undefined): number {
  if (clause?.calendar !== undefined) return longest(clause.calendar);
  if (clause?.all === undefined) return Number.POSITIVE_INFINITY;
  return Math.min(...clause.all.map(longestTruth));
}

function longest({ hours, delay, days }: CalendarSpec): number {
  const daily = hours === undefined ? Number.POSITIVE_INFINITY : hoursOf(hours) - (delay ?? 0);
  return Math.min(daily, days === undefined ? Number.POSITIVE_INFINITY : daysInARow(days, hours));
}

function hoursOf(hours: string): number {
  const [from = 0, to = 0] = hours.split('-').map((clock) => {
    const [h = 0, m = 0] = clock.split(':').map(Number);
    return h * hour + m * 60_000;
  });
  const length = to > from ? to - from : to - from + day;
  // Around the clock, one day runs into the next.
  return length === day ? Number.POSITIVE_INFINITY : length;
}

function daysInARow(days: readonly string[], hours: string | undefined): number {
  const on = weekdays.map((name) => days.includes(name));
  if (on.every((is) => is)) return Number.POSITIVE_INFINITY;
  let [run, most] = [0, 0];
  for (const is of [...on, ...on]) {
    run = is ? run + 1 : 0;
    most = Math.max(most, run);
  }
  return hours === undefined || hoursOf(hours) === Number.POSITIVE_INFINITY
    ? most * day
    : Number.POSITIVE_INFINITY;
}
