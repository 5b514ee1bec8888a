import type { DateFilter } from './dates.ts';
import { always, type Calendar, remembered, type Year, yearly } from './table.ts';

/** A daily stretch of local time. */
export interface Hours {
  /** `22:00-06:00`. */
  readonly hours: string;
  /** IANA zone. */
  readonly zone: string;
  /** Starts this much later, milliseconds; a stretch not longer than it never holds. */
  readonly delay?: number;
  /** The dates on which a stretch starts; null: every date. */
  readonly dates?: DateFilter | null;
}

/**
 * A daily stretch of local time such as `22:00-06:00`; one that ends no later than it starts runs into the
 * next day, and belongs to the date on which it starts. Days of 23 and 25 hours count as such.
 */
export function hoursCalendar({ hours, zone, delay = 0, dates = null }: Hours): Calendar {
  const [from = '00:00', to = '24:00'] = hours.split('-');
  const wholeDay = from === to || (from === '00:00' && to === '24:00');
  if (wholeDay && delay === 0 && dates === null) return always;
  const key = `${hours} ${zone} ${delay} ${dates?.key ?? ''}`;
  return remembered(key, () => yearly((year) => compile(year, { from, to, zone, delay, dates })));
}

interface Stretch {
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly delay: number;
  readonly dates: DateFilter | null;
}

function compile(year: number, { from, to, zone, delay, dates }: Stretch): Year {
  const begin = Date.UTC(year);
  const end = Date.UTC(year + 1);
  const all: number[] = [];
  let day = Temporal.PlainDate.from({ year: year - 1, month: 12, day: 30 });
  const last = Temporal.PlainDate.from({ year: year + 1, month: 1, day: 2 });
  const nextDay = to === '24:00' || to <= from;
  const opening = Temporal.PlainTime.from(from);
  const closing = Temporal.PlainTime.from(to === '24:00' ? '00:00' : to);
  while (Temporal.PlainDate.compare(day, last) <= 0) {
    const tomorrow = day.add({ days: 1 });
    if (dates === null || dates.holds(day)) {
      const opens = localInstant(day, opening, zone) + delay;
      const closes = localInstant(nextDay ? tomorrow : day, closing, zone);
      if (opens < closes) all.push(opens, closes);
    }
    day = tomorrow;
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
export function localInstant(
  day: Temporal.PlainDate,
  clock: Temporal.PlainTime,
  zone: string,
): number {
  const local = day.toPlainDateTime(clock);
  const earlier = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (earlier.toPlainDateTime().equals(local)) return earlier.epochMilliseconds;
  const jump = earlier.getTimeZoneTransition('next');
  return (jump ?? earlier).epochMilliseconds;
}
