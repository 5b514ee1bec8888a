import { endOfDay } from './time.ts';

/** T09: the three quick promises, or an instant of one's own. */
export type PromiseKind = 'half-hour' | 'hour' | 'today' | 'at';

/** Until when a promise made at an instant is to be kept; `today` ends at midnight, local time. */
export function promiseDue(
  kind: PromiseKind,
  made: number,
  zone: string,
  until: number | null,
): number {
  if (kind === 'half-hour') return made + 1_800_000;
  if (kind === 'hour') return made + 3_600_000;
  return kind === 'today' ? endOfDay(zone, made) : (until ?? made);
}
