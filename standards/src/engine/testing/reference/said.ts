import type { Rule } from '../../../rules/clause.ts';
import { type Severity, severities } from '../../../severity.ts';
import type { ReferenceEpisode } from './world.ts';

/**
 * Joins episodes that begin soon after the end of the one before.
 * @param episodes of one machine, in order of time
 * @param ruleAt the rule in force at an instant
 * @param worse whether the second value is worse than the first
 */
export function foldEpisodes(
  episodes: readonly ReferenceEpisode[],
  ruleAt: (time: number) => Rule,
  worse: (episode: ReferenceEpisode, than: ReferenceEpisode) => boolean,
): ReferenceEpisode[] {
  const folded: ReferenceEpisode[] = [];
  for (const episode of episodes) {
    const before = folded.at(-1);
    const { fold } = ruleAt(episode.onset);
    const gap = episode.onset - (before?.end ?? Number.NEGATIVE_INFINITY);
    if (before === undefined || fold === undefined || gap > fold) {
      folded.push({ ...episode });
      continue;
    }
    if (before.worst === null || (episode.worst !== null && worse(episode, before))) {
      before.worst = episode.worst;
      before.worstAt = episode.worstAt;
    }
    before.end = episode.end;
    before.clearedAt = episode.clearedAt;
    before.history = before.history && episode.history;
  }
  return folded;
}

/**
 * Whether nothing that is still judged can change an episode: it is not told of any more.
 * @param judgedFrom nothing from before this instant is judged, UTC epoch milliseconds
 * @param fold how long after its end another one would be the same, milliseconds
 */
export function isForgotten(
  { end, clearedAt }: Pick<ReferenceEpisode, 'end' | 'clearedAt'>,
  judgedFrom: number,
  fold: number,
): boolean {
  if (end === null || clearedAt === null) return false;
  return clearedAt < judgedFrom && end + fold < judgedFrom;
}

/**
 * The most severe of the rule's own severity and of every step that an episode has reached by `now`.
 * @param sized whether its worst value is more or less bad
 */
export function steppedSeverity(
  rule: Rule,
  episode: Omit<ReferenceEpisode, 'clearedAt'>,
  now: number,
  sized: boolean,
): Severity {
  const worst = sized && typeof episode.worst === 'number' ? episode.worst : null;
  const age = (episode.end ?? now) - episode.onset;
  const reached = (rule.steps ?? []).filter((step) => {
    if ('after' in step) return age >= step.after;
    if (worst === null) return false;
    return 'above' in step ? worst > step.above : worst < step.below;
  });
  const all = [rule.severity, ...reached.map((step) => step.severity)];
  return all.reduce((a, b) => (rank(b) < rank(a) ? b : a));
}

/** 0 is the most severe. */
function rank(severity: Severity): number {
  return severities.indexOf(severity);
}
