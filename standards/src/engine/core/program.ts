import type { Calendar } from '../../calendar/index.ts';
import type { Leaf, Resolved } from '../../rules/resolve.ts';
import type { Effect, Severity } from '../../severity.ts';

export type ValueType = 'number' | 'boolean' | 'string';

/** A condition with its calendars at hand; a leaf is named by its place in the program. */
export type Expression =
  | { readonly op: 'leaf'; readonly leaf: number }
  | { readonly op: 'calendar'; readonly calendar: Calendar }
  | { readonly op: 'all' | 'any'; readonly of: readonly Expression[] }
  | { readonly op: 'not'; readonly of: Expression };

/** Everything of one rule that its subjects have in common: all with the same numbers share one program. */
export interface Program {
  readonly rule: string;
  readonly item: string;
  readonly severity: Severity;
  readonly effect: Effect;
  readonly latched: boolean;
  readonly standardVersion: string;
  /** Null for the silence of a point. */
  readonly resolved: Resolved | null;
  readonly kind: string;
  /** The rule's place in the standard: conditions of a subject are listed by it. */
  readonly rank: number;
  /** By input, milliseconds; Infinity: never silent. */
  readonly silentAfter: readonly number[];
  readonly leaves: readonly ProgramLeaf[];
  /** How many of the leaves have a memory. */
  readonly memories: number;
  readonly when: Expression | null;
  readonly only: Expression | null;
  readonly clearWhen: Expression | null;
  readonly calendars: readonly Calendar[];
  readonly for: number;
  readonly clearFor: number;
  /** One leaf on the newest reading and nothing else, or a silence: idle is all there is to know of it. */
  readonly simple: boolean;
  /** Readings on [low, high] are no breach of a simple program. */
  readonly low: number;
  readonly high: number;
  /** Names rule, numbers, zone and hours: state is carried over only where it is equal. */
  readonly key: string;
  /** Names what state means, whatever the numbers. */
  readonly shape: string;
  /** Null: the same for all time. */
  readonly timeline: Timeline | null;
}

/** Of a program that is in force for a while, or whose numbers change. UTC epoch milliseconds. */
export interface Timeline {
  /** Readings before it are not seen. */
  readonly from: number;
  /** What stands then ends then. */
  readonly stop: number;
  /** Up to when, exclusive, which numbers hold; the last for ever. */
  readonly spans: readonly { readonly until: number; readonly program: Program }[];
}

const codes = { above: 0, atLeast: 1, below: 2, atMost: 3, outside: 4, is: 5, changed: 6 } as const;

/** The comparison of one leaf in numbers. */
export class ProgramLeaf {
  readonly spec: Leaf;
  /** Which of the rule's points. */
  readonly input: number;
  readonly remembers: boolean;
  /** Expected values of an `is` leaf, encoded. */
  readonly is: ReadonlySet<number>;
  readonly during: Calendar | null;
  private readonly code: number;
  private readonly limit: number;
  private readonly clear: number;
  private readonly low: number;
  private readonly high: number;
  private readonly clearLow: number;
  private readonly clearHigh: number;
  /** The interval of `quiet`, and the next numbers beyond it. */
  private readonly quietLow: number;
  private readonly quietHigh: number;
  private readonly belowQuiet: number;
  private readonly aboveQuiet: number;

  constructor(
    spec: Leaf,
    input: number,
    remembers: boolean,
    is: ReadonlySet<number>,
    during: Calendar | null,
  ) {
    this.spec = spec;
    this.input = input;
    this.remembers = remembers;
    this.is = is;
    this.during = during;
    this.code = codes[spec.comparison];
    this.limit = spec.limit;
    this.clear = spec.clear ?? Number.NaN;
    [this.low, this.high] = spec.outside;
    [this.clearLow, this.clearHigh] = spec.clearInside ?? [Number.NaN, Number.NaN];
    [this.quietLow, this.quietHigh] = this.quiet();
    this.belowQuiet = before(this.quietLow);
    this.aboveQuiet = -before(-this.quietHigh);
  }

  breaches(value: number): boolean {
    switch (this.code) {
      case codes.above:
        return value > this.limit;
      case codes.atLeast:
        return value >= this.limit;
      case codes.below:
        return value < this.limit;
      case codes.atMost:
        return value <= this.limit;
      case codes.outside:
        return value < this.low || value > this.high;
      default:
        return this.is.has(value);
    }
  }

  /** Whether a breach that stands goes on at this value. */
  stays(value: number): boolean {
    if (this.breaches(value)) return true;
    if (this.code <= codes.atLeast) return value >= this.clear;
    if (this.code <= codes.atMost) return value <= this.clear;
    if (this.code !== codes.outside) return false;
    return value < this.clearLow || value > this.clearHigh;
  }

  /** The closed interval on which no value breaches; one that holds nothing when there is no such interval. */
  quiet(): readonly [low: number, high: number] {
    const { limit } = this;
    switch (this.code) {
      case codes.above:
        return [Number.NEGATIVE_INFINITY, limit];
      case codes.atLeast:
        return [Number.NEGATIVE_INFINITY, before(limit)];
      case codes.below:
        return [limit, Number.POSITIVE_INFINITY];
      case codes.atMost:
        return [-before(-limit), Number.POSITIVE_INFINITY];
      case codes.outside:
        return [this.low, this.high];
      default:
        return this.quietCodes();
    }
  }

  /** Lower end of a closed interval around a value on which `breaches` says the same. */
  lowAround(value: number): number {
    if (value >= this.quietLow && value <= this.quietHigh) return this.quietLow;
    if (this.code > codes.outside || !this.breaches(value)) return value;
    return value < this.quietLow ? Number.NEGATIVE_INFINITY : this.aboveQuiet;
  }

  /** Upper end of the same interval. */
  highAround(value: number): number {
    if (value >= this.quietLow && value <= this.quietHigh) return this.quietHigh;
    if (this.code > codes.outside || !this.breaches(value)) return value;
    return value < this.quietLow ? this.belowQuiet : Number.POSITIVE_INFINITY;
  }

  /** Of the stretches between expected codes the one from 0 up, or the one above them all. */
  private quietCodes(): readonly [low: number, high: number] {
    const expected = [...this.is].sort((a, b) => a - b);
    const first = expected[0] ?? Number.POSITIVE_INFINITY;
    if (first > 0) return [0, first - 1];
    return [(expected.at(-1) ?? 0) + 1, Number.POSITIVE_INFINITY];
  }
}

const scratch = new DataView(new ArrayBuffer(8));

/** The largest number below a finite one; of an infinite one itself. */
function before(x: number): number {
  if (!Number.isFinite(x)) return x;
  if (x === 0) return -Number.MIN_VALUE;
  scratch.setFloat64(0, x);
  const bits = scratch.getBigInt64(0);
  scratch.setBigInt64(0, x > 0 ? bits - 1n : bits + 1n);
  return scratch.getFloat64(0);
}
