import type { ReadingValue } from '@caretaker/readings';
import { parseDuration } from '../rules/duration.ts';

/** A reading of a test: milliseconds from the start of the test, and the value. */
export interface Step {
  readonly at: number;
  readonly value: ReadingValue;
}

/** A repetition longer than this is a slip of the pen, not a test. */
const mostReadings = 20_000;

/** `90s`, `-5h`, `4m54s` in milliseconds; null when it is no such text. */
export function parseOffset(text: string): number | null {
  const sign = text.startsWith('-') ? -1 : 1;
  const parts = text.replace(/^-/, '').match(/\d+(?:\.\d+)?(?:ms|s|m|h|d)/g) ?? [];
  if (parts.length === 0 || parts.join('') !== text.replace(/^-/, '')) return null;
  return sign * parts.reduce((sum, part) => sum + (parseDuration(part) ?? 0), 0);
}

/**
 * Reads `0m closed, 1m open`: when and what, separated by commas. `0m..1h every 10m 20` repeats, both ends
 * included, and `0s..60s every 5s open|closed` goes through its values in turn.
 * @throws Error that says what cannot be read; the caller knows the line.
 */
export function parseSeries(text: string): Step[] {
  const steps = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .flatMap(parsePart);
  for (const [k, step] of steps.entries()) {
    const before = steps[k - 1];
    if (before !== undefined && step.at <= before.at) {
      throw new Error(
        `times must rise: ${formatOffset(step.at)} follows ${formatOffset(before.at)}`,
      );
    }
  }
  if (steps.length === 0) throw new Error('no readings: write "0m closed, 1m open"');
  return steps;
}

function parsePart(part: string): Step[] {
  const single = /^(\S+) (\S+)$/.exec(part);
  if (single !== null) return [{ at: offset(single[1]), value: parseValue(single[2] ?? '') }];
  const repeated = /^(\S+)\.\.(\S+) every (\S+) (\S+)$/.exec(part);
  if (repeated === null) {
    throw new Error(`"${part}" is neither "5m open" nor "0m..1h every 10m 20"`);
  }
  const [from, to, every] = [offset(repeated[1]), offset(repeated[2]), offset(repeated[3])];
  const values = (repeated[4] ?? '').split('|').map(parseValue);
  const n = Math.floor((to - from) / every) + 1;
  if (!(every > 0) || n < 1 || n > mostReadings) {
    throw new Error(`"${part}" makes no readings, or more than ${mostReadings}`);
  }
  return Array.from({ length: n }, (_, k) => ({
    at: from + k * every,
    value: values[k % values.length] ?? 0,
  }));
}

function offset(text = ''): number {
  const parsed = parseOffset(text);
  if (parsed === null) throw new Error(`"${text}" is no time: write 90s, 5m, 4m54s, 2h, -1d`);
  return parsed;
}

function parseValue(word: string): ReadingValue {
  if (word === 'true' || word === 'false') return word === 'true';
  const number = Number(word);
  return Number.isNaN(number) ? word : number;
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** Milliseconds as people write them in a test: `4m54s`, `-5h`, `0m`. */
export function formatOffset(ms: number): string {
  if (ms === 0) return '0m';
  let rest = Math.abs(ms);
  let text = ms < 0 ? '-' : '';
  for (const [unit, size] of units) {
    const n = Math.floor(rest / size);
    if (n > 0) text += `${n}${unit}`;
    rest -= n * size;
  }
  return text;
}
