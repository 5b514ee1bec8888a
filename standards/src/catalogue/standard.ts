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

/**
 * By when a thing must be done, or when it must hold: at most one of `within` to `night`. Without any, the
 * sources name the moment but no figure, and the estate sets it.
 */
export interface TimeLimit {
  /** Its row in docs/standard.md. */
  readonly key: string;
  /** Milliseconds after what starts it. */
  readonly within?: number | undefined;
  /** Calendar days after what starts it; 0 is the same day. */
  readonly days?: number | undefined;
  readonly workingDays?: number | undefined;
  /** Milliseconds before opening. */
  readonly before?: number | undefined;
  /** Local times between which it holds, `07:00-08:30`. */
  readonly hours?: readonly string[] | undefined;
  /** Local times of day by which it is done. */
  readonly by?: readonly string[] | undefined;
  readonly every?: 'day' | 'week' | 'month' | 'year' | undefined;
  /** From dusk to dawn. */
  readonly night?: true | undefined;
  /** How many, and of what; of people it is the least, of rings the most. */
  readonly count?: number | undefined;
  readonly of?: 'people' | 'rings' | 'knocks' | 'times' | undefined;
  /** False where the figure comes from another trade. */
  readonly confirmed: boolean;
}

/** One thing that must hold. */
export interface Item {
  readonly id: string;
  /** Its number in the straight list of the sources; several items share one where it was split. */
  readonly number?: number | undefined;
  readonly touchpoint: string;
  readonly group: string;
  readonly name: Text;
  readonly aspect: 'people' | 'facility' | 'information';
  /** How it is verified first; `name-only` has no text in the sources, so nothing can be verified yet. */
  readonly check: 'sensor' | 'inspection' | 'process' | 'name-only';
  /** A second way, where there is one. */
  readonly also?: 'sensor' | 'inspection' | 'process' | undefined;
  /** How residents feel about it: weights scores, and a priority only where limits are silent. */
  readonly kano: 'must-be' | 'one-dimensional' | 'attractive';
  readonly team: 'engineering' | 'security' | 'cleaning' | 'service';
  /** The work process that keeps it; see docs/standard.md. */
  readonly process?: string | undefined;
  readonly times: readonly TimeLimit[];
  /** Keys of the source documents that state it; see docs/standard.md. */
  readonly source: string;
  readonly origin: 'standard' | 'ours';
  /** False where the sources give only a title, a text from another trade, or a damaged one. */
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

/** The rule of that id; undefined when the standard has none. `silence:<metric>` is the rule `silence`. */
export function ruleOf(standard: Standard, id: string): Rule | undefined {
  const [name] = id.split(':');
  for (const item of standard.items) {
    const found = item.rules.find((rule) => rule.id === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The fault that a rule finds, in a few words; the rule's id when the standard no longer has it. */
export function titleOf(standard: Standard, rule: string): Text {
  return ruleOf(standard, rule)?.title ?? { en: rule, zh: rule };
}
