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
  /** Of several endings kept as one: when the first of them was decided. */
  readonly firstClearedAt?: number;
}
