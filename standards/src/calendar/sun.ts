import { getPosition } from 'suncalc';
import { type Calendar, remembered, type Year, yearly } from './table.ts';

/** No two crossings of one altitude lie closer outside the polar circles' edges. */
const step = 20 * 60_000;

/**
 * While the sun stands below (or above) a true altitude, degrees, seen from a place. Edges are whole seconds:
 * the first one at which it is so.
 */
export function sunCalendar(
  side: 'below' | 'above',
  altitude: number,
  place: { readonly latitude: number; readonly longitude: number },
): Calendar {
  const key = `${side} ${altitude} ${place.latitude} ${place.longitude}`;
  return remembered(key, () => create(side, altitude, place));
}

function create(
  side: 'below' | 'above',
  altitude: number,
  place: { readonly latitude: number; readonly longitude: number },
): Calendar {
  const limit = altitude + refraction(altitude);
  const holds = (time: number): boolean => {
    const sun = getPosition(new Date(time), place.latitude, place.longitude).altitude;
    return side === 'below' ? sun < limit : sun > limit;
  };
  return yearly((year) => compile(year, holds));
}

/**
 * What suncalc adds to the true altitude for the bending of light (Meeus 16.4), degrees: twilight is defined
 * by the true one, and by 0.48° the dusk would come three minutes late.
 */
function refraction(altitude: number): number {
  const h = (Math.max(0, altitude) * Math.PI) / 180;
  return (0.0002967 / Math.tan(h + 0.00312536 / (h + 0.08901179)) / Math.PI) * 180;
}

function compile(year: number, holds: (time: number) => boolean): Year {
  const end = Date.UTC(year + 1);
  // The instant before the year, so that a change at its very first second is not missed.
  let time = Date.UTC(year);
  const start = holds(time);
  let value = start;
  const edges: number[] = [];
  while (time < end) {
    const next = Math.min(time + step, end - 1_000);
    if (holds(next) !== value) {
      edges.push(firstSecond(time, next, !value, holds));
      value = !value;
    }
    if (next === end - 1_000) break;
    time = next;
  }
  return withBoundary({ start, edges }, year, holds);
}

/** Adds the first second of the year as an edge when the value differs from the last second before it. */
function withBoundary(table: Year, year: number, holds: (time: number) => boolean): Year {
  const before = holds(Date.UTC(year) - 1_000);
  if (before === table.start) return table;
  return { start: before, edges: [Date.UTC(year), ...table.edges] };
}

function firstSecond(
  from: number,
  to: number,
  wanted: boolean,
  holds: (time: number) => boolean,
): number {
  let low = from;
  let high = to;
  while (high - low > 1_000) {
    const middle = low + Math.floor((high - low) / 2_000) * 1_000;
    if (holds(middle) === wanted) high = middle;
    else low = middle;
  }
  return high;
}
