/**
 * Instants at which something must be looked at, earliest first. What is pushed in time order stays in that order
 * in a ring, where it costs nothing to sort; the rest is a binary heap. Both are two columns.
 */
export class Queue {
  private readonly ring = { times: new Float64Array(16), whats: new Int32Array(16) };
  private head = 0;
  private ringed = 0;
  private times = new Float64Array(16);
  private whats = new Int32Array(16);
  private count = 0;

  /** The earliest instant; Infinity when there is none. */
  get next(): number {
    const inOrder = this.ringed === 0 ? Number.POSITIVE_INFINITY : this.first;
    return this.count === 0 ? inOrder : Math.min(inOrder, this.times[0] as number);
  }

  push(time: number, what: number): void {
    if (this.ringed === 0 || time >= this.last) this.append(time, what);
    else this.heap(time, what);
  }

  /** Pushes at whatever instant of [early, late] costs least. */
  pushBetween(early: number, late: number, what: number): void {
    if (this.ringed === 0 || early >= this.last) this.append(early, what);
    else if (this.last <= late) this.append(this.last, what);
    else this.heap(late, what);
  }

  /** Takes the earliest out. @returns what it is about */
  pop(): number {
    if (this.ringed > 0 && (this.count === 0 || this.first <= (this.times[0] as number))) {
      const { whats } = this.ring;
      const what = whats[this.head] as number;
      this.head = (this.head + 1) & (whats.length - 1);
      this.ringed -= 1;
      return what;
    }
    return this.popHeap();
  }

  private get first(): number {
    return this.ring.times[this.head] as number;
  }

  private get last(): number {
    const { times } = this.ring;
    return times[(this.head + this.ringed - 1) & (times.length - 1)] as number;
  }

  private append(time: number, what: number): void {
    const { ring } = this;
    if (this.ringed === ring.times.length) {
      ring.times = unrolled(ring.times, this.head, new Float64Array(this.ringed * 2));
      ring.whats = unrolled(ring.whats, this.head, new Int32Array(this.ringed * 2));
      this.head = 0;
    }
    const k = (this.head + this.ringed) & (ring.times.length - 1);
    ring.times[k] = time;
    ring.whats[k] = what;
    this.ringed += 1;
  }

  private heap(time: number, what: number): void {
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

  private popHeap(): number {
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

  private grow(): void {
    const { times, whats } = this;
    this.times = new Float64Array(times.length * 2);
    this.whats = new Int32Array(times.length * 2);
    this.times.set(times);
    this.whats.set(whats);
  }
}

/** A full ring from its head on, in front of an equal room. */
function unrolled<T extends Float64Array | Int32Array>(ring: T, head: number, into: T): T {
  into.set(ring.subarray(head));
  into.set(ring.subarray(0, head), ring.length - head);
  return into;
}
