import type { Rule } from '../rules/clause.ts';
import { type Severity, severities } from '../severity.ts';

type Graded = Pick<Rule, 'severity' | 'steps'>;

/** What steps look at. Times are event time, UTC epoch milliseconds. */
interface Span {
  readonly onset: number;
  /** Null while it stands. */
  readonly end: number | null;
  /** NaN when no value was seen. */
  readonly worst: number;
}

const rank: Readonly<Record<Severity, number>> = {
  emergency: severities.indexOf('emergency'),
  high: severities.indexOf('high'),
  medium: severities.indexOf('medium'),
  low: severities.indexOf('low'),
  advice: severities.indexOf('advice'),
};

/**
 * The most severe of the rule's own severity and of every step that the episode has reached at `now`. A pure
 * function of the episode, so late data that changes it changes the severity with it.
 */
export function severityAt(rule: Graded, span: Span, now: number): Severity {
  let severity = rule.severity;
  if (rule.steps === undefined) return severity;
  for (const step of rule.steps) {
    if (rank[step.severity] >= rank[severity]) continue;
    const reached =
      'after' in step
        ? (span.end ?? now) - span.onset >= step.after
        : 'above' in step
          ? span.worst > step.above
          : span.worst < step.below;
    if (reached) severity = step.severity;
  }
  return severity;
}

/** The next instant after `now` at which age alone makes a standing episode more severe; Infinity when none. */
export function nextStep(rule: Graded, span: Span, now: number): number {
  let next = Number.POSITIVE_INFINITY;
  if (rule.steps === undefined || span.end !== null) return next;
  const present = rank[severityAt(rule, span, now)];
  for (const step of rule.steps) {
    if (!('after' in step) || rank[step.severity] >= present) continue;
    const at = span.onset + step.after;
    if (at > now) next = Math.min(next, at);
  }
  return next;
}
