import type { LimitChange } from '@caretaker/standards';
import type { Database, Tx } from '../db/database.ts';

/** One number of one rule that an estate has of its own for a point, or that its rule has again. */
export interface OverrideChange extends LimitChange {
  readonly id: number;
  readonly estate: string;
  readonly by: string;
  readonly reason: string;
  /** Cloud clock. */
  readonly recorded: number;
  /** The restatement that made it count for a time that had passed. */
  readonly restatement: number | null;
  /** The restatement in whose place in time it counts no more. */
  readonly replaced_by: number | null;
}

/** What is said of a change when it is made. */
export type NewOverride = Omit<OverrideChange, 'id' | 'restatement' | 'replaced_by'>;

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

  /** Those that count. */
  of(estate: string): readonly OverrideChange[] {
    return this.known(estate).filter((change) => change.replaced_by === null);
  }

  /** Those that were restated as well. */
  known(estate: string): readonly OverrideChange[] {
    return this.#changes.filter((change) => change.estate === estate);
  }

  /** Keeps changes that belong together. @param also is done in the same transaction */
  async add(
    changes: readonly NewOverride[],
    also: (tx: Tx) => Promise<void> = async () => {},
  ): Promise<void> {
    if (changes.length === 0) return;
    const rows = await this.#database.write(async (tx) => {
      const added = await tx
        .insertInto('override_changes')
        .values(changes)
        .returningAll()
        .execute();
      await also(tx);
      return added;
    });
    this.#changes = inOrder([...this.#changes, ...rows]);
  }

  /**
   * Lets changes count from a time that has passed.
   * @param replaced those in whose place in time they count now
   */
  async restate(
    changes: readonly NewOverride[],
    replaced: readonly number[],
    record: (tx: Tx) => Promise<number>,
    also: (tx: Tx) => Promise<void>,
  ): Promise<void> {
    const [restatement, rows] = await this.#database.write(async (tx) => {
      const id = await record(tx);
      const added = await tx
        .insertInto('override_changes')
        .values(changes.map((change) => ({ ...change, restatement: id })))
        .returningAll()
        .execute();
      if (replaced.length > 0) {
        await tx
          .updateTable('override_changes')
          .set({ replaced_by: id })
          .where('id', 'in', replaced)
          .execute();
      }
      await also(tx);
      return [id, added] as const;
    });
    const kept = this.#changes.map((one) =>
      replaced.includes(one.id) ? { ...one, replaced_by: restatement } : one,
    );
    this.#changes = inOrder([...kept, ...rows]);
  }
}

/** Of the same instant the one that was said last counts. */
function inOrder(changes: readonly OverrideChange[]): readonly OverrideChange[] {
  return changes.toSorted((a, b) => a.effective - b.effective || a.id - b.id);
}
