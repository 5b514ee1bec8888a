import type { CalendarSpec, Clause, Rule } from '../../../rules/clause.ts';
import type { Limits, ReferenceAsset, ReferencePoint } from './world.ts';

/** A clause whose metrics are the points of one asset and of those related to it. */
export type Node =
  | { readonly op: 'all'; readonly of: readonly Node[] }
  | { readonly op: 'any'; readonly of: readonly Node[] }
  | { readonly op: 'not'; readonly of: Node }
  | { readonly op: 'calendar'; readonly calendar: CalendarSpec }
  | { readonly op: 'leaf'; readonly leaf: number };

export interface Leaf {
  readonly clause: Clause;
  readonly point: ReferencePoint;
}

export interface Resolved {
  readonly rule: Rule;
  readonly when: Node;
  readonly only: Node | null;
  readonly clearWhen: Node | null;
  /** In the order in which they are written: `when`, `only`, `clearWhen`. */
  readonly leaves: readonly Leaf[];
}

/** The rule on one asset; null where the asset lacks what the rule needs: not watched. */
export function resolveRule(
  rule: Rule,
  asset: ReferenceAsset,
  limits: Limits = {},
): Resolved | null {
  const leaves: Leaf[] = [];
  let watched = true;
  // What an estate sets for a point counts for the rules of its own asset.
  const own = (clause: Clause, point: ReferencePoint) =>
    clause.from === undefined ? limits[point.id] : undefined;
  const leaf = (clause: Clause): Node | null => {
    const assets = clause.from === undefined ? [asset] : (asset.relations[clause.from] ?? []);
    const points = assets.map((a) => a.points.find((p) => p.metric === clause.metric));
    const found = points.filter((p) => p !== undefined);
    if (clause.optional !== true && (points.length === 0 || found.length < points.length)) {
      watched = false;
    }
    const nodes = found.map(
      (point): Node => ({
        op: 'leaf',
        leaf: leaves.push({ clause: withOwn(clause, own(clause, point)), point }) - 1,
      }),
    );
    if (nodes.length < 2) return nodes[0] ?? null;
    return { op: clause.every === true ? 'all' : 'any', of: nodes };
  };
  const node = (clause: Clause | undefined): Node | null => {
    if (clause === undefined) return null;
    if (clause.calendar) return { op: 'calendar', calendar: clause.calendar };
    if (clause.not) {
      const of = node(clause.not);
      return of && { op: 'not', of };
    }
    const inner = clause.all ?? clause.any;
    if (inner === undefined) return leaf(clause);
    const of = inner.map(node).filter((n) => n !== null);
    return of.length === 0 ? null : { op: clause.all ? 'all' : 'any', of };
  };
  const when = node(rule.when);
  const only = node(rule.only);
  const clearWhen = node(rule.clearWhen);
  if (!watched || when === null) return null;
  const seconds = (name: string) =>
    leaves.map((l) => own(l.clause, l.point)?.[name]).find((n) => n !== undefined);
  const hold = { for: seconds('for_s'), clearFor: seconds('clear_for_s') };
  const held: Rule = {
    ...rule,
    for: hold.for === undefined ? rule.for : hold.for * 1_000,
    clearFor: hold.clearFor === undefined ? rule.clearFor : hold.clearFor * 1_000,
  };
  return { rule: held, when, only, clearWhen, leaves };
}

/** The comparison with the limits that an estate sets for the point. */
function withOwn(clause: Clause, own: Readonly<Record<string, number>> | undefined): Clause {
  if (own === undefined) return clause;
  const number = (key: 'above' | 'atLeast' | 'below' | 'atMost' | 'clear') =>
    clause[key] === undefined
      ? {}
      : { [key]: own[key === 'clear' ? 'clear' : 'limit'] ?? clause[key] };
  const band = clause.outside && [own.low ?? clause.outside[0], own.high ?? clause.outside[1]];
  return {
    ...clause,
    ...number('above'),
    ...number('atLeast'),
    ...number('below'),
    ...number('atMost'),
    ...number('clear'),
    ...(band === undefined ? {} : { outside: band as [number, number] }),
  };
}

/** Every calendar of a rule that makes moments; those of counts are only asked at readings. */
export function calendarsOf(rule: Rule): CalendarSpec[] {
  const inside = (clause: Clause): CalendarSpec[] =>
    clause.calendar
      ? [clause.calendar]
      : [...(clause.all ?? []), ...(clause.any ?? []), ...(clause.not ? [clause.not] : [])].flatMap(
          inside,
        );
  return [rule.when, rule.only, rule.clearWhen].flatMap((c) => (c === undefined ? [] : inside(c)));
}

/**
 * What must not change for a rule to go on as the same machine: everything that decides a verdict, without
 * the numbers it is decided by.
 */
export function shapeOf(rule: Rule): string {
  const numbers = new Set([
    ...['above', 'atLeast', 'below', 'atMost', 'clear', 'outside', 'clearInside'],
    ...['least', 'clearLeast', 'share', 'clearShare', 'absent'],
  ]);
  return JSON.stringify([rule.when, rule.only, rule.clearWhen], (key, value) => {
    if (!numbers.has(key) || value === undefined) return value;
    return typeof value === 'object' && key === 'share' ? { window: value.window } : '#';
  });
}
