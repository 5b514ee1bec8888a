import type { CalendarSpec } from '../rules/clause.ts';
import { hoursCalendar } from './hours.ts';
import { sunCalendar } from './sun.ts';
import { always, type Calendar } from './table.ts';

export type { Calendar } from './table.ts';

/** What a calendar needs of an estate. */
export interface CalendarPlace {
  readonly zone: string;
  readonly location: { readonly latitude: number; readonly longitude: number };
  readonly calendars: Readonly<Record<string, string>>;
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
  if (spec.sunBelow !== undefined) return sunCalendar('below', spec.sunBelow, estate.location);
  if (spec.sunAbove !== undefined) return sunCalendar('above', spec.sunAbove, estate.location);
  const hours = spec.hours ?? estate.calendars[spec.opening ?? ''];
  return hours === undefined ? always : hoursCalendar(hours, estate.zone, spec.delay ?? 0);
}
