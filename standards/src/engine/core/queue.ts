/** Instants at which something must be looked at, earliest first; a binary heap in two columns. */
export class Queue {
  private times = new Float64Array(16);
  private whats = new Int32Array(16);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The earliest instant; Infinity when there is none. */
  get next(): number {
    return this.count === 0 ? Number.POSITIVE_INFINITY : (this.times[0] as number);
  }

  push(time: number, what: number): void {
    if (this.count === this.times.length) this.grow();
    const { times, whats } = this;
    let k = this.count;
    this.count += 1;
    while (k > 0) {
      const parent = (k - 1) >>> 1;
      if ((times[parent] as number) <= time) break;
      times[k] = times[parent] as number;
      whats[k] = whats[parent] as number;
      k = parent;
    }
    times[k] = time;
    whats[k] = what;
  }

  /** Takes the earliest out. @returns what it is about */
  pop(): number {
    const { times, whats } = this;
    const what = whats[0] as number;
    this.count -= 1;
    const time = times[this.count] as number;
    const last = whats[this.count] as number;
    let k = 0;
    for (;;) {
      let child = 2 * k + 1;
      if (child >= this.count) break;
      if (child + 1 < this.count && (times[child + 1] as number) < (times[child] as number)) {
        child += 1;
      }
      if ((times[child] as number) >= time) break;
      times[k] = times[child] as number;
      whats[k] = whats[child] as number;
      k = child;
    }
    times[k] = time;
    whats[k] = last;
    return what;
  }

  /** Everything in it, in an order that `load` understands. */
  save(): readonly [Float64Array, Int32Array] {
    return [this.times.slice(0, this.count), this.whats.slice(0, this.count)];
  }

  private grow(): void {
    const { times, whats } = this;
    this.times = new Float64Array(times.length * 2);
    this.whats = new Int32Array(times.length * 2);
    this.times.set(times);
    this.whats.set(whats);
  }
}
