import type { DatabaseSync } from 'node:sqlite';
import { CaretakerError } from '../base/index.ts';
import { decodeHour, encodeHour, type HourRows } from './hour-blob.ts';
import { LANDED, type LandedRow, mergedRows, rollupOfRows, rowsOfLanded } from './hour-rows.ts';
import type { KnownSeries } from './known-series.ts';
import type { Ledger } from './ledger.ts';
import { encodeRollup } from './rollup-blob.ts';
import { hourId, SLOT, SLOTS_AN_HOUR } from './schema.ts';
import { writeIn } from './transaction.ts';

/** Rows of one turn: what waits behind it waits some 20 ms. */
const TURN_ROWS = 10_000;
/** What an hour costs besides its rows, in rows. */
const HOUR_ROWS = 100;

/** Where the folding of an hour stands that is too large for one turn. */
interface Standing {
  readonly hour: number;
  /** Series up to this one are done. */
  readonly after: number;
  /** Rows moved since the first series. */
  readonly rows: number;
}

/**
 * Folds landed hours into one row a point, a bounded number of rows a turn. Each turn moves readings in one
 * transaction, so that they are in the landing or in their hour, whenever the process ends.
 */
export class Folder {
  readonly #database: DatabaseSync;
  readonly #known: KnownSeries;
  readonly #ledger: Ledger;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #types = new Map<number, number>();
  #standing: Standing | null = null;

  constructor(database: DatabaseSync, known: KnownSeries, ledger: Ledger) {
    this.#database = database;
    this.#known = known;
    this.#ledger = ledger;
    this.#statements = prepare(database);
  }

  /**
   * @param due the hour to be folded next; null when there is none
   * @returns whether there was something to fold
   * @throws CaretakerError `READINGS_STORE_DAMAGED` when the hour is damaged that more has landed of; it is left
   * as it is, and the next turn goes on with others.
   */
  turn(due: () => number | null): boolean {
    const begin = this.#standing?.hour ?? due();
    if (begin === null) return false;
    let hour: number | null = begin;
    try {
      writeIn(this.#database, () => {
        let room = TURN_ROWS;
        while (hour !== null && room > 0) {
          room -= HOUR_ROWS + this.#step(hour);
          hour = this.#standing === null ? due() : null;
        }
        this.#statements.count.run();
      });
    } catch (error) {
      this.#standing = null;
      this.#ledger.load(this.#database);
      const damaged = error instanceof CaretakerError && error.code === 'READINGS_STORE_DAMAGED';
      if (damaged && hour !== null) this.#ledger.setAside(hour);
      throw error;
    } finally {
      this.#known.changed();
    }
    return true;
  }

  /** Folds an hour, or a part of a large one. @returns rows moved */
  #step(hour: number): number {
    const expected = this.#ledger.rowsOf(hour);
    if (this.#standing === null && expected <= TURN_ROWS) {
      const rows = this.#moveWhole(hour);
      // Nothing more is there, whatever was counted.
      this.#ledger.folded(hour, Number.POSITIVE_INFINITY);
      return rows;
    }
    const { after, rows: before } = this.#standing ?? { after: 0, rows: 0 };
    const most = this.#known.most;
    const upTo = after + Math.max(1, Math.ceil((most * TURN_ROWS) / Math.max(1, expected)));
    const rows = this.#movePart(hour, after, upTo);
    const all = before + rows;
    this.#ledger.folded(hour, rows);
    this.#standing = upTo >= most ? null : { hour, after: upTo, rows: all };
    if (this.#standing === null && all === 0) this.#ledger.folded(hour, Number.POSITIVE_INFINITY);
    return rows;
  }

  #moveWhole(hour: number): number {
    const { whole, removeWhole } = this.#statements;
    const [first, end] = [hour / SLOT, hour / SLOT + SLOTS_AN_HOUR];
    const landed = whole.all(first, end) as unknown as LandedRow[];
    this.#put(hour, landed);
    removeWhole.run(first, end);
    return landed.length;
  }

  #movePart(hour: number, after: number, upTo: number): number {
    const { part, removePart } = this.#statements;
    const landed: LandedRow[] = [];
    const first = hour / SLOT;
    for (let slot = first; slot < first + SLOTS_AN_HOUR; slot += 1) {
      const rows = part.all(slot, after, upTo) as unknown as LandedRow[];
      if (rows.length === 0) continue;
      for (const row of rows) landed.push(row);
      removePart.run(slot, after, upTo);
    }
    this.#put(hour, landed);
    return landed.length;
  }

  /** @param landed those of each series ascending in time */
  #put(hour: number, landed: readonly LandedRow[]): void {
    const keep = hour >= this.#known.rawFrom;
    for (const [series, own] of Map.groupBy(landed, ([id]) => id)) {
      const type = this.#typeOf(series);
      const all = this.#withFolded(series, hour, rowsOfLanded(type, own));
      const rollup = encodeRollup(rollupOfRows(hour, type, all));
      this.#statements.put.run(hourId(series, hour), rollup, keep ? encodeHour(hour, all) : null);
      this.#known.folded(series, hour);
    }
  }

  #withFolded(series: number, hour: number, landed: HourRows): HourRows {
    const row = this.#statements.folded.get(hourId(series, hour));
    if (row === undefined) return landed;
    if (row.readings === null) {
      throw new Error(`readings have landed in an hour that is gone: ${hour}`);
    }
    return mergedRows(decodeHour(hour, row.readings as Uint8Array), landed);
  }

  #typeOf(series: number): number {
    let type = this.#types.get(series);
    if (type === undefined) {
      type = Number(this.#statements.type.get(series)?.type);
      this.#types.set(series, type);
    }
    return type;
  }
}

function prepare(database: DatabaseSync) {
  const arrays = (where: string) => {
    const statement = database.prepare(`SELECT ${LANDED} FROM landing WHERE ${where}`);
    statement.setReturnArrays(true);
    return statement;
  };
  const whole = 'slot >= ? AND slot < ?';
  const part = 'slot = ? AND series > ? AND series <= ?';
  return {
    whole: arrays(whole),
    part: arrays(part),
    removeWhole: database.prepare(`DELETE FROM landing WHERE ${whole}`),
    removePart: database.prepare(`DELETE FROM landing WHERE ${part}`),
    folded: database.prepare('SELECT readings FROM hour WHERE id = ?'),
    put: database.prepare('INSERT OR REPLACE INTO hour (id, rollup, readings) VALUES (?, ?, ?)'),
    count: database.prepare("UPDATE mark SET value = value + 1 WHERE name = 'folds'"),
    type: database.prepare('SELECT type FROM series WHERE id = ?'),
  };
}
