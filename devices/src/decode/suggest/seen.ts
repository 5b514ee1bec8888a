import { isObject } from '../payload.ts';
import { leavesOf } from './leaves.ts';

const mostKeys = 64;
const mostLevels = 6;
/** Longer texts are raw bytes or lists of something, and no value. */
const longestText = 120;

/**
 * Adds what a message says to what was said before: a device does not say all in each message. Bounded: lists and
 * long texts are left out, and so is whatever comes after 64 values.
 * @param before what this gave last; null at first
 */
export function remember(before: unknown, body: unknown): unknown {
  const room = { keys: mostKeys };
  return merged(before, body, 0, room) ?? before ?? null;
}

function merged(before: unknown, now: unknown, level: number, room: { keys: number }): unknown {
  if (!isObject(now)) return plainOf(now);
  if (level > mostLevels) return undefined;
  const known = isObject(before) ? before : {};
  const kept: [string, unknown][] = [];
  for (const key of new Set([...Object.keys(known), ...Object.keys(now)])) {
    if (room.keys <= 0) break;
    const old = ownOf(known, key);
    const value = merged(old, ownOf(now, key) ?? old, level + 1, room);
    if (value === undefined || key.length > longestText) continue;
    if (!isObject(value)) room.keys -= 1;
    kept.push([key, value]);
  }
  // One that holds nothing takes no room, so that there would be no end to them.
  return kept.length === 0 && level > 0 ? undefined : Object.fromEntries(kept);
}

function ownOf(record: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function plainOf(value: unknown): unknown {
  if (typeof value === 'string') return isPlain(value) ? value : undefined;
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

/** Whether the same values of the same types stand in both. */
export function sameShape(one: unknown, other: unknown): boolean {
  return shapeOf(one) === shapeOf(other);
}

function shapeOf(seen: unknown): string {
  return JSON.stringify(
    leavesOf(seen)
      .map(({ path, value }) => [path, typeof value])
      .sort(),
  );
}

function isPlain(text: string): boolean {
  return text.length <= longestText && !/[\p{Cc}\ufffd]/u.test(text);
}
