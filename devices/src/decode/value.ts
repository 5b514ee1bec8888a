import type { ReadingValue } from '@caretaker/readings';
import type { Metric } from '../kinds/index.ts';
import { isUnit } from '../units.ts';
import { Refusal, shown } from './refusal.ts';

/** Decimal notation only: no hexadecimal, no `Infinity`. The rest may be a unit, such as ` mm`. */
const decimal = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(\S.{0,15})?$/i;

const flagWords: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['on', true],
  ['1', true],
  ['false', false],
  ['off', false],
  ['0', false],
]);

/** A number as a text says it, with what stands behind it. */
interface Quantity {
  readonly number: number;
  /** Empty when nothing does. */
  readonly unit: string;
}

/** The number a text says, and its unit; undefined when it says none. */
export function quantityIn(text: string): Quantity | undefined {
  if (text.length > 64) return undefined;
  const match = decimal.exec(text);
  if (match === null) return undefined;
  const unit = match[2]?.trim() ?? '';
  // A digit in what stands behind is of a unit such as m3/h, or this is a date and no number.
  if (/\d/.test(unit) && !isUnit(unit)) return undefined;
  return { number: Number(match[1]), unit };
}

/** The number that a text says without any unit; undefined when it says none. */
export function numberIn(text: string): number | undefined {
  const quantity = quantityIn(text);
  return quantity?.unit === '' ? quantity.number : undefined;
}

/** The value as this metric has it, or why it is none: of the wrong type, or not plausible. */
export function readValue(raw: unknown, metric: Metric): ReadingValue | Refusal {
  switch (metric.type) {
    case 'number':
      return typeof raw === 'number' ? plausible(raw, metric) : wrongType(raw, metric, 'a number');
    case 'flag':
      return readFlag(raw) ?? wrongType(raw, metric, 'true or false');
    case 'state':
      return readState(raw, metric);
  }
}

function plausible(value: number, metric: Metric): number | Refusal {
  // JSON has no NaN, but it has 1e999, and scaling may overflow: no range takes them.
  const [min, max] = metric.range ?? [-Number.MAX_VALUE, Number.MAX_VALUE];
  if (value >= min && value <= max) return value === 0 ? 0 : value;
  const unit = metric.unit === '' ? '' : ` ${metric.unit}`;
  return new Refusal(
    'DECODE_IMPLAUSIBLE',
    `${metric.id} ${value}${unit} is not plausible: ${min} to ${max}${unit}`,
    'check the sensor and the unit it sends',
  );
}

function readFlag(raw: unknown): boolean | undefined {
  if (typeof raw === 'boolean') return raw;
  if (raw === 0 || raw === 1) return raw === 1;
  return typeof raw === 'string' ? flagWords.get(raw.toLowerCase()) : undefined;
}

function readState(raw: unknown, metric: Metric): string | Refusal {
  const states = metric.states ?? [];
  if (typeof raw === 'string') {
    if (states.includes(raw)) return raw;
    const lower = raw.toLowerCase();
    if (states.includes(lower)) return lower;
  }
  return wrongType(raw, metric, `one of ${states.join(', ')}`);
}

function wrongType(raw: unknown, metric: Metric, wanted: string): Refusal {
  return new Refusal('DECODE_WRONG_TYPE', `${metric.id} must be ${wanted}, not ${shown(raw)}`);
}
