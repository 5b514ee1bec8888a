import { Refusal, shown } from './refusal.ts';

/** Before 1973 in milliseconds, before the year 5138 in seconds: surely seconds. */
const leastMilliseconds = 1e11;
/** A device may run this far ahead of its gateway. */
const greatestLead = 5 * 60_000;

/**
 * A device's time stamp as UTC epoch milliseconds: a number of them, or ISO 8601 with its offset.
 * @param received gateway clock; a stamp more than 5 min ahead of it is refused.
 */
export function readTime(raw: unknown, received: number): number | Refusal {
  const at = typeof raw === 'number' ? raw : typeof raw === 'string' ? parse(raw) : undefined;
  if (at === undefined || !Number.isFinite(at) || at < 0) {
    return new Refusal(
      'DECODE_TIME_INVALID',
      `${shown(raw)} is no time`,
      'send epoch milliseconds, or ISO 8601 with its offset',
    );
  }
  if (at < leastMilliseconds) {
    return new Refusal('DECODE_TIME_SECONDS', `${shown(raw)} lies before 1973: seconds?`, millis);
  }
  if (at > received + greatestLead) {
    const next = at > received * 100 ? 'send epoch milliseconds' : 'check the clock of the device';
    const message = `${shown(raw)} is more than 5 min ahead of the gateway's clock`;
    return new Refusal('DECODE_TIME_FUTURE', message, next);
  }
  return Math.trunc(at);
}

const millis = 'send epoch milliseconds';

function parse(text: string): number | undefined {
  if (/^\d{1,20}$/.test(text)) return Number(text);
  if (text.length > 64) return undefined;
  try {
    // Unlike Date, this refuses a day that does not exist and a time without offset.
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    return undefined;
  }
}
