import type { Calendar } from '@caretaker/standards';

/** From `from` up to and without `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** How much of a span the calendar holds, milliseconds. */
export function countedIn(calendar: Calendar, { from, to }: Span): number {
  let counted = 0;
  let at = from;
  while (at < to) {
    const next = Math.min(calendar.next(at), to);
    if (calendar.at(at)) counted += next - at;
    at = next;
  }
  return counted;
}

/**
 * The first instant at which the calendar has held for `amount` since `from`; one that falls on the end of a stretch is
 * that end, not the beginning of the next one.
 * @returns Infinity when the calendar does not hold for so long
 */
function after(calendar: Calendar, from: number, amount: number): number {
  let left = amount;
  let at = from;
  while (left > 0) {
    const next = calendar.next(at);
    if (calendar.at(at)) {
      if (next - at >= left) return at + left;
      left -= next - at;
    }
    if (next === Number.POSITIVE_INFINITY) return next;
    at = next;
  }
  return at;
}

/** The same, but for what lies in `pauses`, which are in order and apart. */
export function dueAfter(
  calendar: Calendar,
  from: number,
  amount: number,
  pauses: readonly Span[],
): number {
  let left = amount;
  let at = from;
  for (const pause of pauses) {
    if (pause.to <= at) continue;
    const run = countedIn(calendar, { from: at, to: Math.max(at, pause.from) });
    if (run >= left) break;
    left -= run;
    at = pause.to;
  }
  return after(calendar, at, left);
}

/** What a span is made of: the parts add up to its length. */
export interface Parts {
  /** The calendar held, and the clock was not paused. */
  readonly counted: number;
  /** The calendar held, and the clock was paused. */
  readonly paused: number;
  /** The calendar did not hold. */
  readonly off: number;
}

/** @param pauses in order and apart */
export function partsOf(calendar: Calendar, span: Span, pauses: readonly Span[]): Parts {
  const length = Math.max(0, span.to - span.from);
  const held = countedIn(calendar, span);
  const paused = pauses
    .map((pause) => countedIn(calendar, cut(pause, span)))
    .reduce((sum, part) => sum + part, 0);
  return { counted: held - paused, paused, off: length - held };
}

function cut(one: Span, within: Span): Span {
  return { from: Math.max(one.from, within.from), to: Math.min(one.to, within.to) };
}

/** The same times without overlaps, in order; empty spans are left out. */
export function merged(spans: readonly Span[]): Span[] {
  const found: { from: number; to: number }[] = [];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    if (to <= from) continue;
    const last = found.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else found.push({ from, to });
  }
  return found;
}
