import { no, unknown, yes } from './kleene.ts';
import type { Slot } from './layout.ts';
import { breaches, cleared } from './window/compare.ts';
import { type Memory, memoryFor } from './window/memory.ts';

/** Fields of a leaf slot, one row of numbers each. */
export const leaf = {
  /** Time of the last reading; −Infinity before the first. */
  at: 0,
  /** From here on the value is unknown. */
  until: 1,
  /** The value judged: the reading, or the aggregate over the window. NaN when there is none. */
  value: 2,
  /** Kleene: breaching at the limit. */
  breach: 3,
  /** Kleene: not yet beyond the clear limit. */
  stays: 4,
  /** 1 when the last reading was history. */
  history: 5,
} as const;
export const leafFields = 6;

/** The inputs of all instances: the newest value of each leaf and the windows behind it. */
export class Leaves {
  readonly cells: Float64Array;
  /** The windows behind the leaves that have one. */
  readonly memories: readonly (Memory | null)[];
  private readonly slots: readonly Slot[];
  private readonly silentAfter: Float64Array;

  /** @param silentAfter of the point of each slot, milliseconds. */
  constructor(slots: readonly Slot[], silentAfter: Float64Array) {
    this.slots = slots;
    this.silentAfter = silentAfter;
    this.cells = new Float64Array(slots.length * leafFields);
    this.memories = slots.map((slot, i) =>
      slot.leaf === null
        ? null
        : memoryFor(slot.leaf, slot.is, slot.during, silentAfter[i] as number),
    );
    for (let slot = 0; slot < slots.length; slot += 1) this.clear(slot);
  }

  /** As before the first reading. */
  clear(slot: number): void {
    const o = slot * leafFields;
    this.cells[o + leaf.at] = Number.NEGATIVE_INFINITY;
    this.cells[o + leaf.until] = Number.POSITIVE_INFINITY;
    this.cells[o + leaf.value] = Number.NaN;
    this.cells[o + leaf.breach] = unknown;
    this.cells[o + leaf.stays] = unknown;
    this.cells[o + leaf.history] = 1;
    this.memories[slot]?.clear();
  }

  /** Takes a reading newer than the last one of this slot. */
  apply(slot: number, at: number, value: number, history: boolean): void {
    const o = slot * leafFields;
    const cells = this.cells;
    cells[o + leaf.at] = at;
    cells[o + leaf.until] = at + (this.silentAfter[slot] as number);
    cells[o + leaf.value] = value;
    cells[o + leaf.history] = history ? 1 : 0;
    const { leaf: spec, is } = this.slots[slot] as Slot;
    if (spec === null) return;
    const memory = this.memories[slot] ?? null;
    if (memory === null) {
      const breach = breaches(spec, is, value);
      cells[o + leaf.breach] = breach ? yes : no;
      cells[o + leaf.stays] = breach || !cleared(spec, is, value) ? yes : no;
      return;
    }
    memory.push(at, value);
    cells[o + leaf.value] = memory.value;
    cells[o + leaf.breach] = memory.breach;
    cells[o + leaf.stays] = memory.stays;
  }

  /** Puts a reading back into the window behind a slot whose newest value is already known. */
  refill(slot: number, at: number, value: number): void {
    this.memories[slot]?.refill(at, value);
  }
}
