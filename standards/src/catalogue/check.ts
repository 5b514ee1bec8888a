import { kinds, type Metric } from '@caretaker/devices/kinds';
import type { Fault } from '@caretaker/readings/base';
import type { Clause, Limit, Rule } from '../rules/clause.ts';
import type { Path, Source } from './source.ts';

type Report = (code: string, path: Path, message: string) => void;

/** Everything a schema cannot see of one rule: metrics, units, sides of limits, windows. */
export function checkRule(rule: Omit<Rule, 'item'>, path: Path, source: Source): Fault[] {
  const faults: Fault[] = [];
  const report: Report = (code, at, message) => faults.push(source.fault(code, at, message));
  if (rule.builtin !== undefined) {
    if (rule.when !== undefined) {
      report('STANDARDS_RULE_SHAPE', path, 'a built-in rule has no condition');
    }
    return faults;
  }
  const kind = kinds[rule.kind];
  if (kind === undefined) {
    const known = Object.keys(kinds).join(', ');
    report(
      'STANDARDS_UNKNOWN_KIND',
      [...path, 'kind'],
      `no kind "${rule.kind}"; there are ${known}`,
    );
    return faults;
  }
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
  return faults;
}

class ClauseCheck {
  /** Metrics met, known or not. */
  leaves = 0;
  private readonly kind: string;
  private readonly metrics: Readonly<Record<string, Metric>>;
  private readonly report: Report;

  constructor(kind: string, metrics: Readonly<Record<string, Metric>>, report: Report) {
    this.kind = kind;
    this.metrics = metrics;
    this.report = report;
  }

  /** @param plain no clear limits allowed: under `not`, and in guards, they would work backwards or not at all. */
  clause(clause: Clause, path: Path, plain: boolean): void {
    const { all, any, not, calendar, metric } = clause;
    const given = [all, any, not, calendar, metric].filter((x) => x !== undefined).length;
    if (given !== 1) {
      const message = 'a condition has exactly one of all, any, not, calendar, metric';
      this.report('STANDARDS_RULE_SHAPE', path, message);
      return;
    }
    for (const [key, list] of [
      ['all', all],
      ['any', any],
    ] as const) {
      for (const [k, inner] of (list ?? []).entries()) this.clause(inner, [...path, key, k], plain);
    }
    if (not !== undefined) this.clause(not, [...path, 'not'], true);
    if (metric !== undefined) this.leaf(clause, metric, path, plain);
  }

  private leaf(clause: Clause, id: string, path: Path, plain: boolean): void {
    this.leaves += 1;
    const metric = this.metrics[id];
    if (metric === undefined) {
      const known = Object.keys(this.metrics).join(', ');
      const message = `${this.kind} has no metric "${id}"; it has ${known}`;
      this.report('STANDARDS_UNKNOWN_METRIC', [...path, 'metric'], message);
      return;
    }
    const { above, atLeast, below, atMost, outside, is } = clause;
    const ways = [above, atLeast, below, atMost, outside, is].filter((x) => x !== undefined).length;
    if (ways !== 1) {
      const message = 'a metric has exactly one of above, atLeast, below, atMost, outside, is';
      this.report('STANDARDS_RULE_SHAPE', path, message);
      return;
    }
    if (is === undefined) this.number(clause, metric, path);
    else this.values(clause, metric, path);
    this.window(clause, path);
    this.clearSide(clause, path);
    const clears = clause.clear ?? clause.clearInside ?? clause.count?.clearLeast;
    if (plain && clears !== undefined) {
      const message = 'clear limits belong to "when" only, and not under "not"';
      this.report('STANDARDS_CLEAR_SIDE', path, message);
    }
  }

  private number(clause: Clause, metric: Metric, path: Path): void {
    if (metric.type !== 'number') {
      const message = `${metric.id} is a ${metric.type}: compare it with "is"`;
      this.report('STANDARDS_RULE_SHAPE', path, message);
    } else if ((clause.unit ?? '') !== metric.unit) {
      const message = `${metric.id} is measured in "${metric.unit}", not "${clause.unit ?? ''}"`;
      this.report('STANDARDS_WRONG_UNIT', [...path, 'unit'], message);
    }
  }

  private values(clause: Clause, metric: Metric, path: Path): void {
    for (const value of [clause.is ?? []].flat()) {
      const fits =
        metric.type === 'flag'
          ? typeof value === 'boolean'
          : typeof value === 'string' && metric.states?.includes(value) === true;
      if (fits) continue;
      const allowed = metric.type === 'flag' ? 'true, false' : (metric.states ?? []).join(', ');
      const message =
        metric.type === 'number'
          ? `${metric.id} is a number: compare it with above, below, outside`
          : `${metric.id} is never "${value}"; it is one of ${allowed}`;
      this.report('STANDARDS_UNKNOWN_VALUE', [...path, 'is'], message);
    }
  }

  private window(clause: Clause, path: Path): void {
    const aggregates = clause.over !== undefined && clause.over !== 'value';
    if (aggregates !== (clause.window !== undefined)) {
      const message = 'window and over (mean, leq, min, max, sum) belong together';
      this.report('STANDARDS_WINDOW', path, message);
    }
    if (clause.minSamples !== undefined && !aggregates) {
      this.report('STANDARDS_WINDOW', [...path, 'minSamples'], 'minSamples needs a window');
    }
    const count = clause.count;
    if (count === undefined) return;
    if (aggregates) this.report('STANDARDS_WINDOW', path, 'count and over exclude each other');
    if (count.of === undefined && count.within === undefined) {
      this.report('STANDARDS_WINDOW', [...path, 'count'], 'a count needs "of", "within" or both');
    }
    if (count.of !== undefined && (count.least ?? 0) > count.of) {
      const message = `${count.least} of ${count.of} can never be reached`;
      this.report('STANDARDS_WINDOW', [...path, 'count'], message);
    }
    if ((count.clearLeast ?? 0) > (count.clearOf ?? count.of ?? 4_096)) {
      const message = `clearing ${count.clearLeast} of ${count.clearOf} can never be reached`;
      this.report('STANDARDS_WINDOW', [...path, 'count'], message);
    }
  }

  private clearSide(clause: Clause, path: Path): void {
    const wrong = (message: string) =>
      this.report('STANDARDS_CLEAR_SIDE', [...path, 'clear'], message);
    if (clause.clearInside !== undefined) {
      const [low, high] = clause.outside ?? [Number.NaN, Number.NaN];
      const [clearLow, clearHigh] = clause.clearInside;
      if (!(low <= clearLow && clearLow <= clearHigh && clearHigh <= high)) {
        wrong(`clearInside must lie inside ${low}–${high}`);
      }
    }
    if (clause.outside !== undefined && clause.outside[0] > clause.outside[1]) {
      wrong('outside is [low, high]');
    }
    if (clause.clear === undefined) return;
    const upward = clause.above ?? clause.atLeast;
    const downward = clause.below ?? clause.atMost;
    if (upward === undefined && downward === undefined)
      wrong('clear needs above, atLeast, below or atMost');
    const limit = plainNumber(upward ?? downward);
    const clear = plainNumber(clause.clear);
    if (limit === null || clear === null) return;
    if (upward !== undefined && clear > limit)
      wrong(`clear ${clear} lies above the limit ${limit}`);
    if (downward !== undefined && clear < limit)
      wrong(`clear ${clear} lies below the limit ${limit}`);
  }
}

function plainNumber(limit: Limit | undefined): number | null {
  return typeof limit === 'number' ? limit : null;
}
