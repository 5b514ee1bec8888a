/** A number for a measured metric, a word for a state, a boolean for a flag. */
export type ReadingValue = number | string | boolean;

/**
 * The value of a point at a time. Identity is (point, at): the same pair with the same value is a
 * duplicate, with another value a conflict.
 */
export interface Reading {
  /** `asset/metric` inside a gateway; `estate/asset/metric` everywhere else. */
  readonly point: string;
  /** When it was measured, UTC epoch milliseconds. */
  readonly at: number;
  /** Gateway clock when it was journalled, UTC epoch milliseconds. */
  readonly received: number;
  readonly value: ReadingValue;
  /** True when the device gave `at`; false when the gateway stamped it (strictly increasing per point). */
  readonly stamped: boolean;
  /**
   * True when it is a record of the past rather than news: `at` lies further behind `received` than the
   * kind allows, or the decoder marked it so. It is judged like late data and pages nobody.
   * A backlog is not history: its readings were received in time.
   */
  readonly history: boolean;
}

/** Where a reading lies in a gateway's journal; all dedupe between gateway and cloud uses the three. */
export interface Place {
  readonly gateway: string;
  /** Random; renewed when the journal is created, restored or cut. */
  readonly journal: string;
  /** Starts at 1; holes within one journal are only where it was thinned, and it says which. */
  readonly sequence: number;
}

export type MetricType = 'number' | 'state' | 'flag';

/** What a store must know of a point to keep and summarise its readings. */
export interface Series {
  /** `estate/asset/metric`. */
  readonly point: string;
  readonly estate: string;
  readonly asset: string;
  readonly kind: string;
  readonly metric: string;
  readonly type: MetricType;
  /** How numbers are averaged: sound levels by energy, everything else arithmetically. */
  readonly mean: 'arithmetic' | 'energy';
}
