import { always, type Calendar, remembered, type Year, yearly } from './table.ts';

/**
 * A daily stretch of local time such as `22:00-06:00`; one that ends no later than it starts runs into the
 * next day. Days of 23 and 25 hours count as such.
 * @param delay starts this much later, milliseconds; a stretch not longer than it never holds.
 */
export function hoursCalendar(hours: string, zone: string, delay = 0): Calendar {
  const [from = '00:00', to = '24:00'] = hours.split('-');
  if (delay === 0 && (from === to || (from === '00:00' && to === '24:00'))) return always;
  const key = `${hours} ${zone} ${delay}`;
  return remembered(key, () => yearly((year) => compile(year, from, to, zone, delay)));
}

function compile(year: number, from: string, to: string, zone: string, delay: number): Year {
  const begin = Date.UTC(year);
  const end = Date.UTC(year + 1);
  const all: number[] = [];
  let day = Temporal.PlainDate.from({ year: year - 1, month: 12, day: 30 });
  const last = Temporal.PlainDate.from({ year: year + 1, month: 1, day: 2 });
  const nextDay = to === '24:00' || to <= from;
  const closing = to === '24:00' ? '00:00' : to;
  while (Temporal.PlainDate.compare(day, last) <= 0) {
    const opens = instantOf(day, from, zone) + delay;
    const closes = instantOf(nextDay ? day.add({ days: 1 }) : day, closing, zone);
    if (opens < closes) all.push(opens, closes);
    day = day.add({ days: 1 });
  }
  const edges = withoutTouching(all);
  const before = edges.filter((edge) => edge < begin).length;
  return { start: before % 2 === 1, edges: edges.filter((edge) => edge >= begin && edge < end) };
}

/** A stretch that ends where the next begins is one stretch. */
function withoutTouching(edges: readonly number[]): number[] {
  const kept: number[] = [];
  for (const edge of edges) {
    if (kept.at(-1) === edge) kept.pop();
    else kept.push(edge);
  }
  return kept;
}

/** A local time in a skipped hour falls at the hour's end; in a repeated hour, at its first pass. */
function instantOf(day: Temporal.PlainDate, clock: string, zone: string): number {
  const local = day.toPlainDateTime(Temporal.PlainTime.from(clock));
  const earlier = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (earlier.toPlainDateTime().equals(local)) return earlier.epochMilliseconds;
  const jump = earlier.getTimeZoneTransition('next');
  return (jump ?? earlier).epochMilliseconds;
}
