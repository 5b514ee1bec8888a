import type { Fault } from '@caretaker/readings/base';
import type { Decoded, Found, Ignored, Unmapped } from './decoder.ts';
import type { Refusal } from './refusal.ts';

/** What a message is when nothing is in it. */
const nobody: readonly string[] = [];

/** What was found in a message of one asset, and what is bad in it. */
export function said(
  found: readonly Found[],
  faults: readonly Fault[],
  heard: readonly string[],
): Decoded {
  const ignored = found.length === 0 && faults.length === 0 ? 'empty' : null;
  return { found, faults, heard, unmapped: null, once: null, ignored };
}

/** A message of which nothing can be used. */
export function refused(
  topic: string,
  refusal: Refusal,
  unmapped: Unmapped | null = null,
): Decoded {
  const faults = [refusal.at(topic)];
  return { found: [], faults, heard: nobody, unmapped, once: null, ignored: null };
}

/** A message without a reading and without a fault. */
export function ignored(why: Ignored, heard: readonly string[] = nobody): Decoded {
  return { found: [], faults: [], heard, unmapped: null, once: null, ignored: why };
}

/** What several mappings make of one message. */
export function merged(parts: readonly Decoded[]): Decoded {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const found = parts.flatMap((part) => part.found);
  const faults = parts.flatMap((part) => part.faults);
  const heard = [...new Set(parts.flatMap((part) => part.heard))];
  const all = said(found, faults, heard);
  return all.ignored === null ? all : { ...all, ignored: first?.ignored ?? 'empty' };
}

/** An old message that was retained: its values are not of now unless they say of when they are. */
export function asRetained(decoded: Decoded): Decoded {
  const found = decoded.found.filter(({ at }) => at !== null);
  const { faults } = decoded;
  const none = found.length === 0 && faults.length === 0;
  const why = decoded.ignored ?? 'retained';
  return { ...decoded, found, heard: nobody, ignored: none ? why : null };
}
