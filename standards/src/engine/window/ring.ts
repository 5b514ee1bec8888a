const empty = new Float64Array(0);
const smallest = 4;

/** Readings of one window by time, oldest first, each with a running number; grows by doubling. */
export class Ring {
  /** Running number of the oldest one; wraps at 32 bits. */
  first = 0;
  size = 0;
  /** Time and value by turns, at the running number modulo the capacity. */
  private cells: Float64Array = empty;
  private mask = -1;

  /** Drops everything. */
  clear(): void {
    this.first = 0;
    this.size = 0;
  }

  /** Adds a reading newer than all held. */
  push(at: number, value: number): void {
    if (this.size > this.mask) this.grow();
    const o = ((this.first + this.size) & this.mask) << 1;
    this.cells[o] = at;
    this.cells[o + 1] = value;
    this.size += 1;
  }

  /** Forgets the oldest one. */
  shift(): void {
    this.first = (this.first + 1) | 0;
    this.size -= 1;
  }

  /** Time of the i-th one, 0 = oldest. */
  at(i: number): number {
    return this.cells[((this.first + i) & this.mask) << 1] as number;
  }

  /** Value of the i-th one, 0 = oldest. */
  value(i: number): number {
    return this.cells[(((this.first + i) & this.mask) << 1) + 1] as number;
  }

  /** Value of the one with that running number, which must be held. */
  numbered(sequence: number): number {
    return this.cells[((sequence & this.mask) << 1) + 1] as number;
  }

  /** Time of the oldest reading held; Infinity when empty. */
  oldest(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : this.at(0);
  }

  /** Everything held, oldest first: times, then values, with room for `more` behind them. */
  save(more = 0): [Float64Array, Float64Array] {
    const at = new Float64Array(this.size + more);
    const value = new Float64Array(this.size + more);
    for (let i = 0; i < this.size; i += 1) {
      at[i] = this.at(i);
      value[i] = this.value(i);
    }
    return [at, value];
  }

  private grow(): void {
    const before = this.cells;
    const old = this.mask;
    const capacity = Math.max(smallest, (old + 1) * 2);
    this.cells = new Float64Array(capacity * 2);
    this.mask = capacity - 1;
    for (let i = 0; i < this.size; i += 1) {
      const from = ((this.first + i) & old) << 1;
      const to = ((this.first + i) & this.mask) << 1;
      this.cells[to] = before[from] as number;
      this.cells[to + 1] = before[from + 1] as number;
    }
  }
}
