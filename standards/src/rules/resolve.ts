import type { ReadingValue } from '@caretaker/readings';
import type { Baseline, CalendarSpec, Clause, Count, Limit, Over, Rule, Share } from './clause.ts';

export type Comparison = 'above' | 'atLeast' | 'below' | 'atMost' | 'outside' | 'is' | 'changed';

/** A metric compared with numbers that are final for one asset. */
export interface Leaf {
  readonly metric: string;
  /** `estate/asset/metric`; of a related asset where `from` names one. */
  readonly point: string;
  /** Kind of the asset whose metric it is. */
  readonly kind: string;
  /** The relation that led to it; null for the asset's own metrics. */
  readonly from: string | null;
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
  /** For `over: percentile`; 0 otherwise. */
  readonly percentile: number;
  readonly count: LeafCount | null;
  /** Milliseconds; 0 when the comparison itself is judged. */
  readonly absent: number;
  readonly share: LeafShare | null;
  readonly baseline: LeafBaseline | null;
}

/** A leaf reads nothing but the newest value when it has none of these. */
export function windowless(leaf: Leaf): boolean {
  return (
    leaf.over === 'value' &&
    leaf.count === null &&
    leaf.absent === 0 &&
    leaf.share === null &&
    leaf.baseline === null
  );
}

export interface LeafShare {
  /** Milliseconds. */
  readonly window: number;
  readonly atLeast: number;
  /** Null: clears where the breach ends. */
  readonly clear: number | null;
  readonly coverage: number;
}

export interface LeafBaseline {
  /** Milliseconds. */
  readonly bucket: number;
  readonly of: number;
  readonly minimum: number;
  /** Buckets from one candidate to the next. */
  readonly step: number;
  readonly figure: Baseline['figure'];
  readonly by: Baseline['by'];
}

export interface LeafCount {
  /** 0 where `share` decides. */
  readonly least: number;
  /** Null where `least` decides. */
  readonly share: number | null;
  /** Null: clears where the breach by share ends. */
  readonly clearShare: number | null;
  /** With `share`: unknown while fewer readings are held. */
  readonly minimum: number;
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
  /** Ids of assets of the same estate, by what they are to this one. */
  readonly relations?: Readonly<Record<string, readonly string[]>> | undefined;
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

/** Finds an asset of the same estate by its id. */
export type Related = (asset: string) => Resolvable | undefined;

/** That of the assets of one estate. */
export function relatedIn(assets: readonly (Resolvable & { readonly id: string })[]): Related {
  let byId: ReadonlyMap<string, Resolvable> | null = null;
  return (id) => {
    byId ??= new Map(assets.map((asset) => [asset.id, asset]));
    return byId.get(id);
  };
}

/**
 * The rule with the numbers of this asset, or the names of the metrics and attributes it lacks; a metric of a
 * related asset is named `relation/metric`.
 * @param related without it, no related asset is found.
 */
export function resolve(
  rule: Rule,
  asset: Resolvable,
  related: Related = () => undefined,
): Resolved | { missing: string[] } {
  const builder = new Builder(rule, asset, related);
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
  private readonly related: Related;

  constructor(rule: Rule, asset: Resolvable, related: Related) {
    this.rule = rule;
    this.asset = asset;
    this.related = related;
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
    if (clause.from === undefined) return this.on(this.asset, clause);
    const ids = this.asset.relations?.[clause.from] ?? [];
    if (ids.length === 0) this.lacks(clause);
    const nodes = ids.map((id) => this.on(this.related(id), clause)).filter((n) => n !== null);
    const [first] = nodes;
    if (nodes.length <= 1) return first ?? null;
    return { op: clause.every === true ? 'all' : 'any', of: nodes };
  }

  private lacks({ from, metric = '', optional }: Clause): null {
    const name = from === undefined ? metric : `${from}/${metric}`;
    (optional === true ? this.absent : this.missing).push(name);
    return null;
  }

  private on(asset: Resolvable | undefined, clause: Clause): Node | null {
    const point = asset?.points.find((p) => p.metric === clause.metric);
    if (asset === undefined || point === undefined) return this.lacks(clause);
    // What a related asset's points override is meant for rules of its own.
    const own = clause.from === undefined ? (point.limits[this.rule.id] ?? {}) : {};
    this.leaves.push({
      metric: point.metric,
      point: point.id,
      kind: asset.kind,
      from: clause.from ?? null,
      ...this.limits(clause, own),
      ...windowOf(clause, own),
    });
    return { op: 'leaf', leaf: this.leaves.length - 1 };
  }

  private limits(clause: Clause, own: Own) {
    const [comparison, limit] = comparisonOf(clause);
    const value = own.limit ?? this.number(limit);
    const clear = own.clear ?? (clause.clear === undefined ? null : this.number(clause.clear));
    const [low, high] = clause.outside ?? [0, 0];
    const inside = clause.clearInside;
    return {
      comparison,
      limit: value,
      clear,
      outside: [own.low ?? low, own.high ?? high],
      clearInside:
        inside === undefined ? null : [own.clear_low ?? inside[0], own.clear_high ?? inside[1]],
      is: clause.is === undefined ? [] : [clause.is].flat(),
    } satisfies Partial<Leaf>;
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
  if (clause.outside !== undefined) return ['outside', 0];
  return [clause.changed === undefined ? 'is' : 'changed', 0];
}

/** Numbers that the point's overrides give for this rule. */
type Own = Readonly<Record<string, number>>;

function windowOf(clause: Clause, own: Own) {
  const { count, share, baseline } = clause;
  return {
    over: clause.over ?? 'value',
    window: clause.window ?? 0,
    minSamples: clause.minSamples ?? 1,
    percentile: clause.percentile ?? 0,
    count: count === undefined ? null : countOf(count, own),
    absent: clause.absent === undefined ? 0 : absentOf(clause.absent, own),
    share: share === undefined ? null : shareOf(share, own),
    baseline: baseline === undefined ? null : baselineOf(baseline),
  } satisfies Partial<Leaf>;
}

function countOf(count: Count, own: Own): LeafCount {
  const of = own.of ?? count.of ?? 4_096;
  const byShare = count.share !== undefined;
  return {
    least: byShare ? 0 : (own.least ?? count.least ?? 1),
    share: byShare ? (own.share ?? count.share ?? null) : null,
    clearShare: own.clear_share ?? count.clearShare ?? null,
    minimum: byShare ? (count.minimum ?? of) : 0,
    of,
    within: count.within ?? 0,
    during: count.during ?? null,
    clearLeast: count.clearLeast ?? 0,
    clearOf: count.clearOf ?? of,
  };
}

/** Never none: without it the leaf would be another one. */
function absentOf(absent: number, own: Own): number {
  return own.absent_s === undefined ? absent : Math.max(1, Math.round(own.absent_s * 1_000));
}

function shareOf(share: Share, own: Own): LeafShare {
  return {
    window: share.window,
    atLeast: own.share ?? share.atLeast,
    clear: own.clear_share ?? share.clear ?? null,
    coverage: share.coverage ?? 0.5,
  };
}

function baselineOf({ bucket, of, minimum, every, figure, by }: Baseline): LeafBaseline {
  return {
    bucket,
    of,
    minimum: minimum ?? Math.ceil(of / 2),
    step: Math.round((every ?? bucket) / bucket),
    figure,
    by,
  };
}
