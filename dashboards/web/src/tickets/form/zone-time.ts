const minute = 60_000;

/** `2026-11-21T14:05` as the clocks of a zone show it. */
export function clockFace(at: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const of = (type: Intl.DateTimeFormatPartTypes) =>
    parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}`;
}

/**
 * The instant at which the clocks of a zone show that: in a repeated hour its first pass, in a skipped one its end.
 * @param face `2026-11-21T14:05`; undefined comes back for anything else
 */
export function instantOf(face: string, zone: string): number | undefined {
  const wall = Date.parse(`${face}Z`);
  if (Number.isNaN(wall)) return undefined;
  const shownAt = (at: number) => Date.parse(`${clockFace(at, zone)}Z`);
  // Offsets of a zone differ by the day before and the day after at most.
  const day = 24 * 60 * minute;
  const offsets = [wall - day, wall + day].map((at) => shownAt(at) - at);
  const fitting = offsets.map((offset) => wall - offset).filter((at) => shownAt(at) === wall);
  if (fitting.length > 0) return Math.min(...fitting);
  // Skipped: the first instant after the gap, which the offset of the day before overshoots.
  const late = wall - Math.min(...offsets);
  let end = wall - Math.max(...offsets);
  while (end < late && shownAt(end) < wall) end += minute;
  return end;
}
