import type { Estate } from '@caretaker/devices/model';
import type { Standard } from '../catalogue/standard.ts';
import type { CalendarSpec, Clause, Rule } from '../rules/clause.ts';
import { createCalendars, partsOf } from './index.ts';

/**
 * Compiles what the rules will ask of the calendars between two instants, one calendar and year a step (some
 * 40 ms for the sun, by which the first readings would otherwise be held up). The host goes on to the next step
 * when others have had their turn; an engine made before the last step is as right, only slower at first.
 * @param from event time, milliseconds
 * @param to inclusive
 */
export function* prepareCalendars(
  standard: Standard,
  estates: readonly Estate[],
  from: number,
  to: number,
): Generator<void, void, void> {
  for (const estate of estates) {
    const of = createCalendars(estate);
    const watched = new Set(estate.assets.map((asset) => asset.kind));
    const rules = standard.items.flatMap((item) => item.rules).filter((r) => watched.has(r.kind));
    for (const calendar of new Set(rules.flatMap(calendarsOf).flatMap(partsOf).map(of))) {
      for (const time of years(from, to)) {
        calendar.at(time);
        yield;
      }
    }
  }
}

/** An instant of each UTC year in [from, to]. */
function years(from: number, to: number): number[] {
  const first = new Date(from).getUTCFullYear();
  const last = new Date(to).getUTCFullYear();
  return Array.from({ length: last - first + 1 }, (_, k) => Date.UTC(first + k));
}

function calendarsOf({ when, only, clearWhen }: Rule): CalendarSpec[] {
  return [when, only, clearWhen].flatMap((clause) =>
    clause === undefined ? [] : inClause(clause),
  );
}

function inClause({ all, any, not, calendar, count }: Clause): CalendarSpec[] {
  const inner = [...(all ?? []), ...(any ?? []), ...(not === undefined ? [] : [not])];
  return [calendar, count?.during, ...inner.flatMap(inClause)].filter((spec) => spec !== undefined);
}
