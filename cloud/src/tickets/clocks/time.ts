import type { Allowance, EstateClocks } from '@caretaker/devices/model';
import { always, type Calendar, localInstant, workingCalendar } from '@caretaker/standards';
import { countedIn } from './counting.ts';

/** What clocks need of an estate's time. */
export interface EstateTime {
  /** IANA zone. */
  readonly zone: string;
  readonly holidays: readonly string[];
  readonly clocks?: EstateClocks | undefined;
}

/** How long a clock runs and what it counts. */
export interface Allowed {
  /** Of the calendar, milliseconds. */
  readonly budget: number;
  readonly working: boolean;
}

/** T41: the service window's hours, where an estate names no others. */
const usualHours = ['08:00-12:00', '13:00-17:00'];
const usualDays = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;
const dayStart = Temporal.PlainTime.from('00:00');

/** An estate as it is declared has one calendar; one that has changed is another object. */
const working = new WeakMap<EstateTime, Calendar>();

/** The calendar of a clock: round the clock, or the estate's working hours. */
export function calendarOf(time: EstateTime, workingOnly: boolean): Calendar {
  if (!workingOnly) return always;
  let calendar = working.get(time);
  if (calendar === undefined) {
    const { zone, holidays, clocks } = time;
    calendar = workingCalendar({
      zone,
      hours: clocks?.hours ?? usualHours,
      days: clocks?.days ?? usualDays,
      holidays,
      workdays: clocks?.workdays ?? [],
    });
    working.set(time, calendar);
  }
  return calendar;
}

/**
 * What an allowance amounts to from an instant on. A deadline by the calendar becomes the time that is left until then,
 * so that a pause moves it as it moves any other.
 * @returns null when that time never comes, as in an estate that works on no day
 */
export function allowedFrom(time: EstateTime, allowance: Allowance, from: number): Allowed | null {
  if ('time' in allowance) return { budget: allowance.time, working: allowance.working };
  if ('days' in allowance) {
    if (allowance.working) return { budget: allowance.days * workingDay(time), working: true };
    return { budget: daysAfter(time.zone, from, allowance.days) - from, working: false };
  }
  if (allowance.end === 'day') return { budget: endOfDay(time.zone, from) - from, working: false };
  const due = endOfNextWorkingDay(time, from);
  if (due === null) return null;
  const budget = countedIn(calendarOf(time, true), { from, to: due });
  return { budget, working: true };
}

/** Midnight after an instant, local time. */
export function endOfDay(zone: string, at: number): number {
  return localInstant(dateOf(zone, at).add({ days: 1 }), dayStart, zone);
}

function dateOf(zone: string, at: number): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
}

/** The same local time, days later: in a skipped hour its end, in a repeated one its first pass. */
function daysAfter(zone: string, from: number, days: number): number {
  const local = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone);
  return localInstant(local.toPlainDate().add({ days }), local.toPlainTime(), zone);
}

/** Milliseconds of work in a day. */
function workingDay({ clocks }: EstateTime): number {
  const minutes = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
  return (clocks?.hours ?? usualHours)
    .map((stretch) => minutes(stretch.slice(6)) - minutes(stretch.slice(0, 5)))
    .reduce((sum, length) => sum + length * 60_000, 0);
}

function endOfNextWorkingDay(time: EstateTime, from: number): number | null {
  const work = calendarOf(time, true);
  const tomorrow = endOfDay(time.zone, from);
  const opens = work.at(tomorrow) ? tomorrow : work.next(tomorrow);
  if (opens === Number.POSITIVE_INFINITY) return null;
  const midnight = endOfDay(time.zone, opens);
  if (work.at(midnight - 1)) return midnight;
  let closes = midnight;
  for (let edge = work.next(opens); edge <= midnight; edge = work.next(edge)) {
    if (!work.at(edge)) closes = edge;
  }
  return closes;
}
