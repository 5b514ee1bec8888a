import type { Ring } from './ring.ts';

const empty = new Int32Array(0);

/**
 * The highest (or lowest) value of a ring: the running numbers of those readings that no newer one exceeds, best
 * first. Each reading enters and leaves once.
 */
export class Extreme {
  private readonly ring: Ring;
  /** 1 for the highest, −1 for the lowest. */
  private readonly sign: 1 | -1;
  private queue: Int32Array = empty;
  private mask = -1;
  private first = 0;
  private size = 0;

  constructor(ring: Ring, sign: 1 | -1) {
    this.ring = ring;
    this.sign = sign;
  }

  clear(): void {
    this.first = 0;
    this.size = 0;
  }

  /** The reading of the ring with that running number has come. */
  added(sequence: number): void {
    const { ring, sign, first, mask } = this;
    const value = sign * ring.numbered(sequence);
    let { size } = this;
    while (size > 0) {
      const last = this.queue[(first + size - 1) & mask] as number;
      if (sign * ring.numbered(last) > value) break;
      size -= 1;
    }
    this.size = size;
    if (size > mask) this.grow();
    this.queue[(first + size) & this.mask] = sequence;
    this.size = size + 1;
  }

  /** The oldest reading of the ring is about to go. */
  dropped(sequence: number): void {
    if (this.queue[this.first & this.mask] !== sequence) return;
    this.first = (this.first + 1) | 0;
    this.size -= 1;
  }

  /** The ring holds at least one reading. Never −0. */
  value(): number {
    return this.ring.numbered(this.queue[this.first & this.mask] as number) + 0;
  }

  private grow(): void {
    const before = this.queue;
    const old = this.mask;
    const capacity = Math.max(4, (old + 1) * 2);
    this.queue = new Int32Array(capacity);
    this.mask = capacity - 1;
    for (let i = 0; i < this.size; i += 1) {
      this.queue[(this.first + i) & this.mask] = before[(this.first + i) & old] as number;
    }
  }
}
