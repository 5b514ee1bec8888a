import type { Boot } from './boots.ts';

/** `last` was noted at most so long before the last reading. */
const UNNOTED_MS = 6_000;
/** A clock that was before not quite right may have given times up to this late. */
const SLACK_MS = 60_000;

/**
 * Gives a time to every start that has none, once the present one knows its own. Those that ended before they knew it
 * are placed as late as they can have been: each before the next one, and none before what was received earlier.
 * @param current the present start
 * @param base what to add to its elapsed milliseconds
 * @returns the starts that have changed
 */
export function settledBoots(all: readonly Boot[], current: Boot, base: number): Boot[] {
  const settled: Boot[] = [];
  const early = current.after + 1 - current.first;
  const own = base < early && early - base <= SLACK_MS ? early : base;
  settled.push({ ...current, base: own, placed: false });
  // The machine was not running before it started.
  let before = own;
  for (const boot of all.toReversed()) {
    if (boot.base !== null || boot.index === current.index) continue;
    const latest = before - 1 - UNNOTED_MS - boot.last;
    const earliest = boot.after + 1 - boot.first;
    const placed = Math.floor(Math.max(latest, earliest));
    settled.push({ ...boot, base: placed, placed: true });
    before = Math.min(before, placed + boot.first);
  }
  return settled;
}
