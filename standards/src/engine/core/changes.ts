import { day, halfHour } from './points.ts';
import { keptFields, state } from './row.ts';

/** The state of an instance before a reading that may have changed it. */
export interface Change {
  /** Time of that reading. The state held for all instants from the reading before it up to this one. */
  readonly at: number;
  /** Time of the reading before it: endings decided later than that are not in the state. */
  readonly last: number;
  /** Numbers of `row.state` and `row.unknown`. */
  readonly state: number;
  readonly unknown: number;
  /** From `row.since` on; only `since` of an instance that was idle. */
  readonly kept: ArrayLike<number>;
}

/** Fields of a noted change. */
const field = {
  at: 0,
  last: 1,
  /** Start of the phase; of an instance that was not idle, the number of its row. */
  since: 2,
  /** Number of the change before it, and the state in the lowest three bits. */
  before: 3,
} as const;
const fields = 4;
/** Fields of an entry of the table: instance, number of its newest change, how many there are. */
const entry = { key: 0, newest: 1, count: 2 } as const;
const entries = 3;
const unknownBit = 4;
const none = -1;
const most = 160;

/**
 * What states were before, for judging again from an earlier instant: of each instance the state before its first
 * change in a half hour of the last day, and in a day of the time before. An instance that stays idle has none.
 * Values and windows are not in it: they are read again. All is numbers in columns: in time nearly every instance
 * has some, and a change is noted at each crossing of a limit.
 */
export class Changes {
  /** Open addressing by instance; what is free has the key −1. */
  private table = new Int32Array(64 * entries).fill(none);
  private taken = 0;
  private nodes = new Float64Array(64 * fields);
  private used = 0;
  private free = none;
  private readonly rows: Rows = new Rows();
  /** By instance: before this instant one change a day was kept, from it on one each half hour. */
  private readonly thinned = new Map<number, number>();

  /** Whether the state before a reading at `time` is to be noted: none was in its half hour. */
  wants(i: number, time: number): boolean {
    const newest = this.table[this.find(i) + entry.newest] as number;
    if (newest < 0) return true;
    const last = this.nodes[newest * fields + field.at] as number;
    return Math.floor(last / halfHour) !== Math.floor(time / halfHour);
  }

  /**
   * Notes a state before a reading at `at` that follows one at `last`.
   * @param since start of the phase of an idle instance
   * @param kept numbers from `from` on of one that is not idle
   */
  note(
    i: number,
    at: number,
    last: number,
    is: number,
    unknown: boolean,
    since: number,
    kept: Float64Array,
    from: number,
  ): void {
    let e = this.find(i);
    if (this.table[e] === none) e = this.enter(i);
    const { table } = this;
    const node = this.another();
    const o = node * fields;
    this.nodes[o + field.at] = at;
    this.nodes[o + field.last] = last;
    this.nodes[o + field.since] = is === state.ok ? since : this.rows.take(kept, from);
    const before = (table[e + entry.newest] as number) + 1;
    this.nodes[o + field.before] = before * 8 + is + (unknown ? unknownBit : 0);
    table[e + entry.newest] = node;
    (table[e + entry.count] as number) += 1;
  }

  /** Whether so many changes of an instance are noted that it is time to thin them. */
  full(i: number): boolean {
    return (this.table[this.find(i) + entry.count] as number) > most;
  }

  /** Keeps one change a day of what is older than a day. @param edge nothing from before it is judged any more */
  thin(i: number, now: number, edge: number): void {
    const thinned = Math.max(
      this.thinned.get(i) ?? Number.NEGATIVE_INFINITY,
      Math.floor((now - day) / day) * day,
    );
    let last = Number.NaN;
    const kept = this.of(i).filter(({ at }) => {
      if (at < edge) return false;
      if (at >= thinned) return true;
      const of = Math.floor(at / day);
      const first = of !== last;
      last = of;
      return first;
    });
    this.set(i, kept, thinned);
  }

  /** The latest instant not after `time` before which the state is known. @param fine half hours are told apart */
  start(i: number, time: number, fine: boolean): number {
    const half = Math.floor(time / halfHour) * halfHour;
    return fine && half >= this.thinnedOf(i) ? half : Math.floor(time / day) * day;
  }

  /** Takes away what was noted from `time` on. @returns the state before it; undefined when it is the present one */
  rewind(i: number, time: number): Change | undefined {
    const e = this.find(i);
    let found: Change | undefined;
    for (;;) {
      const node = this.table[e + entry.newest] as number;
      if (node < 0 || (this.nodes[node * fields + field.at] as number) < time) break;
      found = this.change(node);
      this.drop(e, node);
    }
    if (this.table[e + entry.count] === 0) this.thinned.delete(i);
    return found;
  }

  /** Instances of which something is noted. */
  *instances(): Generator<number, void, void> {
    for (let e = 0; e < this.table.length; e += entries) {
      if ((this.table[e + entry.count] as number) > 0) yield this.table[e] as number;
    }
  }

  /** All that is noted of an instance, oldest first. */
  of(i: number): Change[] {
    const found: Change[] = [];
    let node = this.table[this.find(i) + entry.newest] as number;
    while (node >= 0) {
      found.push(this.change(node));
      node = this.before(node);
    }
    return found.reverse();
  }

  thinnedOf(i: number): number {
    return this.thinned.get(i) ?? Number.NEGATIVE_INFINITY;
  }

  /** Has other changes noted of an instance than there are. @param changes oldest first */
  set(i: number, changes: readonly Change[], thinned: number): void {
    const e = this.find(i);
    for (let node = this.newest(e); node >= 0; node = this.newest(e)) this.drop(e, node);
    for (const { at, last, state: is, unknown, kept } of changes) {
      const numbers = Float64Array.from(kept);
      this.note(i, at, last, is, unknown === 1, numbers[0] as number, numbers, 0);
    }
    if (thinned === Number.NEGATIVE_INFINITY) this.thinned.delete(i);
    else this.thinned.set(i, thinned);
  }

  private newest(e: number): number {
    return this.table[e + entry.newest] as number;
  }

  private before(node: number): number {
    return Math.floor((this.nodes[node * fields + field.before] as number) / 8) - 1;
  }

  private change(node: number): Change {
    const o = node * fields;
    const bits = (this.nodes[o + field.before] as number) % 8;
    const is = bits & 3;
    const since = this.nodes[o + field.since] as number;
    return {
      at: this.nodes[o + field.at] as number,
      last: this.nodes[o + field.last] as number,
      state: is,
      unknown: (bits & unknownBit) === 0 ? 0 : 1,
      kept: is === state.ok ? [since] : this.rows.read(since),
    };
  }

  /** Takes the newest change of an entry away. */
  private drop(e: number, node: number): void {
    const o = node * fields;
    const bits = (this.nodes[o + field.before] as number) % 8;
    if ((bits & 3) !== state.ok) this.rows.give(this.nodes[o + field.since] as number);
    this.table[e + entry.newest] = this.before(node);
    (this.table[e + entry.count] as number) -= 1;
    this.nodes[o + field.before] = this.free;
    this.free = node;
  }

  /** The entry of an instance, or the free one where it would be. */
  private find(i: number): number {
    const { table } = this;
    const mask = table.length / entries - 1;
    let k = Math.imul(i, 0x9e3779b1) >>> 7;
    for (;;) {
      const e = (k & mask) * entries;
      const key = table[e] as number;
      if (key === i || key === none) return e;
      k += 1;
    }
  }

  private enter(i: number): number {
    this.taken += 1;
    if (this.taken * 2 * entries > this.table.length) this.widen();
    const e = this.find(i);
    this.table[e] = i;
    this.table[e + entry.count] = 0;
    return e;
  }

  private widen(): void {
    const old = this.table;
    this.table = new Int32Array(old.length * 2).fill(none);
    for (let o = 0; o < old.length; o += entries) {
      if (old[o] === none) continue;
      const e = this.find(old[o] as number);
      for (let k = 0; k < entries; k += 1) this.table[e + k] = old[o + k] as number;
    }
  }

  private another(): number {
    if (this.free !== none) {
      const node = this.free;
      this.free = this.nodes[node * fields + field.before] as number;
      return node;
    }
    if ((this.used + 1) * fields > this.nodes.length) {
      const nodes = new Float64Array(this.nodes.length * 2);
      nodes.set(this.nodes);
      this.nodes = nodes;
    }
    this.used += 1;
    return this.used - 1;
  }
}

/** Numbers of states that were not idle. */
class Rows {
  private numbers = new Float64Array(64 * keptFields);
  private used = 0;
  private readonly free: number[] = [];

  take(from: Float64Array, o: number): number {
    const row = this.free.pop() ?? this.another();
    for (let k = 0; k < keptFields; k += 1) {
      this.numbers[row * keptFields + k] = from[o + k] as number;
    }
    return row;
  }

  read(row: number): Float64Array {
    return this.numbers.slice(row * keptFields, (row + 1) * keptFields);
  }

  give(row: number): void {
    this.free.push(row);
  }

  private another(): number {
    if ((this.used + 1) * keptFields > this.numbers.length) {
      const numbers = new Float64Array(this.numbers.length * 2);
      numbers.set(this.numbers);
      this.numbers = numbers;
    }
    this.used += 1;
    return this.used - 1;
  }
}
