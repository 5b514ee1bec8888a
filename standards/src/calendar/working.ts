import { type Weekday, weekdays } from '../rules/clause.ts';
import type { DateFilter } from './dates.ts';
import { hoursCalendar } from './hours.ts';
import { type Calendar, either, remembered } from './table.ts';

/** When people work. */
export interface WorkingTime {
  /** IANA zone. */
  readonly zone: string;
  /** Stretches of a working day, local time: `08:00-12:00`, `13:00-17:00`. */
  readonly hours: readonly string[];
  readonly days: readonly Weekday[];
  /** Local dates on which nobody works, `2026-10-01`. */
  readonly holidays: readonly string[];
  /** Dates that are worked whatever their weekday: the Saturday that is exchanged for a holiday. */
  readonly workdays: readonly string[];
}

/** Holds in working hours. */
export function workingCalendar(work: WorkingTime): Calendar {
  const dates = workingDates(work);
  const key = `${work.hours.join(' ')} ${work.zone} ${dates.key}`;
  return remembered(key, () => {
    const stretches = work.hours.map((hours) => hoursCalendar({ hours, zone: work.zone, dates }));
    return stretches.reduce(either);
  });
}

function workingDates({ days, holidays, workdays }: WorkingTime): DateFilter {
  const free = new Set(holidays);
  const extra = new Set(workdays);
  return {
    key: JSON.stringify(['working', days, holidays, workdays]),
    holds(date) {
      const name = date.toString();
      if (extra.has(name)) return true;
      return days.includes(weekdays[date.dayOfWeek - 1] as Weekday) && !free.has(name);
    },
  };
}
