import { day, halfHour } from './points.ts';

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
  readonly kept: readonly number[];
}

export interface List {
  readonly changes: Change[];
  /** Before this instant one change a day was kept, from it on one each half hour. */
  thinned: number;
}

const most = 160;

/**
 * What states were before, for judging again from an earlier instant: of each instance the state before its first
 * change in a half hour of the last day, and in a day of the time before. An instance that stays idle has none.
 * Values and windows are not in it: they are read again.
 */
export class Changes {
  readonly lists: Map<number, List> = new Map();

  /** Where to note the state before a reading at `time`; null when one was noted in its half hour already. */
  of(i: number, time: number): List | null {
    let list = this.lists.get(i);
    if (list === undefined) {
      list = { changes: [], thinned: Number.NEGATIVE_INFINITY };
      this.lists.set(i, list);
      return list;
    }
    const last = list.changes.at(-1);
    if (last === undefined) return list;
    return Math.floor(last.at / halfHour) === Math.floor(time / halfHour) ? null : list;
  }

  /** @param edge nothing from before it is judged any more */
  add(list: List, change: Change, edge: () => number): void {
    list.changes.push(change);
    if (list.changes.length > most) this.thin(list, change.at, edge());
  }

  /** The latest instant not after `time` before which the state is known. @param fine half hours are told apart */
  start(i: number, time: number, fine: boolean): number {
    const half = Math.floor(time / halfHour) * halfHour;
    const thinned = this.lists.get(i)?.thinned ?? Number.NEGATIVE_INFINITY;
    return fine && half >= thinned ? half : Math.floor(time / day) * day;
  }

  /** Takes away what was noted from `time` on. @returns the state before it; undefined when it is the present one */
  rewind(i: number, time: number): Change | undefined {
    const list = this.lists.get(i);
    if (list === undefined) return undefined;
    const { changes } = list;
    let k = changes.length;
    while (k > 0 && (changes[k - 1] as Change).at >= time) k -= 1;
    const found = changes[k];
    changes.length = k;
    if (k === 0) this.lists.delete(i);
    return found;
  }

  private thin(list: List, now: number, edge: number): void {
    list.thinned = Math.max(list.thinned, Math.floor((now - day) / day) * day);
    let last = Number.NaN;
    const kept = list.changes.filter(({ at }) => {
      if (at < edge) return false;
      if (at >= list.thinned) return true;
      const of = Math.floor(at / day);
      const first = of !== last;
      last = of;
      return first;
    });
    list.changes.splice(0, list.changes.length, ...kept);
  }
}
