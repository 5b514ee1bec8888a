import type { DatabaseSync } from 'node:sqlite';
import { HOUR } from '../store/rollup.ts';
import { SLOTS_AN_HOUR } from './schema.ts';

/** Rows that must have landed elsewhere since an hour got its last one, before it is folded. */
const QUIET_ROWS = 20_000;
/** Rows of hours that could be folded, beyond which a write folds before it returns. */
const MOST_WAITING = 3_000_000;

interface Landed {
  rows: number;
  /** The total when it last got a row. */
  touched: number;
}

/** Which hours have readings in the landing, and how many; counts in memory of what is on disk. */
export class Ledger {
  readonly #hours = new Map<number, Landed>();
  /** Hours that cannot be folded: the others go on without them. */
  readonly #setAside = new Set<number>();
  #total = 0;
  #newest = Number.NEGATIVE_INFINITY;

  constructor(database: DatabaseSync) {
    this.load(database);
  }

  /** Counts anew what is on disk. */
  load(database: DatabaseSync): void {
    this.#hours.clear();
    const counts = database
      .prepare(`SELECT slot / ${SLOTS_AN_HOUR} AS hour, count(*) AS rows FROM landing GROUP BY 1`)
      .all();
    for (const { hour, rows } of counts) this.#add(Number(hour) * HOUR, Number(rows));
    // Nothing has come since: all but the newest may go at once.
    this.#total += QUIET_ROWS;
  }

  landed(counts: ReadonlyMap<number, number>): void {
    for (const rows of counts.values()) this.#total += rows;
    for (const [hour, rows] of counts) this.#add(hour, rows);
  }

  #add(hour: number, rows: number): void {
    const known = this.#hours.get(hour);
    if (known === undefined) this.#hours.set(hour, { rows, touched: this.#total });
    else {
      known.rows += rows;
      known.touched = this.#total;
    }
    if (hour > this.#newest) this.#newest = hour;
  }

  folded(hour: number, rows: number): void {
    const known = this.#hours.get(hour);
    if (known === undefined) return;
    known.rows -= rows;
    if (known.rows <= 0) this.#hours.delete(hour);
  }

  /** Leaves an hour where it landed, until the file is opened again. */
  setAside(hour: number): void {
    this.#setAside.add(hour);
  }

  rowsOf(hour: number): number {
    return this.#hours.get(hour)?.rows ?? 0;
  }

  /**
   * The earliest hour that has ended by the readings themselves and gets no more for now; null when there is none.
   * @param rawFrom earlier hours wait for `expire`: once folded, they take no more
   */
  settled(rawFrom: number): number | null {
    return this.#earliest(
      (hour, { touched }) =>
        hour >= rawFrom && hour < this.#newest && this.#total - touched >= QUIET_ROWS,
    );
  }

  /** The earliest hour that ended before `instant`; null when there is none. */
  endedBefore(instant: number): number | null {
    return this.#earliest((hour) => hour + HOUR <= instant);
  }

  /** More waits than may be left to others. */
  get crowded(): boolean {
    let waiting = 0;
    for (const [hour, { rows }] of this.#hours) if (hour < this.#newest) waiting += rows;
    return waiting > MOST_WAITING;
  }

  #earliest(wanted: (hour: number, landed: Landed) => boolean): number | null {
    let earliest: number | null = null;
    for (const [hour, landed] of this.#hours) {
      if (earliest !== null && hour >= earliest) continue;
      if (!this.#setAside.has(hour) && wanted(hour, landed)) earliest = hour;
    }
    return earliest;
  }
}
