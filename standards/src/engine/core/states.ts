import type { Change, Changes } from './changes.ts';
import { firstKept, keptFields, row, rowFields, state } from './row.ts';

/** Bits of an instance's byte: the state, then these; of a known and decided one `phase` is the state alone. */
export const bit = { unknown: 4, open: 8, dirty: 128, phase: 15 } as const;
const stateBits = 3;
/** Where the number of the phase that was last shown begins. */
const shownShift = 4;
const shownBits = 7 << shownShift;
/** Number of the phase that is shown while the verdict is unknown; others are those of `row.state`. */
export const unknownPhase = 4;
const unseen = bit.unknown | (unknownPhase << shownShift);

/** Idle, known, and shown so: of such an instance nothing but `since` is kept. */
export const idle = 0;
/** The same, but unknown. */
export const idleUnknown = unseen;
export const quietMask = 127;

/** The state of every instance: one byte and one number, and a row of numbers while it is not idle. */
export class States {
  readonly bytes: Uint8Array;
  /** Start of the phase; of an instance that is not idle, the number of its row. */
  readonly since: Float64Array;
  private rows = new Float64Array(64 * keptFields);
  private used = 0;
  private readonly free: number[] = [];

  constructor(instances: number) {
    this.bytes = new Uint8Array(instances).fill(unseen);
    this.since = new Float64Array(instances);
  }

  /** Puts the state of an instance on the bench. @param reading time of its newest reading */
  load(i: number, reading: number, work: Float64Array): void {
    const byte = this.bytes[i] as number;
    const at = byte & stateBits;
    work[row.state] = at;
    work[row.unknown] = (byte & bit.unknown) === 0 ? 0 : 1;
    work[row.open] = (byte & bit.open) === 0 ? 0 : 1;
    work[row.cursor] = reading;
    work[row.reading] = reading;
    if (at === state.ok) {
      work[row.since] = this.since[i] as number;
      work[row.runs] = Number.NaN;
      return;
    }
    const o = (this.since[i] as number) * keptFields;
    for (let k = 0; k < keptFields; k += 1) work[firstKept + k] = this.rows[o + k] as number;
  }

  /** Takes the state back from the bench. */
  store(i: number, work: Float64Array): void {
    const byte = this.bytes[i] as number;
    const at = work[row.state] as number;
    const open = work[row.open] === 1 ? bit.open : 0;
    const flags = (work[row.unknown] === 1 ? bit.unknown : 0) | open;
    this.bytes[i] = (byte & (shownBits | bit.dirty)) | at | flags;
    const had = (byte & stateBits) !== state.ok;
    if (at === state.ok) {
      if (had) this.free.push(this.since[i] as number);
      this.since[i] = work[row.since] as number;
      return;
    }
    if (!had) this.since[i] = this.free.pop() ?? this.another();
    const o = (this.since[i] as number) * keptFields;
    for (let k = firstKept; k < rowFields; k += 1) this.rows[o + k - firstKept] = work[k] as number;
  }

  /** Of an idle instance: its value is beyond the limit from `at` on. */
  begin(i: number, at: number, value: number, history: number): void {
    const since = this.since[i] as number;
    const number = this.free.pop() ?? this.another();
    const o = number * keptFields - firstKept;
    const into = this.rows;
    into[o + row.since] = since;
    into[o + row.runs] = at;
    into[o + row.elapsed] = 0;
    into[o + row.onset] = at;
    into[o + row.detected] = Number.NaN;
    into[o + row.clearing] = Number.NaN;
    into[o + row.worst] = value;
    into[o + row.worstAt] = at;
    into[o + row.history] = history;
    this.since[i] = number;
    this.bytes[i] = (this.bytes[i] as number) | state.pending;
  }

  /** Of a pending instance: its value is within the limit from `at` on. */
  calm(i: number, at: number): void {
    this.free.push(this.since[i] as number);
    this.since[i] = at;
    this.bytes[i] = (this.bytes[i] as number) & ~stateBits;
  }

  /** When the hold of a pending instance is fulfilled; NaN while it is paused. @param hold milliseconds */
  due(i: number, hold: number): number {
    const o = (this.since[i] as number) * keptFields - firstKept;
    const elapsed = this.rows[o + row.elapsed] as number;
    return (this.rows[o + row.runs] as number) + Math.max(0, hold - elapsed);
  }

  /** Notes the state as it is now, before a reading at `at` that follows one at `last`, to come back to. */
  note(changes: Changes, i: number, at: number, last: number): void {
    const byte = this.bytes[i] as number;
    const since = this.since[i] as number;
    const unknown = (byte & bit.unknown) !== 0;
    changes.note(i, at, last, byte & stateBits, unknown, since, this.rows, since * keptFields);
  }

  /** The state of an instance that is not idle, as it is now. */
  active(i: number): Change {
    const byte = this.bytes[i] as number;
    const o = (this.since[i] as number) * keptFields;
    return {
      at: 0,
      last: 0,
      state: byte & stateBits,
      unknown: (byte & bit.unknown) === 0 ? 0 : 1,
      kept: this.rows.slice(o, o + keptFields),
    };
  }

  /** Comes back to a state. */
  restore(i: number, { state: is, unknown, kept }: Change, work: Float64Array): void {
    work[row.state] = is;
    work[row.unknown] = unknown;
    work[row.open] = 0;
    work.set(kept, firstKept);
    this.store(i, work);
  }

  /** Forgets that readings of the newest instant may still come. */
  shut(i: number): void {
    this.bytes[i] = (this.bytes[i] as number) & ~bit.open;
  }

  /** As before the first reading, but for what is shown. */
  clear(i: number, work: Float64Array): void {
    work.fill(0);
    work[row.unknown] = 1;
    this.store(i, work);
  }

  shown(i: number): number {
    return ((this.bytes[i] as number) & shownBits) >> shownShift;
  }

  show(i: number, phase: number): void {
    this.bytes[i] = ((this.bytes[i] as number) & ~shownBits) | (phase << shownShift);
  }

  /** Rows of instances that are not idle, as `load` understands them. */
  saveRows(): Float64Array {
    return this.rows.slice(0, this.used * keptFields);
  }

  loadRows(rows: Float64Array): void {
    this.rows = new Float64Array(Math.max(64 * keptFields, rows.length));
    this.rows.set(rows);
    this.used = rows.length / keptFields;
    this.free.length = 0;
  }

  private another(): number {
    if ((this.used + 1) * keptFields > this.rows.length) {
      const rows = new Float64Array(this.rows.length * 2);
      rows.set(this.rows);
      this.rows = rows;
    }
    this.used += 1;
    return this.used - 1;
  }
}
