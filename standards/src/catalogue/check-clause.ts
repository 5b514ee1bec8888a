import { kinds, type Metric } from '@caretaker/devices/kinds';
import type { Clause, Limit } from '../rules/clause.ts';
import { windowFaults } from './check-window.ts';
import { checkRelation, type Report } from './report.ts';
import type { Path } from './source.ts';

/** Checks the conditions of one rule against the kind of asset it is for. */
export class ClauseCheck {
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
    else this.strays(clause, path);
  }

  /** What says how a metric is compared means nothing without one. */
  private strays({ all, any, not, calendar, ...rest }: Clause, path: Path): void {
    for (const key of Object.keys(rest)) {
      this.report('STANDARDS_RULE_SHAPE', [...path, key], `"${key}" belongs to a metric`);
    }
  }

  private leaf(clause: Clause, id: string, path: Path, plain: boolean): void {
    this.leaves += 1;
    const candidates = this.candidates(clause, id, path);
    if (candidates.length === 0) return;
    const { above, atLeast, below, atMost, outside, is, changed } = clause;
    const given = [above, atLeast, below, atMost, outside, is, changed];
    if (given.filter((x) => x !== undefined).length !== 1) {
      const message =
        'a metric has exactly one of above, atLeast, below, atMost, outside, is, changed';
      this.report('STANDARDS_RULE_SHAPE', path, message);
      return;
    }
    this.comparison(clause, candidates, path);
    for (const { at, message } of windowFaults(clause)) {
      this.report('STANDARDS_WINDOW', [...path, ...at], message);
    }
    this.clearSide(clause, path);
    const clears = [clause.clear, clause.clearInside, clause.share?.clear];
    const counts = [clause.count?.clearLeast, clause.count?.clearShare];
    if (plain && [...clears, ...counts].some((x) => x !== undefined)) {
      const message = 'clear limits belong to "when" only, and not under "not"';
      this.report('STANDARDS_CLEAR_SIDE', path, message);
    }
  }

  /** The metrics that the name may mean: of the rule's own kind, or of any that may be related. */
  private candidates({ from, every }: Clause, id: string, path: Path): Metric[] {
    if (from !== undefined) {
      checkRelation(from, [...path, 'from'], this.report);
      const found = Object.values(kinds).flatMap((kind) => kind.metrics[id] ?? []);
      if (found.length === 0) {
        const message = `no kind has a metric "${id}"`;
        this.report('STANDARDS_UNKNOWN_METRIC', [...path, 'metric'], message);
      }
      return found;
    }
    if (every !== undefined) {
      this.report('STANDARDS_RULE_SHAPE', [...path, 'every'], 'every needs "from"');
    }
    const metric = this.metrics[id];
    if (metric !== undefined) return [metric];
    const known = Object.keys(this.metrics).join(', ');
    const message = `${this.kind} has no metric "${id}"; it has ${known}`;
    this.report('STANDARDS_UNKNOWN_METRIC', [...path, 'metric'], message);
    return [];
  }

  /** Of several kinds it is enough that one fits; what is said is said of the first. */
  private comparison(clause: Clause, candidates: readonly Metric[], path: Path): void {
    const all = candidates.map((metric) => comparisonFaults(clause, metric));
    if (all.some((faults) => faults.length === 0)) return;
    for (const { code, at, message } of all[0] ?? []) this.report(code, [...path, ...at], message);
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
    if (upward === undefined && downward === undefined) {
      wrong('clear needs above, atLeast, below or atMost');
    }
    const limit = plainNumber(upward ?? downward);
    const clear = plainNumber(clause.clear);
    if (limit === null || clear === null) return;
    if (upward !== undefined && clear > limit) {
      wrong(`clear ${clear} lies above the limit ${limit}`);
    }
    if (downward !== undefined && clear < limit) {
      wrong(`clear ${clear} lies below the limit ${limit}`);
    }
  }
}

/** The number itself; null where the asset decides. */
export function plainNumber(limit: Limit | undefined): number | null {
  return typeof limit === 'number' ? limit : null;
}

interface Finding {
  readonly code: string;
  readonly at: Path;
  readonly message: string;
}

function comparisonFaults(clause: Clause, metric: Metric): Finding[] {
  if (clause.changed !== undefined) return changedFaults(clause, metric);
  return clause.is === undefined ? numberFaults(clause, metric) : valueFaults(clause, metric);
}

function changedFaults(clause: Clause, metric: Metric): Finding[] {
  const faults: Finding[] = [];
  if (clause.count === undefined && clause.absent === undefined) {
    const message = 'changed stands only beside count or absent';
    faults.push({ code: 'STANDARDS_RULE_SHAPE', at: ['changed'], message });
  }
  if (clause.unit !== undefined && clause.unit !== metric.unit) {
    faults.push(unitFault(clause, metric, metric.unit));
  }
  return faults;
}

function numberFaults(clause: Clause, metric: Metric): Finding[] {
  if (metric.type !== 'number') {
    const message = `${metric.id} is a ${metric.type}: compare it with "is"`;
    return [{ code: 'STANDARDS_RULE_SHAPE', at: [], message }];
  }
  const unit = unitOf(clause, metric);
  return (clause.unit ?? '') === unit ? [] : [unitFault(clause, metric, unit)];
}

function unitFault(clause: Clause, metric: Metric, unit: string): Finding {
  const message = `${metric.id} is measured in "${unit}" here, not "${clause.unit ?? ''}"`;
  return { code: 'STANDARDS_WRONG_UNIT', at: ['unit'], message };
}

/** The unit of what is compared. */
function unitOf(clause: Clause, metric: Metric): string {
  if (clause.baseline?.by === 'ratio') return 'ratio';
  return clause.over === 'rate' ? `${metric.unit}/h` : metric.unit;
}

function valueFaults(clause: Clause, metric: Metric): Finding[] {
  return [clause.is ?? []].flat().flatMap((value) => {
    const fits =
      metric.type === 'flag'
        ? typeof value === 'boolean'
        : typeof value === 'string' && metric.states?.includes(value) === true;
    if (fits) return [];
    const allowed = metric.type === 'flag' ? 'true, false' : (metric.states ?? []).join(', ');
    const message =
      metric.type === 'number'
        ? `${metric.id} is a number: compare it with above, below, outside`
        : `${metric.id} is never "${value}"; it is one of ${allowed}`;
    return [{ code: 'STANDARDS_UNKNOWN_VALUE', at: ['is'], message }];
  });
}
