import { kinds } from '@caretaker/devices/kinds';
import type { Text } from '@caretaker/readings/base';
import type { Clause, Rule } from '../rules/clause.ts';
import { text } from './words.ts';

/** A metric as people know it. */
export interface MetricWords {
  readonly label: Text;
  readonly unit: string;
}

/** That of a kind; its id where the kind does not know it. */
export function metricOf(kind: string, metric: string): MetricWords {
  const known = kinds[kind]?.metrics[metric];
  return { label: known?.label ?? text(metric, metric), unit: known?.unit ?? '' };
}

/** The kind of asset whose metric a condition names; of related assets the first that has it in that unit. */
export function kindOf(rule: Rule, { from, metric = '', unit, over, baseline }: Clause): string {
  if (from === undefined) return rule.kind;
  const fits = (known: string) =>
    baseline?.by === 'ratio' || (over === 'rate' ? `${known}/h` : known) === (unit ?? '');
  const having = Object.values(kinds).filter((kind) => kind.metrics[metric] !== undefined);
  const best = having.find((kind) => fits(kind.metrics[metric]?.unit ?? ''));
  return (best ?? having[0])?.id ?? rule.kind;
}

export function labelOf(rule: Rule, clause: Clause): Text {
  return metricOf(kindOf(rule, clause), clause.metric ?? '').label;
}

/** The unit in which a condition compares; empty for a ratio. */
export function unitOf(rule: Rule, clause: Clause): string {
  if (clause.baseline?.by === 'ratio') return '';
  const { unit } = metricOf(kindOf(rule, clause), clause.metric ?? '');
  return clause.over === 'rate' ? `${unit}/h` : unit;
}
