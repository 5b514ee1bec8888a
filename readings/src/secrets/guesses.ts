import { isIPv6 } from 'node:net';

const longestWait = 15 * 60_000;
/** One wrong guess is forgotten in this time: no less than the longest wait, or waiting would be for nothing. */
const fadesIn = 15 * 60_000;

/** What is kept of the guesses at one secret, or from one address; times are UTC epoch milliseconds. */
export interface Guesses {
  readonly failures: number;
  readonly last: number;
  /** Nothing is looked at before. */
  readonly until: number;
}

/**
 * How long the next attempt has to wait after so many wrong ones: nothing for the first few, then 1 s, doubled
 * each time, up to 15 minutes.
 * @returns milliseconds
 */
export function waitAfter(failures: number, free: number): number {
  if (failures < free) return 0;
  return Math.min(1000 * 2 ** Math.min(failures - free, 30), longestWait);
}

/**
 * One attempt more, before its outcome is known, so that many at once are slowed down like one after another.
 * @param free how many wrong ones are borne before they are slowed down
 */
export function countGuess(before: Guesses | undefined, free: number, at: number): Guesses {
  const faded = before === undefined ? 0 : Math.floor(Math.max(0, at - before.last) / fadesIn);
  const failures = Math.max(0, (before?.failures ?? 0) - faded) + 1;
  return { failures, last: at, until: at + waitAfter(failures, free) };
}

/** How long the next attempt has to wait now, milliseconds. */
export function waitLeft(guesses: readonly (Guesses | undefined)[], at: number): number {
  const wait = Math.max(0, ...guesses.map((one) => (one === undefined ? 0 : one.until - at)));
  // Longer than any wait there is: the clock was set back, and nobody is to be locked out by that.
  return wait <= longestWait ? wait : 0;
}

/** A household has a whole /64 of IPv6 addresses, and may use a new one for every guess. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  const plain = address.split('%')[0] ?? '';
  if (!isIPv6(plain)) return address;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...new Array<string>(Math.max(0, zeros)).fill('0'), ...after];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
