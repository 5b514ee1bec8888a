import type { ReadingValue } from '@caretaker/readings';
import { type CalendarPlace, createCalendars } from '../calendar/index.ts';
import type { Clause, Rule } from './clause.ts';
import { type Leaf, type Related, type Resolvable, resolve } from './resolve.ts';

/** What it takes to prove by the sensor that a fault which a rule found is gone. Milliseconds. */
export interface Proving {
  /** How long its condition must be clear. */
  readonly time: number;
  /**
   * How long after the claim that it is mended the condition may go on standing: what the rule still remembers from
   * before is not held against whoever mended it. Infinity where only further events can clear it.
   */
  readonly grace: number;
  /** Where the rule counts events, which of them tell whether it is mended. */
  readonly events: EventProof | null;
}

export interface EventProof {
  /** `estate/asset/metric`. */
  readonly point: string;
  /** As many quiet ones in a row clear the condition, whatever came before; null where a window of time does. */
  readonly needed: number | null;
  /** As many bad ones after the claim are a breach by themselves. */
  readonly least: number;
  isBad(value: ReadingValue, at: number): boolean;
}

const minute = 60_000;
const shortest = 5 * minute;
/** A rule may want a breach to last for days before it counts; to be proven, the end need not last as long. */
const longestFor = 4 * 60 * minute;
const shortestGrace = 15 * minute;

/**
 * By the rule's own word, or else as long as a breach or its end has to last to count, at least 5 minutes.
 * @param rule none for a rule that is no longer in the standard
 */
export function provingOf(
  rule: Rule | undefined,
  asset?: Resolvable,
  place?: CalendarPlace,
  related?: Related,
): Proving {
  if (rule === undefined) return { time: shortest, grace: shortestGrace, events: null };
  const found = asset === undefined ? { missing: [] } : resolve(rule, asset, related);
  const resolved = 'missing' in found ? null : found;
  const held = Math.min(resolved?.for ?? rule.for, longestFor);
  const time = rule.proving ?? Math.max(shortest, held, resolved?.clearFor ?? rule.clearFor);
  const leaves = resolved?.leaves ?? [];
  const memory = Math.max(0, ...[rule.when, rule.clearWhen].flatMap((c) => windowsIn(c)));
  const grace = leaves.some(onlyEventsClear) ? Infinity : Math.max(shortestGrace, time, memory);
  return { time, grace, events: eventsOf(leaves, place) };
}

/** How far back parts of a condition look. */
function windowsIn(clause: Clause | undefined): number[] {
  if (clause === undefined) return [];
  const { all, any, not, window, count, share } = clause;
  const inner = [...(all ?? []), ...(any ?? []), ...(not === undefined ? [] : [not])];
  const own = [window, count?.within, share?.window].filter((span) => span !== undefined);
  return [...own, ...inner.flatMap(windowsIn)];
}

/** It looks at so many last readings, however old: time alone never clears it. Two are a guard against outliers. */
function onlyEventsClear({ count }: Leaf): boolean {
  return count !== null && count.within === 0 && quietOf(count) > 2;
}

function quietOf({ clearLeast, of, least }: NonNullable<Leaf['count']>): number {
  return clearLeast > 0 ? clearLeast : of - least + 1;
}

function eventsOf(leaves: readonly Leaf[], place: CalendarPlace | undefined): EventProof | null {
  const leaf = leaves.find(({ count }) => count !== null && count.share === null);
  if (leaf === undefined || leaf.count === null || leaf.comparison === 'changed') return null;
  const { count, point } = leaf;
  const quiet = quietOf(count);
  // Of a count with a window alone, `of` only bounds the memory.
  const needed = count.within > 0 && count.clearLeast === 0 ? null : quiet;
  if (needed !== null && needed <= 2) return null;
  const { during } = count;
  if (during !== null && place === undefined) return null;
  const hours = during === null || place === undefined ? null : createCalendars(place)(during);
  return {
    point,
    needed,
    least: count.least,
    isBad: (value, at) => (hours === null || hours.at(at)) && breaches(leaf, value),
  };
}

function breaches(leaf: Leaf, value: ReadingValue): boolean {
  if (leaf.comparison === 'is') return leaf.is.includes(value);
  if (typeof value !== 'number') return false;
  const [low, high] = leaf.outside;
  const sides = {
    above: value > leaf.limit,
    atLeast: value >= leaf.limit,
    below: value < leaf.limit,
    atMost: value <= leaf.limit,
    outside: value < low || value > high,
    changed: false,
  };
  return sides[leaf.comparison];
}
