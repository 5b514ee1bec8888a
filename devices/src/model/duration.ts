const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** What a duration looks like, for messages. */
export const durationForm = '30s, 15m, 24h, 2d';

/** Milliseconds as an estate's file has them; null is `none`. */
export function printDuration(ms: number | null): string {
  return ms === null ? 'none' : `${ms / 1_000}s`;
}

/** `30s`, `15m`, `1.5h`, `2d` as milliseconds; undefined when the text is no duration above zero. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text);
  const unit = units[match?.[2] ?? ''];
  if (match === null || unit === undefined) return undefined;
  const value = Math.round(Number(match[1]) * unit);
  return value > 0 ? value : undefined;
}
