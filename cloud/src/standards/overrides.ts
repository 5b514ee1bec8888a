import type { LimitChange } from '@caretaker/standards';
import type { Database } from '../db/database.ts';

/** One number of one rule that an estate has of its own for a point, or that its rule has again. */
export interface OverrideChange extends LimitChange {
  readonly id: number;
  readonly estate: string;
  readonly by: string;
  readonly reason: string;
  /** Cloud clock. */
  readonly recorded: number;
}

/** Every change of the estates' own limits since their files were taken in, in the order of their effect. */
export class Overrides {
  readonly #database: Database;
  #changes: readonly OverrideChange[];

  private constructor(database: Database, changes: readonly OverrideChange[]) {
    this.#database = database;
    this.#changes = changes;
  }

  static async open(database: Database): Promise<Overrides> {
    const rows = await database.read.selectFrom('override_changes').selectAll().execute();
    return new Overrides(database, inOrder(rows));
  }

  of(estate: string): readonly OverrideChange[] {
    return this.#changes.filter((change) => change.estate === estate);
  }

  /** Keeps changes that belong together. */
  async add(changes: readonly Omit<OverrideChange, 'id'>[]): Promise<void> {
    if (changes.length === 0) return;
    const rows = await this.#database.write((tx) =>
      tx.insertInto('override_changes').values(changes).returningAll().execute(),
    );
    this.#changes = inOrder([...this.#changes, ...rows]);
  }
}

/** Of the same instant the one that was said last counts. */
function inOrder(changes: readonly OverrideChange[]): readonly OverrideChange[] {
  return changes.toSorted((a, b) => a.effective - b.effective || a.id - b.id);
}
