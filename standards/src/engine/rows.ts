/** Fields of an instance's state, one row of numbers each. */
export const row = {
  state: 0,
  /** 1 while the verdict is unknown. */
  unknown: 1,
  /** The last instant that was processed; −Infinity before the first reading. */
  cursor: 2,
  /** 1 while readings of the instant `cursor` may still come (several inputs): not yet stepped. */
  open: 3,
  /** Start of the phases ok and unknown. */
  since: 4,
  /** Since when the running timer runs; NaN while it is paused. */
  runs: 5,
  /** What the running timer had collected before. */
  elapsed: 6,
  onset: 7,
  detected: 8,
  clearing: 9,
  worst: 10,
  worstAt: 11,
  /** 1 while every reading behind the episode was history. */
  history: 12,
  /** The last reading applied; what arrives before it is late. */
  reading: 13,
} as const;
export const rowFields = 14;

/** Values of `row.state`. */
export const state = { ok: 0, pending: 1, breach: 2, clearing: 3 } as const;

/** An episode that is over. */
export interface Ended {
  readonly onset: number;
  readonly detected: number;
  readonly end: number;
  readonly worst: number;
  readonly worstAt: number;
  readonly history: boolean;
  /** When its clear hold was fulfilled: what is judged again from before must unmake it. */
  readonly clearedAt: number;
}

/** Rows of all instances, and one more to try out on: a projection of time never touches the state. */
export class Rows {
  readonly cells: Float64Array;
  readonly scratch: number;

  constructor(instances: number) {
    this.cells = new Float64Array((instances + 1) * rowFields);
    this.scratch = instances;
    for (let i = 0; i <= instances; i += 1) this.clear(i);
  }

  /** As before the first reading. */
  clear(i: number): void {
    const o = i * rowFields;
    this.cells.fill(0, o, o + rowFields);
    this.cells[o + row.unknown] = 1;
    this.cells[o + row.cursor] = Number.NEGATIVE_INFINITY;
    this.cells[o + row.reading] = Number.NEGATIVE_INFINITY;
    this.cells[o + row.runs] = Number.NaN;
    this.cells[o + row.worst] = Number.NaN;
  }

  copy(from: number, to: number): void {
    const o = from * rowFields;
    this.cells.copyWithin(to * rowFields, o, o + rowFields);
  }

  get(i: number, field: number): number {
    return this.cells[i * rowFields + field] as number;
  }
}

/** The episode that a row stands in; null when it stands in none. */
export function standing(
  rows: Rows,
  target: number,
): (Omit<Ended, 'end' | 'clearedAt'> & { end: null }) | null {
  const at = rows.get(target, row.state);
  if (at !== state.breach && at !== state.clearing) return null;
  return {
    onset: rows.get(target, row.onset),
    detected: rows.get(target, row.detected),
    end: null,
    worst: rows.get(target, row.worst),
    worstAt: rows.get(target, row.worstAt),
    history: rows.get(target, row.history) === 1,
  };
}
