/** The last readings of one leaf by time, oldest first; a bounded ring that grows by doubling. */
export class Ring {
  private at: Float64Array;
  private value: Float64Array;
  private head = 0;
  private count = 0;
  private readonly bound: number;

  constructor(bound: number) {
    this.bound = bound;
    const first = Math.min(bound, 16);
    this.at = new Float64Array(first);
    this.value = new Float64Array(first);
  }

  get size(): number {
    return this.count;
  }

  /** Drops everything. */
  clear(): void {
    this.head = 0;
    this.count = 0;
  }

  /** Adds a reading newer than all held; the oldest gives way when the bound is reached. */
  push(at: number, value: number): void {
    if (this.count === this.bound) this.drop();
    if (this.count === this.at.length) this.grow();
    const end = (this.head + this.count) % this.at.length;
    this.at[end] = at;
    this.value[end] = value;
    this.count += 1;
  }

  /** Forgets readings at or before `time`. */
  dropTo(time: number): void {
    while (this.count > 0 && (this.at[this.head] as number) <= time) this.drop();
  }

  /** Time of the oldest reading held; Infinity when empty. */
  oldest(): number {
    return this.count === 0 ? Number.POSITIVE_INFINITY : (this.at[this.head] as number);
  }

  /** The i-th value, 0 = oldest. */
  get(i: number): number {
    return this.value[(this.head + i) % this.at.length] as number;
  }

  /** Everything held, oldest first: times, then values. */
  save(): [Float64Array, Float64Array] {
    const at = new Float64Array(this.count);
    const value = new Float64Array(this.count);
    for (let i = 0; i < this.count; i += 1) {
      at[i] = this.at[(this.head + i) % this.at.length] as number;
      value[i] = this.get(i);
    }
    return [at, value];
  }

  private drop(): void {
    this.head = (this.head + 1) % this.at.length;
    this.count -= 1;
  }

  private grow(): void {
    const [at, value] = this.save();
    const size = Math.min(this.bound, this.at.length * 2);
    this.at = new Float64Array(size);
    this.value = new Float64Array(size);
    this.at.set(at);
    this.value.set(value);
    this.head = 0;
  }
}
