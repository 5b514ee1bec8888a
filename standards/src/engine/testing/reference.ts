import type { Rule } from '../../rules/clause.ts';
import { judgeAsset } from './reference/judgement.ts';
import { isForgotten } from './reference/said.ts';
import type {
  ReferenceCalendar,
  ReferenceEpisode,
  ReferencePoint,
  ReferenceSaid,
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
  const limit = point.silentAfter;
  if (limit === null) return [];
  return point.readings.flatMap((reading, k) => {
    const next = point.readings[k + 1]?.at ?? null;
    const onset = reading.at + limit;
    const silent = next === null ? onset <= point.completeTo : onset < next;
    const { history } = reading;
    const judgedFrom = point.judgedFrom ?? Number.NEGATIVE_INFINITY;
    if (isForgotten({ end: next, clearedAt: next }, judgedFrom, 0)) return [];
    return silent
      ? [{ onset, detected: onset, end: next, worst: null, worstAt: null, history }]
      : [];
  });
}
