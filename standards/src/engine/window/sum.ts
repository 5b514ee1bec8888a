/**
 * A sum of doubles from which any of them can be taken away again: the exact real sum, held as a few doubles.
 * Mostly two are enough, the running sum and what its additions have rounded away; where they are not, a list of
 * parts that do not overlap takes over (Shewchuk 1997, "Adaptive precision floating-point arithmetic",
 * grow-expansion with zeros left out). Rounding happens once, when the sum is read, so that the result depends on
 * what is in it alone, never on the order in which it came or on what has left again. Exact as long as no partial
 * sum overflows.
 */
export class ExactSum {
  private high = 0;
  private low = 0;
  /** Least first; empty while `high` and `low` hold the sum. */
  private parts: number[] = [];

  clear(): void {
    this.high = 0;
    this.low = 0;
    this.parts = [];
  }

  /** Adds a finite number; `add(-x)` takes x away. */
  add(number: number): void {
    if (this.parts.length > 0) {
      this.append(number);
      return;
    }
    const { high, low } = this;
    const sum = high + number;
    const of = sum - high;
    const rest = high - (sum - of) + (number - of);
    const rests = low + rest;
    const by = rests - low;
    if (low - (rests - by) + (rest - by) === 0) {
      this.high = sum;
      this.low = rests;
    } else {
      this.spread(number);
    }
  }

  /** The double nearest to the exact sum, ties to even; 0 when nothing is in it. */
  value(): number {
    return this.parts.length === 0 ? this.high + this.low : rounded(this.parts);
  }

  /** What two doubles cannot hold. */
  private spread(number: number): void {
    this.parts = grown(grown(grown([], this.low), this.high), number);
    this.high = 0;
    this.low = 0;
  }

  private append(number: number): void {
    const parts = grown(this.parts, number);
    if (parts.length > 2) {
      this.parts = parts;
      return;
    }
    this.low = parts.length === 2 ? (parts[0] as number) : 0;
    this.high = parts.at(-1) ?? 0;
    this.parts = [];
  }
}

/** Parts with one more number in them. */
function grown(parts: readonly number[], number: number): number[] {
  const next: number[] = [];
  let x = number;
  for (const y of parts) {
    const sum = x + y;
    const of = sum - x;
    const rest = x - (sum - of) + (y - of);
    if (rest !== 0) next.push(rest);
    x = sum;
  }
  if (x !== 0) next.push(x);
  return next;
}

function rounded(parts: readonly number[]): number {
  let n = parts.length - 1;
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
    if (twice === further - high) return further;
  }
  return high;
}
