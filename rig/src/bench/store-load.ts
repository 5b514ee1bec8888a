/* What both sides write and are asked for. */

/** Row i of a write is of point `i % points`, at its turn `⌊i / points⌋`. */
export interface Side {
  /** Rows from `first` on, in order of time, durable when it resolves. */
  write(first: number, count: number): Promise<void>;
  /** Two readings a minute of one more point over a month. */
  writeMonth(): Promise<void>;
  /** The month of that point in 500 buckets. @returns how many readings are in them */
  month(): Promise<number>;
  /** The last reading of every point. @returns how many */
  latest(): Promise<number>;
  close(): Promise<void>;
}

export const cadence = 30_000;
export const start = Date.UTC(2026, 0, 31);
export const monthMs = 30 * 24 * 3_600_000;
export const monthRows = monthMs / cadence;

/** When a point is read at its turn: each has a second of its own. */
export function instantOf(turn: number, point: number): number {
  return start + turn * cadence + ((point * 7_919) % cadence);
}

/** As sensors say it, with two decimals. */
export function worthOf(row: number): number {
  return (700 + ((row * 7_919) % 200)) / 100;
}
