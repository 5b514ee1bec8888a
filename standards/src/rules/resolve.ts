import type { ReadingValue } from '@caretaker/readings';
import type { CalendarSpec, Clause, Limit, Over, Rule } from './clause.ts';

export type Comparison = 'above' | 'atLeast' | 'below' | 'atMost' | 'outside' | 'is';

/** A metric compared with numbers that are final for one asset. */
export interface Leaf {
  readonly metric: string;
  /** `estate/asset/metric`. */
  readonly point: string;
  readonly comparison: Comparison;
  /** For above, atLeast, below, atMost. */
  readonly limit: number;
  /** Null: clears where the breach ends. */
  readonly clear: number | null;
  readonly outside: readonly [number, number];
  readonly clearInside: readonly [number, number] | null;
  readonly is: readonly ReadingValue[];
  readonly over: Over;
  /** Milliseconds; 0 for the bare value. */
  readonly window: number;
  readonly minSamples: number;
  readonly count: LeafCount | null;
}

export interface LeafCount {
  readonly least: number;
  readonly of: number;
  /** Milliseconds; 0 for any age. */
  readonly within: number;
  readonly during: CalendarSpec | null;
  /** 0: clears when fewer than `least` breach. */
  readonly clearLeast: number;
  readonly clearOf: number;
}

export type Node =
  | { readonly op: 'leaf'; readonly leaf: number }
  | { readonly op: 'calendar'; readonly calendar: CalendarSpec }
  | { readonly op: 'all' | 'any'; readonly of: readonly Node[] }
  | { readonly op: 'not'; readonly of: Node };

/** A rule with the numbers of one asset. */
export interface Resolved {
  readonly rule: Rule;
  readonly leaves: readonly Leaf[];
  readonly when: Node;
  readonly only: Node | null;
  readonly clearWhen: Node | null;
  readonly for: number;
  readonly clearFor: number;
}

/** What resolving reads of an asset. */
export interface Resolvable {
  readonly kind: string;
  readonly touchpoint: string;
  readonly attributes: Readonly<Record<string, number | string | boolean>>;
  readonly points: readonly {
    readonly id: string;
    readonly metric: string;
    readonly limits: Readonly<Record<string, Readonly<Record<string, number>>>>;
  }[];
}

/** Whether the rule is meant for this asset at all, whatever points it has. */
export function appliesTo(rule: Rule, asset: Resolvable): boolean {
  if (rule.when === undefined || rule.kind !== asset.kind) return false;
  if (rule.touchpoints !== undefined && !rule.touchpoints.includes(asset.touchpoint)) return false;
  if (rule.exceptTouchpoints?.includes(asset.touchpoint)) return false;
  return !asset.points.some((point) => rule.unless?.includes(point.metric));
}

/** The number a limit stands for on an asset; null when the attribute is missing and nothing replaces it. */
export function limitValue(limit: Limit, attributes: Resolvable['attributes']): number | null {
  if (typeof limit === 'number') return limit;
  const own = attributes[limit.attribute];
  const x = typeof own === 'number' ? own : limit.otherwise;
  if (x === undefined) return null;
  const base = limit.log10 === true ? Math.log10(x) : x;
  const result = base * (limit.scale ?? 1) + (limit.offset ?? 0);
  return Number.isFinite(result) ? result : null;
}

/** The rule with the numbers of this asset, or the names of the metrics and attributes it lacks. */
export function resolve(rule: Rule, asset: Resolvable): Resolved | { missing: string[] } {
  const builder = new Builder(rule, asset);
  const when = rule.when === undefined ? null : builder.node(rule.when);
  const only = rule.only === undefined ? null : builder.node(rule.only);
  const clearWhen = rule.clearWhen === undefined ? null : builder.node(rule.clearWhen);
  if (builder.missing.length > 0) return { missing: builder.missing };
  if (when === null) return { missing: builder.absent };
  return {
    rule,
    leaves: builder.leaves,
    when,
    only,
    clearWhen,
    for: builder.seconds('for_s') ?? rule.for,
    clearFor: builder.seconds('clear_for_s') ?? rule.clearFor,
  };
}

class Builder {
  readonly leaves: Leaf[] = [];
  readonly missing: string[] = [];
  /** Optional metrics that the asset has not. */
  readonly absent: string[] = [];
  readonly rule: Rule;
  readonly asset: Resolvable;

  constructor(rule: Rule, asset: Resolvable) {
    this.rule = rule;
    this.asset = asset;
  }

  /** Null when nothing of it is left because all of it was optional. */
  node(clause: Clause): Node | null {
    if (clause.calendar !== undefined) return { op: 'calendar', calendar: clause.calendar };
    if (clause.not !== undefined) {
      const inner = this.node(clause.not);
      return inner === null ? null : { op: 'not', of: inner };
    }
    const group = clause.all ?? clause.any;
    if (group === undefined) return this.leaf(clause);
    const nodes = group.map((c) => this.node(c)).filter((n) => n !== null);
    if (nodes.length === 0) return null;
    return { op: clause.all === undefined ? 'any' : 'all', of: nodes };
  }

  /** A duration that some point of the rule overrides, in milliseconds. */
  seconds(name: string): number | null {
    for (const leaf of this.leaves) {
      const point = this.asset.points.find((p) => p.id === leaf.point);
      const seconds = point?.limits[this.rule.id]?.[name];
      if (seconds !== undefined) return Math.round(seconds * 1_000);
    }
    return null;
  }

  private leaf(clause: Clause): Node | null {
    const point = this.asset.points.find((p) => p.metric === clause.metric);
    if (point === undefined) {
      (clause.optional === true ? this.absent : this.missing).push(clause.metric ?? '');
      return null;
    }
    const own = point.limits[this.rule.id] ?? {};
    const [comparison, limit] = comparisonOf(clause);
    const value = own.limit ?? this.number(limit);
    const clear = own.clear ?? (clause.clear === undefined ? null : this.number(clause.clear));
    const [low, high] = clause.outside ?? [0, 0];
    const inside = clause.clearInside;
    this.leaves.push({
      metric: point.metric,
      point: point.id,
      comparison,
      limit: value,
      clear,
      outside: [own.low ?? low, own.high ?? high],
      clearInside:
        inside === undefined ? null : [own.clear_low ?? inside[0], own.clear_high ?? inside[1]],
      is: clause.is === undefined ? [] : [clause.is].flat(),
      over: clause.over ?? 'value',
      window: clause.window ?? 0,
      minSamples: clause.minSamples ?? 1,
      count: clause.count === undefined ? null : countOf(clause.count, own),
    });
    return { op: 'leaf', leaf: this.leaves.length - 1 };
  }

  private number(limit: Limit): number {
    const value = limitValue(limit, this.asset.attributes);
    if (value !== null) return value;
    this.missing.push(typeof limit === 'number' ? 'limit' : limit.attribute);
    return 0;
  }
}

/** The one comparison of a leaf; the loader has checked that there is exactly one. */
export function comparisonOf(clause: Clause): [Comparison, Limit] {
  if (clause.above !== undefined) return ['above', clause.above];
  if (clause.atLeast !== undefined) return ['atLeast', clause.atLeast];
  if (clause.below !== undefined) return ['below', clause.below];
  if (clause.atMost !== undefined) return ['atMost', clause.atMost];
  return [clause.outside === undefined ? 'is' : 'outside', 0];
}

function countOf(count: NonNullable<Clause['count']>, own: Record<string, number>): LeafCount {
  const of = own.of ?? count.of ?? 4_096;
  return {
    least: own.least ?? count.least,
    of,
    within: count.within ?? 0,
    during: count.during ?? null,
    clearLeast: count.clearLeast ?? 0,
    clearOf: count.clearOf ?? of,
  };
}
