import type { Rule } from '../../rules/clause.ts';
import { judgeAsset } from './reference/judgement.ts';
import { isForgotten } from './reference/said.ts';
import {
  holdsUntil,
  type ReferenceCalendar,
  type ReferenceEpisode,
  type ReferencePoint,
  type ReferenceSaid,
} from './reference/world.ts';

export { judgeAsset } from './reference/judgement.ts';
export type {
  InForce,
  Limits,
  ReferenceAsset,
  ReferenceCalendar,
  ReferenceEpisode,
  ReferencePoint,
  ReferenceSaid,
} from './reference/world.ts';

/*
 * Judges by the words of docs/engine.md and docs/rule-language.md and by nothing else: sorts everything and
 * computes each verdict anew from all readings. Slow on purpose; shares no code with the engine, only the types
 * of a rule.
 */

/** One rule without versions, on an asset with these points and no relations. */
export function referenceEpisodes(
  rule: Rule,
  points: readonly Omit<ReferencePoint, 'id' | 'completeTo'>[],
  calendar: ReferenceCalendar,
  completeTo: number,
): ReferenceSaid[] {
  const timeline = [{ rule, version: '', until: Number.POSITIVE_INFINITY }];
  const known = points.map((point) => ({ ...point, id: point.metric, completeTo }));
  return judgeAsset(timeline, { points: known, relations: {} }, calendar);
}

/** The silence of one point, from its readings alone. */
export function referenceSilence(point: ReferencePoint): Omit<ReferenceEpisode, 'clearedAt'>[] {
  const always = { silentAfter: point.silentAfter, until: Number.POSITIVE_INFINITY };
  let from = Number.NEGATIVE_INFINITY;
  const found: Omit<ReferenceEpisode, 'clearedAt'>[] = [];
  // While a point has a limit its silence is one rule, whatever the limit; without one there is none.
  const limits = point.silences ?? [always];
  for (const [k, { silentAfter, until }] of limits.entries()) {
    const next = limits[k + 1];
    const goesOn = next !== undefined && next.silentAfter !== null;
    if (silentAfter !== null && !goesOn) found.push(...silencesWithin(point, from, until));
    if (silentAfter === null) from = until;
  }
  return found;
}

/** Of a rule that sees readings from an instant on, and ends at another. */
function silencesWithin(
  point: ReferencePoint,
  from: number,
  stop: number,
): Omit<ReferenceEpisode, 'clearedAt'>[] {
  const seen = point.readings.filter((r) => r.at >= from);
  const last = Math.max(point.completeTo, seen.at(-1)?.at ?? from);
  return seen.flatMap((reading, k) => {
    const onset = holdsUntil(point, reading.at);
    const next = seen[k + 1]?.at ?? Number.POSITIVE_INFINITY;
    // What happens at the very end belongs to what comes after it.
    const over = Math.min(next, stop);
    const silent = onset < over && onset <= last;
    const end = over <= last ? over : null;
    const { history } = reading;
    const judgedFrom = point.judgedFrom ?? Number.NEGATIVE_INFINITY;
    if (!silent || isForgotten({ end, clearedAt: end }, judgedFrom, 0)) return [];
    return [{ onset, detected: onset, end, worst: null, worstAt: null, history }];
  });
}
