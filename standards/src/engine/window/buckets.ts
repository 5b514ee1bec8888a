import type { LeafBaseline } from '../../rules/resolve.ts';

/** One bucket in the list: its number, the time of its first reading, the sum and the count of its readings. */
const fields = 4;

/**
 * The past of one point in buckets of UTC time. The sum of a bucket runs from its oldest reading to its newest, so
 * it is the same however often it is filled again. Only finished buckets are asked, so the baseline is worked out
 * once a bucket.
 */
export class Buckets {
  private readonly spec: LeafBaseline;
  private readonly span: number;
  /** Oldest first; the last one is being filled. */
  private cells: number[] = [];
  private baseline = Number.NaN;
  /** The bucket being filled, [begin, end); holds nothing before the first push. */
  private begin = Number.POSITIVE_INFINITY;
  private end = Number.NEGATIVE_INFINITY;

  constructor(spec: LeafBaseline) {
    this.spec = spec;
    this.span = spec.of * spec.step;
  }

  /** Takes the next reading and holds a figure against the baseline; NaN when unknown. */
  push(at: number, value: number, figure: number): number {
    const { cells } = this;
    if (at >= this.begin && at < this.end) {
      const o = cells.length - fields;
      cells[o + 2] = (cells[o + 2] as number) + value;
      cells[o + 3] = (cells[o + 3] as number) + 1;
    } else {
      this.turn(at, value);
    }
    if (this.spec.by === 'difference') return figure - this.baseline;
    return this.baseline === 0 ? Number.NaN : figure / this.baseline;
  }

  /** Takes readings [from, to), whose figures stand in `figures` from its start on, and holds these against it. */
  run(
    at: Float64Array,
    value: Float64Array,
    from: number,
    to: number,
    figures: Float64Array,
  ): void {
    for (let k = from; k < to; k += 1) {
      const reading = value[k] as number;
      figures[k - from] = this.push(at[k] as number, reading, figures[k - from] as number);
    }
  }

  /** A reading outside the bucket that was filled by this instance's own pushes. */
  private turn(at: number, value: number): void {
    const { cells } = this;
    const bucket = Math.floor(at / this.spec.bucket);
    const o = cells.length - fields;
    if (cells[o] === bucket) {
      cells[o + 2] = (cells[o + 2] as number) + value;
      cells[o + 3] = (cells[o + 3] as number) + 1;
    } else {
      this.forget(bucket - this.span);
      cells.push(bucket, at, value, 1);
      this.baseline = this.figure(bucket);
    }
    this.begin = bucket * this.spec.bucket;
    this.end = this.begin + this.spec.bucket;
  }

  oldest(): number {
    return this.cells[1] ?? Number.POSITIVE_INFINITY;
  }

  clear(): void {
    this.cells = [];
    this.baseline = Number.NaN;
    this.begin = Number.POSITIVE_INFINITY;
  }

  /** Places that `save` fills. */
  get saved(): number {
    return this.cells.length / 2;
  }

  save(at: Float64Array, value: Float64Array, from: number): void {
    for (let i = 0; i < this.cells.length; i += 2) {
      at[from + i / 2] = this.cells[i] as number;
      value[from + i / 2] = this.cells[i + 1] as number;
    }
  }

  load(at: Float64Array, value: Float64Array, from: number, to: number): void {
    this.clear();
    for (let i = from; i < to; i += 1) this.cells.push(at[i] as number, value[i] as number);
    const newest = this.cells[this.cells.length - fields];
    this.baseline = newest === undefined ? Number.NaN : this.figure(newest);
  }

  private forget(before: number): void {
    let gone = 0;
    while (gone < this.cells.length && (this.cells[gone] as number) < before) gone += fields;
    if (gone > 0) this.cells.splice(0, gone);
  }

  private figure(bucket: number): number {
    const { step, of, minimum, figure } = this.spec;
    const { cells } = this;
    const means: number[] = [];
    let o = 0;
    for (let past = bucket - of * step; past < bucket; past += step) {
      while (o < cells.length && (cells[o] as number) < past) o += fields;
      if (cells[o] === past) means.push((cells[o + 2] as number) / (cells[o + 3] as number));
    }
    return means.length < minimum ? Number.NaN : combined(means, figure);
  }
}

/** @param means oldest first, at least one. */
function combined(means: readonly number[], figure: LeafBaseline['figure']): number {
  if (figure === 'mean') return means.reduce((sum, mean) => sum + mean, 0) / means.length;
  if (figure === 'min') return Math.min(...means);
  if (figure === 'max') return Math.max(...means);
  const sorted = means.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2;
}
