import { type Kind, kinds } from '@caretaker/devices/kinds';
import type { Fault } from '@caretaker/readings/base';
import type { Clause, Rule, Step } from '../rules/clause.ts';
import { severities } from '../severity.ts';
import { ClauseCheck, plainNumber } from './check-clause.ts';
import { clause } from './clause-schema.ts';
import { fieldOf, listIn } from './raw.ts';
import { longestTruth } from './reach.ts';
import { checkRelation, type Report } from './report.ts';
import type { Path, Source } from './source.ts';

/** Everything a schema cannot see of one rule: metrics, units, sides of limits, windows, steps. */
export function checkRule(rule: Omit<Rule, 'item'>, path: Path, source: Source): Fault[] {
  const faults: Fault[] = [];
  const report: Report = (code, at, message) => faults.push(source.fault(code, at, message));
  checkLocal(rule, path, report);
  if (rule.builtin !== undefined) {
    if (rule.when !== undefined) {
      report('STANDARDS_RULE_SHAPE', path, 'a built-in rule has no condition');
    }
    return faults;
  }
  const kind = kindOf(rule.kind, path, report);
  if (kind === undefined) return faults;
  if (rule.when === undefined) {
    report('STANDARDS_RULE_SHAPE', path, 'a rule needs a condition under "when"');
    return faults;
  }
  const check = new ClauseCheck(rule.kind, kind.metrics, report);
  check.clause(rule.when, [...path, 'when'], false);
  if (check.leaves === 0) {
    report(
      'STANDARDS_RULE_SHAPE',
      [...path, 'when'],
      'no metric in it: nothing would ever be judged',
    );
  }
  if (rule.only !== undefined) check.clause(rule.only, [...path, 'only'], true);
  if (rule.clearWhen !== undefined) check.clause(rule.clearWhen, [...path, 'clearWhen'], true);
  checkHold(rule, rule.when, path, report);
  checkSteps(rule, rule.when, path, report);
  checkHiding(rule, path, report);
  return faults;
}

/** The same for a rule that does not fit the schema, as far as parts of it do: of its conditions, those that fit. */
export function checkParts(rule: unknown, path: Path, source: Source): Fault[] {
  const faults: Fault[] = [];
  const report: Report = (code, at, message) => faults.push(source.fault(code, at, message));
  const id = fieldOf(rule, 'kind');
  if (typeof id !== 'string' || fieldOf(rule, 'builtin') !== undefined) return faults;
  const kind = kindOf(id, path, report);
  if (kind === undefined) return faults;
  const check = new ClauseCheck(id, kind.metrics, report);
  const walk = (raw: unknown, at: Path, plain: boolean): void => {
    const parsed = clause.safeParse(raw);
    if (parsed.success) {
      check.clause(parsed.data, at, plain);
      return;
    }
    for (const key of ['all', 'any'] as const) {
      for (const [k, inner] of listIn(raw, key).entries()) walk(inner, [...at, key, k], plain);
    }
    walkIn(raw, 'not', at, true);
  };
  const walkIn = (raw: unknown, key: string, at: Path, plain: boolean): void => {
    const inner = fieldOf(raw, key);
    if (inner !== undefined) walk(inner, [...at, key], plain);
  };
  walkIn(rule, 'when', path, false);
  walkIn(rule, 'only', path, true);
  walkIn(rule, 'clearWhen', path, true);
  return faults;
}

function kindOf(id: string, path: Path, report: Report): Kind | undefined {
  const kind = kinds[id];
  if (kind === undefined) {
    const known = Object.keys(kinds).join(', ');
    report('STANDARDS_UNKNOWN_KIND', [...path, 'kind'], `no kind "${id}"; there are ${known}`);
  }
  return kind;
}

function checkHold(rule: Omit<Rule, 'item'>, when: Clause, path: Path, report: Report): void {
  const longest = Math.min(longestTruth(when), longestTruth(rule.only));
  if (longest <= 0) {
    report('STANDARDS_UNREACHABLE', path, 'its hours are over before they start: shorten "delay"');
  } else if (rule.for >= longest) {
    const hours = Number((longest / 3_600_000).toFixed(2));
    const message = `its hours last ${hours} h at most, so "for" is never fulfilled: make it shorter`;
    report('STANDARDS_UNREACHABLE', [...path, 'for'], message);
  }
}

function checkSteps(
  { severity, steps }: Omit<Rule, 'item'>,
  when: Clause,
  path: Path,
  report: Report,
): void {
  const fault = (k: number, message: string) =>
    report('STANDARDS_STEP', [...path, 'steps', k], message);
  for (const [k, step] of (steps ?? []).entries()) {
    if (severities.indexOf(step.severity) >= severities.indexOf(severity)) {
      const more = severities.slice(0, severities.indexOf(severity)).join(', ');
      const allowed = more === '' ? 'nothing is' : `write ${more}`;
      fault(k, `a step is more severe than its rule (${severity}): ${allowed}`);
    }
    const size = sizeFault(step, firstLeaf(when));
    if (size !== null) fault(k, size);
  }
}

/** What is wrong with the size of a step; null when nothing is, or when it goes by age. */
function sizeFault(step: Step, leaf: Clause | undefined): string | null {
  if ('after' in step || leaf === undefined) return null;
  const bare = leaf.is === undefined && leaf.changed === undefined && leaf.absent === undefined;
  const numeric = bare || leaf.share !== undefined;
  if (!numeric) return 'its first metric has no size: write {severity, after: duration}';
  const [high, low] = breachSides(leaf);
  if ('above' in step) {
    if (high === undefined) return 'the breach lies below the limit: write {severity, below}';
    return high !== null && step.above <= high
      ? `above ${step.above} is not beyond the limit of ${high}`
      : null;
  }
  if (low === undefined) return 'the breach lies above the limit: write {severity, above}';
  return low !== null && step.below >= low
    ? `below ${step.below} is not beyond the limit of ${low}`
    : null;
}

/** Upper and lower limit of a leaf; undefined where it has none, null where the asset decides. */
function breachSides(
  leaf: Clause,
): [high: number | null | undefined, low: number | null | undefined] {
  if (leaf.share !== undefined) return [leaf.share.atLeast, undefined];
  if (leaf.outside !== undefined) return [leaf.outside[1], leaf.outside[0]];
  const [up, down] = [leaf.above ?? leaf.atLeast, leaf.below ?? leaf.atMost];
  return [
    up === undefined ? undefined : plainNumber(up),
    down === undefined ? undefined : plainNumber(down),
  ];
}

/** The one whose value is the episode's worst. */
function firstLeaf(clause: Clause): Clause | undefined {
  if (clause.metric !== undefined) return clause;
  for (const inner of clause.all ?? clause.any ?? (clause.not === undefined ? [] : [clause.not])) {
    const found = firstLeaf(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** An alarm of a gateway opens a ticket, and what is built in knows no reading. */
function checkLocal(rule: Omit<Rule, 'item'>, path: Path, report: Report): void {
  if (rule.local === undefined) return;
  const advice = rule.severity === 'advice';
  if (!advice && rule.builtin === undefined) return;
  const why = advice ? 'advice opens no ticket' : 'only the cloud judges what is built in';
  report('STANDARDS_LOCAL', [...path, 'local'], `${why}: leave local out`);
}

function checkHiding(rule: Omit<Rule, 'item'>, path: Path, report: Report): void {
  if (rule.hiddenBy === undefined) return;
  const urgent =
    rule.severity === 'emergency' || rule.steps?.some((step) => step.severity === 'emergency');
  if (urgent || rule.latched) {
    const message = `${urgent ? 'an emergency' : 'what latches'} is never hidden: leave hiddenBy out`;
    report('STANDARDS_HIDING', [...path, 'hiddenBy'], message);
  }
  for (const [k, { relation }] of rule.hiddenBy.entries()) {
    if (relation !== undefined) {
      checkRelation(relation, [...path, 'hiddenBy', k, 'relation'], report);
    }
  }
}
