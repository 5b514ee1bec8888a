import type { Calendar } from '../calendar/index.ts';
import type { Leaf, Resolved } from '../rules/resolve.ts';
import type { Effect, Severity } from '../severity.ts';

/** A resolved node with its calendar at hand and its leaf numbered across all instances. */
export type CompiledNode =
  | { readonly op: 'leaf'; readonly slot: number }
  | { readonly op: 'calendar'; readonly calendar: Calendar }
  | { readonly op: 'all' | 'any'; readonly of: readonly CompiledNode[] }
  | { readonly op: 'not'; readonly of: CompiledNode };

/** One rule on one subject: what never changes of it. */
export interface Instance {
  readonly subject: string;
  readonly rule: string;
  readonly item: string;
  readonly severity: Severity;
  readonly effect: Effect;
  readonly latched: boolean;
  /** Null for the silence of a point, whose metric `rule` names. */
  readonly resolved: Resolved | null;
  readonly kind: string;
  /** Distinct point numbers; more than one, and readings of one instant are judged together. */
  readonly points: readonly number[];
  readonly gateway: number;
  /** Leaf slots [first, first + count). */
  readonly firstSlot: number;
  readonly slots: number;
  /** The slot whose value is the value judged. */
  readonly primary: number;
  readonly when: CompiledNode | null;
  readonly only: CompiledNode | null;
  readonly clearWhen: CompiledNode | null;
  readonly calendars: readonly Calendar[];
  readonly for: number;
  readonly clearFor: number;
  /** Some point is judged at any age: nothing of it is ever forgotten. */
  readonly ageless: boolean;
  /** State carries over a restart only to the same rule with the same numbers. */
  readonly fingerprint: string;
}

export type ValueType = 'number' | 'boolean' | 'string';

/** What never changes of a leaf slot. */
export interface Slot {
  readonly instance: number;
  readonly point: number;
  /** Null for the leaf of a silence instance, which only knows when it was last fed. */
  readonly leaf: Leaf | null;
  /** Expected values of an `is` leaf, encoded. */
  readonly is: ReadonlySet<number>;
  /** When a counted reading may be a breach; null for always. */
  readonly during: Calendar | null;
}

export interface EnginePoint {
  readonly id: string;
  readonly metric: string;
  readonly gateway: number;
  /** Infinity: never silent. */
  readonly silentAfter: number;
  readonly cadence: number | null;
  readonly ageless: boolean;
  /** What its leaves compare; null when none does. */
  readonly type: ValueType | null;
  /** Instances that it feeds. */
  readonly instances: readonly number[];
}

/** Everything the engine knows before the first reading. */
export interface Layout {
  readonly standardVersion: string;
  readonly horizon: number;
  readonly gateways: readonly string[];
  readonly gatewayNumbers: ReadonlyMap<string, number>;
  readonly points: readonly EnginePoint[];
  readonly pointNumbers: ReadonlyMap<string, number>;
  readonly instances: readonly Instance[];
  /** Instance numbers of each gateway. */
  readonly ofGateway: readonly Int32Array[];
  readonly ofSubject: ReadonlyMap<string, readonly number[]>;
  readonly slots: readonly Slot[];
  readonly slotPoint: Int32Array;
  /** First slot of each instance, with one more entry as the end of the last. */
  readonly firstSlot: Int32Array;
  readonly gatewayOf: Int32Array;
  /** What the quick way through the engine may assume of an instance. */
  readonly shape: Uint8Array;
  readonly words: Words;
}

/** Values of `Layout.shape`. */
export const shape = {
  /** Several inputs, a guard or a calendar. */
  general: 0,
  /** One leaf and nothing else. */
  leaf: 1,
  silence: 2,
} as const;

/** Numbers words as they are met, so that a state is a number inside. */
export class Words {
  private readonly numbers = new Map<string, number>();
  private readonly list: string[] = [];

  constructor(words: readonly string[] = []) {
    for (const word of words) this.encode(word);
  }

  encode(word: string): number {
    let number = this.numbers.get(word);
    if (number === undefined) {
      number = this.list.length;
      this.numbers.set(word, number);
      this.list.push(word);
    }
    return number;
  }

  decode(number: number): string {
    return this.list[number] ?? '';
  }

  all(): readonly string[] {
    return this.list;
  }
}
