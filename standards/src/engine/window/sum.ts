/**
 * A sum of doubles from which any of them can be taken away again: the exact real sum, held as a few doubles that
 * do not overlap (Shewchuk 1997, "Adaptive precision floating-point arithmetic", grow-expansion with zeros left
 * out). Rounding happens once, when it is read, so that the result depends on what is in it alone, never on the
 * order in which it came or on what has left again. Exact as long as no partial sum overflows.
 */
export class ExactSum {
  private readonly parts: number[] = [];
  private count = 0;

  clear(): void {
    this.count = 0;
  }

  /** Adds a finite number; `add(-x)` takes x away. */
  add(number: number): void {
    const { parts } = this;
    let x = number;
    let kept = 0;
    for (let i = 0; i < this.count; i += 1) {
      const y = parts[i] as number;
      const sum = x + y;
      const of = sum - x;
      const rest = x - (sum - of) + (y - of);
      if (rest !== 0) {
        parts[kept] = rest;
        kept += 1;
      }
      x = sum;
    }
    if (x !== 0) {
      parts[kept] = x;
      kept += 1;
    }
    this.count = kept;
  }

  /** The double nearest to the exact sum, ties to even; 0 when nothing is in it. */
  value(): number {
    const { parts } = this;
    let n = this.count - 1;
    if (n < 0) return 0;
    let high = parts[n] as number;
    let low = 0;
    while (n > 0 && low === 0) {
      n -= 1;
      const x = high;
      const y = parts[n] as number;
      high = x + y;
      low = y - (high - x);
    }
    // Half-way cases: the part below decides to which side the tie would have gone.
    if (n > 0 && low !== 0 && low < 0 === (parts[n - 1] as number) < 0) {
      const twice = low * 2;
      const further = high + twice;
      if (twice === further - high) high = further;
    }
    return high;
  }
}
