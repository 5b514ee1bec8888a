import type { Instance } from './layout.ts';
import { leafFields } from './leaves.ts';
import type { Machine } from './machine.ts';
import { rowFields } from './rows.ts';

/** The state of one instance just before an instant. Windows are not in it: they are read again. */
export interface Checkpoint {
  /** Holds for what is judged from this instant on. */
  readonly at: number;
  /** Oldest reading that its windows held. */
  readonly from: number;
  readonly row: Float64Array;
  readonly leaves: Float64Array;
}

const hour = 3_600_000;
const day = 24 * hour;

/**
 * Points in event time from which late readings are judged again: one an hour for the last day, one a day
 * for the horizon, and one older than that to start from.
 */
export class Checkpoints {
  readonly lists: Checkpoint[][];
  /** Time of the newest one of each instance; of its first reading when there is none yet. */
  readonly newest: Float64Array;
  private readonly machine: Machine;
  private readonly instances: readonly Instance[];
  private readonly horizon: number;

  constructor(machine: Machine, instances: readonly Instance[], horizon: number) {
    this.machine = machine;
    this.instances = instances;
    this.horizon = horizon;
    this.lists = instances.map(() => []);
    this.newest = new Float64Array(instances.length).fill(Number.NaN);
  }

  /** Called with the instance rolled to just before `time` and its reading not yet applied. */
  consider(i: number, time: number): void {
    const newest = this.newest[i] as number;
    if (Number.isNaN(newest)) {
      this.newest[i] = time;
    } else if (time - newest >= hour) {
      this.newest[i] = time;
      this.add(i, time);
    }
  }

  /** The newest one from which a reading at `time` can be judged; undefined: from the very beginning. */
  before(i: number, time: number): Checkpoint | undefined {
    return this.lists[i]?.findLast((checkpoint) => checkpoint.at <= time);
  }

  /** Puts the instance back to the checkpoint (or to before its first reading); forgets later ones. */
  restore(i: number, checkpoint: Checkpoint | undefined): void {
    const { rows, leaves } = this.machine;
    const { firstSlot, slots } = this.instances[i] as Instance;
    const list = this.lists[i] as Checkpoint[];
    list.length = checkpoint === undefined ? 0 : list.indexOf(checkpoint) + 1;
    this.newest[i] = checkpoint?.at ?? Number.NaN;
    for (let s = firstSlot; s < firstSlot + slots; s += 1) leaves.clear(s);
    rows.clear(i);
    if (checkpoint === undefined) return;
    rows.cells.set(checkpoint.row, i * rowFields);
    leaves.cells.set(checkpoint.leaves, firstSlot * leafFields);
  }

  private add(i: number, at: number): void {
    const { rows, leaves } = this.machine;
    const { firstSlot, slots } = this.instances[i] as Instance;
    let from = at;
    for (let s = firstSlot; s < firstSlot + slots; s += 1) {
      from = Math.min(from, leaves.memories[s]?.oldest() ?? at);
    }
    const list = this.lists[i] as Checkpoint[];
    list.push({
      at,
      from,
      row: rows.cells.slice(i * rowFields, (i + 1) * rowFields),
      leaves: leaves.cells.slice(firstSlot * leafFields, (firstSlot + slots) * leafFields),
    });
    if (list.length > 32) this.lists[i] = this.thin(i, list, at);
  }

  private thin(i: number, list: readonly Checkpoint[], now: number): Checkpoint[] {
    const forgets = (this.instances[i] as Instance).ageless === false;
    const oldest = now - this.horizon - day;
    const base = forgets ? list.findLastIndex((checkpoint) => checkpoint.at < oldest) : -1;
    let lastDay = Number.NaN;
    return list.filter(({ at }, k) => {
      if (k < base) return false;
      if (now - at <= day) return true;
      const of = Math.floor(at / day);
      const first = of !== lastDay;
      lastDay = of;
      return first;
    });
  }
}
