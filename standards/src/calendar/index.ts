import type { CalendarSpec } from '../rules/clause.ts';
import { dateFilter } from './dates.ts';
import { hoursCalendar } from './hours.ts';
import { sunCalendar } from './sun.ts';
import { both, type Calendar } from './table.ts';

export type { Calendar } from './table.ts';

/** What a calendar needs of an estate. */
export interface CalendarPlace {
  readonly zone: string;
  readonly location: { readonly latitude: number; readonly longitude: number };
  readonly calendars: Readonly<Record<string, string>>;
  /** `2026-10-01`; local dates. */
  readonly holidays: readonly string[];
}

/** Gives the estate's calendar for a specification; the same one for the same specification. */
export function createCalendars(estate: CalendarPlace): (spec: CalendarSpec) => Calendar {
  const known = new Map<string, Calendar>();
  return (spec) => {
    const key = JSON.stringify([
      spec.sunBelow,
      spec.sunAbove,
      spec.opening,
      spec.hours,
      spec.delay,
      spec.days,
      spec.holidays,
      spec.months,
    ]);
    let calendar = known.get(key);
    if (calendar === undefined) {
      calendar = compile(spec, estate);
      known.set(key, calendar);
    }
    return calendar;
  };
}

function compile(spec: CalendarSpec, estate: CalendarPlace): Calendar {
  const dates = dateFilter(spec, estate.holidays);
  const { zone } = estate;
  const sun = sunOf(spec, estate);
  if (sun !== null) {
    // The sun knows no dates: a night by the sun is cut at local midnight.
    return dates === null ? sun : both(sun, hoursCalendar({ hours: wholeDay, zone, dates }));
  }
  const hours = spec.hours ?? estate.calendars[spec.opening ?? ''];
  // An estate that does not name these hours is always open, on the dates that count.
  if (hours === undefined) return hoursCalendar({ hours: wholeDay, zone, dates });
  return hoursCalendar({ hours, zone, delay: spec.delay ?? 0, dates });
}

const wholeDay = '00:00-24:00';

function sunOf({ sunBelow, sunAbove }: CalendarSpec, { location }: CalendarPlace): Calendar | null {
  if (sunBelow !== undefined) return sunCalendar('below', sunBelow, location);
  return sunAbove === undefined ? null : sunCalendar('above', sunAbove, location);
}

/** The parts of a specification that take long to compile, each for itself, then the whole. */
export function partsOf(spec: CalendarSpec): CalendarSpec[] {
  const { sunBelow, sunAbove } = spec;
  const sun = sunBelow ?? sunAbove;
  return sun === undefined ? [spec] : [{ sunBelow, sunAbove }, spec];
}
