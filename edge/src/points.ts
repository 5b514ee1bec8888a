import type { Estate } from '@caretaker/devices/model';

/** What the journal asks of a point when it thins its readings. */
export function pointsOf(estate: Estate): {
  /** Kind of its asset. */
  readonly kindOf: (point: string) => string;
  /** How long it may say nothing before it is silent, milliseconds. */
  readonly silentAfter: (point: string) => number;
} {
  const kinds = new Map<string, string>();
  const limits = new Map<string, number>();
  for (const { id, kind, points } of estate.assets) {
    for (const { metric, silentAfter } of points) {
      kinds.set(`${id}/${metric}`, kind);
      limits.set(`${id}/${metric}`, silentAfter ?? Number.POSITIVE_INFINITY);
    }
  }
  return {
    kindOf: (point) => kinds.get(point) ?? 'unknown',
    silentAfter: (point) => limits.get(point) ?? Number.POSITIVE_INFINITY,
  };
}
