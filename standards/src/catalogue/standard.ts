import type { Text } from '@caretaker/readings/base';
import type { Rule } from '../rules/clause.ts';

/** The first level on every screen. */
export interface Group {
  readonly id: string;
  readonly number: number;
  readonly name: Text;
}

export interface Touchpoint {
  readonly id: string;
  readonly name: Text;
  readonly group: string;
}

/** One thing that must hold. */
export interface Item {
  readonly id: string;
  readonly touchpoint: string;
  readonly group: string;
  readonly name: Text;
  readonly aspect: 'people' | 'facility' | 'information';
  readonly check: 'sensor' | 'inspection' | 'process' | 'name-only';
  /** How residents feel about it: weights scores, and a priority only where limits are silent. */
  readonly kano: 'must-be' | 'one-dimensional' | 'attractive';
  readonly team: 'engineering' | 'security' | 'cleaning' | 'service';
  readonly source: string;
  readonly origin: 'standard' | 'ours';
  readonly confirmed: boolean;
  readonly rules: readonly Rule[];
}

/** A whole standard in force. Deep-frozen. */
export interface Standard {
  /** Names the content: two standards of the same version judge alike. */
  readonly version: string;
  readonly groups: readonly Group[];
  readonly touchpoints: readonly Touchpoint[];
  readonly items: readonly Item[];
}

/** The rule of that id; undefined when the standard has none. */
export function ruleOf(standard: Standard, id: string): Rule | undefined {
  for (const item of standard.items) {
    const found = item.rules.find((rule) => rule.id === id);
    if (found !== undefined) return found;
  }
  return undefined;
}
