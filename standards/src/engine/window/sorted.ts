const empty = new Float64Array(0);

/** Numbers in order. Places are found by halving; the rest moves over as one block of at most 32 kB. */
export class Sorted {
  size = 0;
  private numbers: Float64Array = empty;

  clear(): void {
    this.size = 0;
  }

  add(number: number): void {
    if (this.size === this.numbers.length) {
      const wider = new Float64Array(Math.max(4, this.size * 2));
      wider.set(this.numbers);
      this.numbers = wider;
    }
    const i = this.place(number);
    this.numbers.copyWithin(i + 1, i, this.size);
    this.numbers[i] = number;
    this.size += 1;
  }

  /** Takes one such number away; it must be there. */
  remove(number: number): void {
    const i = this.place(number);
    this.numbers.copyWithin(i, i + 1, this.size);
    this.size -= 1;
  }

  /** The i-th lowest, 0 = lowest. Never −0. */
  at(i: number): number {
    return (this.numbers[i] as number) + 0;
  }

  /** Where the first number that is not lower stands. */
  private place(number: number): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.numbers[middle] as number) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
