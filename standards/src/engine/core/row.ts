/** Fields of the state that a machine works on. */
export const row = {
  state: 0,
  /** 1 while the verdict is unknown. */
  unknown: 1,
  /** The last instant that was processed; −Infinity before the first reading. */
  cursor: 2,
  /** 1 while readings of the instant `reading` may still come (several inputs): not yet stepped. */
  open: 3,
  /** The last reading applied; what arrives before it is late. */
  reading: 4,
  /** Start of the phases ok and unknown. */
  since: 5,
  /** Since when the running timer runs; NaN while it is paused. */
  runs: 6,
  /** What the running timer had collected before. */
  elapsed: 7,
  onset: 8,
  detected: 9,
  clearing: 10,
  worst: 11,
  worstAt: 12,
  /** 1 while every reading behind the episode was history. */
  history: 13,
} as const;
export const rowFields = 14;
/** From here on fields are kept of an instance that is not idle. */
export const firstKept = row.since;
export const keptFields = rowFields - firstKept;

/** Values of `row.state`. */
export const state = { ok: 0, pending: 1, breach: 2, clearing: 3 } as const;
