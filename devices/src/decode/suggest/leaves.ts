import { isObject } from '../payload.ts';

/** One value of a message, with where it stands. */
export interface Leaf {
  /** Keys joined by dots, as a mapping names it; empty for a bare value. */
  readonly path: string;
  /** The last key in small letters without anything between its words: `TempC_DS18B20` is `tempcds18b20`. */
  readonly name: string;
  readonly value: string | number | boolean;
  /** Said beside or behind the value: `{ value, unit }`, `"2590 mm"`. */
  readonly unit: string | null;
}

/** A device says less; what says more is no device. */
const mostLeaves = 64;
const mostLevels = 6;
const longestText = 120;

/** The values of a message that a mapping could name: lists and deeper parts are left out. */
export function leavesOf(body: unknown): Leaf[] {
  const leaves: Leaf[] = [];
  gather(body, [], leaves);
  return leaves;
}

function gather(value: unknown, steps: readonly string[], leaves: Leaf[]): void {
  if (leaves.length >= mostLeaves) return;
  const scalar = scalarOf(value);
  if (scalar !== undefined) {
    leaves.push(leafOf(steps, scalar, null));
    return;
  }
  if (!isObject(value) || steps.length >= mostLevels) return;
  const measured = Object.hasOwn(value, 'value') ? scalarOf(value.value) : undefined;
  if (measured !== undefined && typeof value.unit === 'string') {
    leaves.push(leafOf(steps, measured, value.unit.slice(0, 16)));
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    // A dot in a key cannot be told from the dots of a path.
    if (key !== '' && !key.includes('.')) gather(child, [...steps, key], leaves);
  }
}

function scalarOf(value: unknown): Leaf['value'] | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'boolean') return value;
  return typeof value === 'string' && value.length <= longestText ? value : undefined;
}

const withUnit = /^\s*[+-]?\d+(?:\.\d+)?\s*([^\d\s.,:+-][^\d]{0,7})$/;

function leafOf(steps: readonly string[], value: Leaf['value'], unit: string | null): Leaf {
  const said = typeof value === 'string' ? (withUnit.exec(value)?.[1]?.trim() ?? null) : null;
  const last = steps.at(-1) ?? '';
  return {
    path: steps.join('.'),
    name: nameOf(last),
    value,
    unit: unit ?? said,
  };
}

/** A name in small letters without anything between its words. */
export function nameOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}$]/gu, '');
}

/** The number that a leaf says, without its unit; null when it says none. */
export function numberOf({ value }: Leaf): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  const number = Number.parseFloat(value);
  return /^\s*[+-]?\d/.test(value) && Number.isFinite(number) ? number : null;
}
