import { kinds } from '@caretaker/devices/kinds';
import type { Text } from '@caretaker/readings/base';
import { ruleOf, type Standard } from '../catalogue/standard.ts';
import type { Condition } from '../engine/engine.ts';
import type { Severity } from '../severity.ts';
import { sentenceOf } from '../text/sentence.ts';
import { leafFact } from '../text/why.ts';
import { text } from '../text/words.ts';
import type { Rule } from './clause.ts';
import {
  appliesTo,
  type Leaf,
  type Related,
  type Resolvable,
  type Resolved,
  resolve,
} from './resolve.ts';

/** A limit as it is drawn on the chart of a point. */
export interface DrawnLimit {
  rule: string;
  item: string;
  severity: Severity;
  /** On which side of it the breach lies. */
  side: 'above' | 'below';
  limit: number;
  /** Where it clears; null when it clears at the limit itself. */
  clear: number | null;
  /** How readings are combined before they are compared: `value`, `mean`, `leq`, `max`… */
  over: string;
  /** Milliseconds; null for the bare value. */
  window: number | null;
  /** Milliseconds. */
  for: number;
  clearFor: number;
  /** It counts only at certain hours, or while another state holds. */
  conditional: boolean;
}

/** Rules that watch this asset. @param related finds assets of its estate; see `relatedIn`. */
export function rulesFor(standard: Standard, asset: Resolvable, related?: Related): Rule[] {
  return applying(standard, asset).filter((rule) => !('missing' in resolve(rule, asset, related)));
}

/** Rules meant for this asset that lack an input, with the metrics and attributes they lack. */
export function notWatched(
  standard: Standard,
  asset: Resolvable,
  related?: Related,
): { rule: string; sentence: Text; missing: string[] }[] {
  return applying(standard, asset).flatMap((rule) => {
    const resolved = resolve(rule, asset, related);
    if (!('missing' in resolved)) return [];
    const missing = [...new Set(resolved.missing)];
    return [{ rule: rule.id, sentence: sentenceOf(rule, asset), missing }];
  });
}

/** Limits of one point, `estate/asset/metric`, with the numbers of this asset. */
export function limitsOf(
  standard: Standard,
  asset: Resolvable,
  point: string,
  related?: Related,
): DrawnLimit[] {
  return applying(standard, asset).flatMap((rule) => {
    const resolved = resolve(rule, asset, related);
    if ('missing' in resolved) return [];
    // Guards are not limits: only what the condition itself compares is drawn.
    return leavesOf(resolved)
      .filter(({ leaf }) => leaf.point === point)
      .flatMap(({ leaf, alone }) => drawn(resolved, leaf, !alone));
  });
}

/** The fact behind a condition: `Slam level 86 dB(A), limit 80`. */
export function factOf(
  condition: Condition,
  standard: Standard,
  asset?: Resolvable,
  related?: Related,
): Text {
  const metric = condition.points[0]?.split('/').at(-1) ?? '';
  if (condition.rule.startsWith('silence:')) {
    const silent = condition.rule.slice('silence:'.length);
    const label = labelOf(asset, silent);
    return text(`${label.en}: no reading`, `${label.zh}：无读数`);
  }
  const rule = ruleOf(standard, condition.rule);
  const resolved =
    rule === undefined
      ? undefined
      : resolve(rule, asset ?? assumed(rule, condition.points), related);
  if (rule === undefined || resolved === undefined || 'missing' in resolved) {
    return text(metric, metric);
  }
  const leaf = resolved.leaves[0];
  return leaf === undefined ? text(metric, metric) : leafFact(leaf, condition.value);
}

function applying(standard: Standard, asset: Resolvable): Rule[] {
  return standard.items.flatMap((item) => item.rules).filter((rule) => appliesTo(rule, asset));
}

/** An asset with the points of a condition and nothing of its own, when the real one is not at hand. */
function assumed(rule: Rule, points: readonly string[]): Resolvable {
  return {
    kind: rule.kind,
    touchpoint: '',
    attributes: {},
    points: points.map((id) => ({ id, metric: id.split('/').at(-1) ?? '', limits: {} })),
  };
}

function labelOf(asset: Resolvable | undefined, metric: string): Text {
  const candidates = asset === undefined ? Object.values(kinds) : [kinds[asset.kind]];
  const found = candidates.find((kind) => kind?.metrics[metric] !== undefined);
  return found?.metrics[metric]?.label ?? text(metric, metric);
}

/** The leaves of the condition itself; one is `alone` when nothing else must hold with it. */
function leavesOf({ when, only, leaves }: Resolved): { leaf: Leaf; alone: boolean }[] {
  const walk = (node: Resolved['when'], alone: boolean): { leaf: Leaf; alone: boolean }[] => {
    if (node.op === 'calendar') return [];
    if (node.op === 'not') return walk(node.of, alone);
    if (node.op !== 'leaf') {
      const shared = node.op === 'all' && node.of.length > 1;
      return node.of.flatMap((inner) => walk(inner, alone && !shared));
    }
    const leaf = leaves[node.leaf];
    if (leaf === undefined) return [];
    return [{ leaf, alone: alone && (leaf.count?.during ?? null) === null }];
  };
  return walk(when, only === null);
}

/** Ways of combining whose figure lies on the scale of the readings themselves. */
const onScale: ReadonlySet<string> = new Set([
  'value',
  'mean',
  'leq',
  'min',
  'max',
  'percentile',
  'sum',
]);

/** A limit that a line across the readings can show; one whose absence is the breach is none. */
function drawable({ comparison, over, baseline, absent }: Leaf): boolean {
  const number = comparison !== 'is' && comparison !== 'changed';
  return number && onScale.has(over) && baseline === null && absent === 0;
}

function drawn(resolved: Resolved, leaf: Leaf, conditional: boolean): DrawnLimit[] {
  const common = {
    rule: resolved.rule.id,
    item: resolved.rule.item,
    severity: resolved.rule.severity,
    over: leaf.over,
    window: leaf.window === 0 ? null : leaf.window,
    for: resolved.for,
    clearFor: resolved.clearFor,
    conditional,
  };
  if (!drawable(leaf)) return [];
  if (leaf.comparison === 'outside') {
    const [clearLow, clearHigh] = leaf.clearInside ?? [null, null];
    return [
      { ...common, side: 'below', limit: leaf.outside[0], clear: clearLow },
      { ...common, side: 'above', limit: leaf.outside[1], clear: clearHigh },
    ];
  }
  const upward = leaf.comparison === 'above' || leaf.comparison === 'atLeast';
  return [{ ...common, side: upward ? 'above' : 'below', limit: leaf.limit, clear: leaf.clear }];
}
