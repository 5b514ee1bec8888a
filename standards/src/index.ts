export { localInstant } from './calendar/hours.ts';
export { always, type Calendar } from './calendar/table.ts';
export { workingCalendar } from './calendar/working.ts';
export { standardJsonSchema } from './catalogue/json-schema.ts';
export { loadStandard, readChanged, readStandard } from './catalogue/load.ts';
export {
  type Group,
  type Item,
  ruleOf,
  type Standard,
  type TimeLimit,
  type Touchpoint,
  titleOf,
} from './catalogue/standard.ts';
export { type Counts, type Summary, summarize } from './catalogue/summary.ts';
export { checkActions } from './rules/actions.ts';
export { type DrawnLimit, factOf, limitsOf, notWatched, rulesFor } from './rules/asset.ts';
export type { Rule } from './rules/clause.ts';
export { checkOverrides } from './rules/overrides.ts';
export { checkClocks } from './rules/own-clocks.ts';
export { type EventProof, type Proving, provingOf } from './rules/proving.ts';
export { relatedIn } from './rules/resolve.ts';
export { type Effect, type Phase, type Severity, severities, type Verdict } from './severity.ts';
export { sentenceOf } from './text/sentence.ts';
export { timeText } from './text/times.ts';
export { parseStandard, sealStandard, standardText } from './versions/content.ts';
export {
  diffStandards,
  type FieldChange,
  type ItemChange,
  type RuleChange,
  type StandardDiff,
  type TouchpointChange,
} from './versions/diff.ts';
export { checkLimits, type OwnLimits, pointsWith } from './versions/limits.ts';
export {
  estateAt,
  type LimitChange,
  standardAt,
  type Timeline,
  timelineOf,
} from './versions/timeline.ts';
