import { getPosition } from 'suncalc';
import { type Calendar, remembered, type Year, yearly } from './table.ts';

/** No two crossings of one altitude lie closer outside the polar circles' edges. */
const step = 20 * 60_000;
/** The sun climbs and sinks by no more than this, degrees an hour: the turn of the earth and its own way. */
const fastest = 15.1;

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
  const sign = side === 'below' ? 1 : -1;
  return yearly((year) =>
    compile(year, (time) => {
      const sun = getPosition(new Date(time), place.latitude, place.longitude).altitude;
      return sign * (limit - sun);
    }),
  );
}

/** How far on the side that counts the sun stands, degrees; above 0 the calendar holds. */
type Depth = (time: number) => number;

/**
 * What suncalc adds to the true altitude for the bending of light (Meeus 16.4), degrees: twilight is defined
 * by the true one, and by 0.48° the dusk would come three minutes late.
 */
function refraction(altitude: number): number {
  const h = (Math.max(0, altitude) * Math.PI) / 180;
  return (0.0002967 / Math.tan(h + 0.00312536 / (h + 0.08901179)) / Math.PI) * 180;
}

function compile(year: number, depth: Depth): Year {
  const last = Date.UTC(year + 1) - 1_000;
  const edges: number[] = [];
  let time = Date.UTC(year);
  let here = depth(time);
  const start = here > 0;
  let value = start;
  while (time < last) {
    // As long as it takes the sun at least, and never less than a step.
    const away = Math.floor(Math.abs(here) / fastest) * 3_600_000;
    const before = time;
    time = Math.min(before + Math.max(step, away), last);
    const there = depth(time);
    if (there > 0 !== value) {
      edges.push(firstSecond(before, time, !value, depth));
      value = !value;
    }
    here = there;
  }
  return withBoundary({ start, edges }, year, depth);
}

/** Adds the first second of the year as an edge when the value differs from the last second before it. */
function withBoundary(table: Year, year: number, depth: Depth): Year {
  const before = depth(Date.UTC(year) - 1_000) > 0;
  if (before === table.start) return table;
  return { start: before, edges: [Date.UTC(year), ...table.edges] };
}

function firstSecond(from: number, to: number, wanted: boolean, depth: Depth): number {
  let low = from;
  let high = to;
  while (high - low > 1_000) {
    const middle = low + Math.floor((high - low) / 2_000) * 1_000;
    if (depth(middle) > 0 === wanted) high = middle;
    else low = middle;
  }
  return high;
}
