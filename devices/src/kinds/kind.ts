import type { MetricType } from '@caretaker/readings';
import type { Text } from '@caretaker/readings/base';

/** What one metric of a kind measures. */
export interface Metric {
  readonly id: string;
  readonly label: Text;
  readonly type: MetricType;
  /** Unit as printed (`dB(A)`, `lx`, `s`, `mg/L`); empty for a bare number, state or flag. */
  readonly unit: string;
  /** Plausible values, inclusive; a reading outside is quarantined. Numbers only. */
  readonly range?: readonly [min: number, max: number];
  /** Every word a state may have. States only. */
  readonly states?: readonly string[];
  /** Sound levels are averaged by energy. */
  readonly mean: 'arithmetic' | 'energy';
  /**
   * Longest usual time between two readings, milliseconds. A point silent for three cadences, at least
   * 30 min, is unknown (facts: limits §0). Absent for pure event metrics, which are never silent.
   */
  readonly cadence?: number;
  /** Silence after which the value is unknown, milliseconds, where three cadences would be too long. */
  readonly silentAfter?: number;
}

/** A class of asset. An asset works with any subset of its kind's metrics. */
export interface Kind {
  readonly id: string;
  readonly label: Text;
  readonly metrics: Readonly<Record<string, Metric>>;
  /** How far `at` may lie behind `received` before a reading counts as history, milliseconds. */
  readonly historyAfter: number;
}
