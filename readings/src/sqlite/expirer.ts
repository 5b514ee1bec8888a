import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { KnownSeries } from './known-series.ts';
import { hourId, markIn } from './schema.ts';
import { writeIn } from './transaction.ts';

/** Rows that lose their readings in one turn. */
const TURN_ROWS = 1_000;

/**
 * Lets go of the raw readings of old hours. First they are said to be gone, which is so at once for whoever looks;
 * then their bytes are taken away point by point, a bounded number of rows a turn.
 */
export class Expirer {
  readonly #database: DatabaseSync;
  readonly #known: KnownSeries;
  readonly #strip: StatementSync;
  readonly #setMark: StatementSync;
  #stripped: number;
  /** Series up to this one are done. */
  #after = 0;

  constructor(database: DatabaseSync, known: KnownSeries) {
    this.#database = database;
    this.#known = known;
    this.#strip = database.prepare(`
      UPDATE hour SET readings = NULL WHERE id IN (
        SELECT id FROM hour WHERE id >= ? AND id < ? AND readings IS NOT NULL LIMIT ?)
    `);
    this.#setMark = database.prepare('UPDATE mark SET value = ? WHERE name = ?');
    known.rawFrom = markIn(database, 'raw_from');
    this.#stripped = markIn(database, 'stripped_to');
  }

  /**
   * Nothing may lie in the landing of hours before `rawFrom`, unless nothing was ever folded of them.
   * @param rawFrom beginning of an hour
   * @returns whether there is more to do
   */
  turn(rawFrom: number): boolean {
    const known = this.#known;
    if (rawFrom > known.rawFrom) {
      writeIn(this.#database, () => this.#setMark.run(rawFrom, 'raw_from'));
      known.rawFrom = rawFrom;
      this.#after = 0;
    }
    if (this.#stripped >= known.rawFrom) return false;
    const most = known.most;
    writeIn(this.#database, () => this.#stripSome(most));
    known.changed();
    if (this.#after < most) return true;
    this.#stripped = known.rawFrom;
    return false;
  }

  #stripSome(most: number): void {
    const { rawFrom } = this.#known;
    let left = TURN_ROWS;
    while (this.#after < most && left > 0) {
      const series = this.#after + 1;
      const [first, end] = [hourId(series, this.#stripped), hourId(series, rawFrom)];
      left -= Number(this.#strip.run(first, end, left).changes);
      if (left > 0) this.#after = series;
    }
    if (this.#after >= most) this.#setMark.run(rawFrom, 'stripped_to');
  }
}
