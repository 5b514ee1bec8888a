import { createHash } from 'node:crypto';
import { CaretakerError } from '@caretaker/readings/base';
import type { Standard } from '../catalogue/standard.ts';

/** A standard with its name made of its content, deep-frozen. */
export function sealStandard(content: Omit<Standard, 'version'>): Standard {
  const { groups, touchpoints, items } = content;
  const version = versionOf(JSON.stringify({ groups, touchpoints, items }));
  return deepFreeze({ version, groups, touchpoints, items });
}

/** The whole content of a standard as text, from which `parseStandard` makes the same standard again. */
export function standardText({ groups, touchpoints, items }: Standard): string {
  return JSON.stringify({ groups, touchpoints, items });
}

/**
 * The standard whose content was kept as text. It has been checked when it was published and is not checked
 * again: what was judged by it must stay as it was.
 * @param version under which it was kept
 * @throws CaretakerError `STANDARDS_VERSION_DAMAGED` when the text is not that of the version
 */
export function parseStandard(text: string, version: string): Standard {
  if (versionOf(text) !== version) {
    throw new CaretakerError({
      code: 'STANDARDS_VERSION_DAMAGED',
      message: `The kept content of the standard ${version} is not what was published.`,
      next: 'Restore the database from a backup.',
    });
  }
  return sealStandard(JSON.parse(text) as Omit<Standard, 'version'>);
}

function versionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
