import { type CalendarSpec, type Weekday, weekdays } from '../rules/clause.ts';

/** Says of a local date whether it counts; `key` names everything that the answer depends on. */
export interface DateFilter {
  readonly key: string;
  readonly holds: (date: Temporal.PlainDate) => boolean;
}

/** @returns null when every date counts */
export function dateFilter(spec: CalendarSpec, holidays: readonly string[]): DateFilter | null {
  const { days, months } = spec;
  if (days === undefined && months === undefined && spec.holidays === undefined) return null;
  // An estate without holidays never has one; the list matters only where it is asked for.
  const listed = spec.holidays === undefined ? [] : holidays;
  const feasts = new Set(listed);
  return {
    key: JSON.stringify([days ?? null, months ?? null, spec.holidays ?? null, listed]),
    holds: (date) =>
      (days === undefined || days.includes(weekdays[date.dayOfWeek - 1] as Weekday)) &&
      (months === undefined || months.includes(date.month)) &&
      (spec.holidays === undefined || feasts.has(date.toString()) === spec.holidays),
  };
}
