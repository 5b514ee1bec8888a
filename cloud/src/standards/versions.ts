import { CaretakerError } from '@caretaker/readings/base';
import { parseStandard, type Standard, standardText } from '@caretaker/standards';
import type { Database, Tx } from '../db/database.ts';

/** One time a standard came into force, or is to. The same content may come back under another number. */
export interface Published {
  readonly number: number;
  /** Names the content. */
  readonly version: string;
  /** Readings measured from here on are judged by it, UTC epoch milliseconds. */
  readonly effective: number;
  readonly by: string;
  readonly note: string;
  /** Cloud clock. */
  readonly recorded: number;
  /** When it was taken back before it took effect, cloud clock. */
  readonly withdrawn: number | null;
  readonly withdrawn_by: string | null;
  /** The restatement that made it count for a time that had passed. */
  readonly restatement: number | null;
  /** The restatement in whose place in time it counts no more. */
  readonly replaced_by: number | null;
}

export type Entry = Published & { readonly standard: Standard };

/** What is said of a version when it is published. */
export interface Publishing extends Pick<Published, 'effective' | 'by' | 'note' | 'recorded'> {
  readonly restatement?: number;
}

/** Every version of the standard that this cloud was ever given. */
export class StandardVersions {
  readonly #database: Database;
  #entries: readonly Entry[];
  #chain: readonly Entry[];

  private constructor(database: Database, entries: readonly Entry[]) {
    this.#database = database;
    this.#entries = entries;
    this.#chain = chainOf(entries);
  }

  /** @throws CaretakerError `STANDARDS_VERSION_DAMAGED` */
  static async open(database: Database): Promise<StandardVersions> {
    const rows = await database.read
      .selectFrom('standard_versions')
      .selectAll()
      .orderBy('number')
      .execute();
    const texts = await database.read.selectFrom('standard_texts').selectAll().execute();
    const standards = new Map(
      texts.map(({ version, content }) => [version, parseStandard(content, version)]),
    );
    const entries = rows.map((row) => entryOf(row, standards.get(row.version)));
    return new StandardVersions(database, entries);
  }

  /**
   * What is judged by, oldest first: all that was not taken back and not restated. The last ones may be to come;
   * the first also counts for what came before it.
   */
  get all(): readonly Entry[] {
    return this.#chain;
  }

  /** All that was ever published, in the order in which that was said. */
  get known(): readonly Entry[] {
    return this.#entries;
  }

  /** The version in force at an instant; undefined while there is none at all. */
  at(time: number): Entry | undefined {
    return this.#chain.findLast((entry) => entry.effective <= time) ?? this.#chain[0];
  }

  /** Keeps a standard that comes into force, now or later. @param also is done in the same transaction */
  async add(
    standard: Standard,
    publishing: Publishing,
    also: (tx: Tx, number: number) => Promise<void> = async () => {},
  ): Promise<Entry> {
    const row = await this.#database.write(async (tx) => {
      const added = await insert(tx, standard, publishing);
      await also(tx, added.number);
      return added;
    });
    const entry = entryOf(row, standard);
    this.#set([...this.#entries, entry]);
    return entry;
  }

  /**
   * Lets a standard count from a time that has passed.
   * @param replaced numbers of versions in whose place in time it counts now
   */
  async restate(
    standard: Standard,
    publishing: Omit<Publishing, 'restatement'>,
    replaced: readonly number[],
    record: (tx: Tx) => Promise<number>,
    also: (tx: Tx, number: number) => Promise<void>,
  ): Promise<Entry> {
    const row = await this.#database.write(async (tx) => {
      const restatement = await record(tx);
      const added = await insert(tx, standard, { ...publishing, restatement });
      if (replaced.length > 0) {
        await tx
          .updateTable('standard_versions')
          .set({ replaced_by: restatement })
          .where('number', 'in', replaced)
          .execute();
      }
      await tx
        .updateTable('restatements')
        .set({ version: added.number })
        .where('id', '=', restatement)
        .execute();
      await also(tx, added.number);
      return added;
    });
    const entry = entryOf(row, standard);
    const kept = this.#entries.map((one) =>
      replaced.includes(one.number) ? { ...one, replaced_by: row.restatement } : one,
    );
    this.#set([...kept, entry]);
    return entry;
  }

  /** Takes a version back that has not taken effect. */
  async withdraw(
    number: number,
    { by, at }: { readonly by: string; readonly at: number },
    also: (tx: Tx) => Promise<void>,
  ): Promise<void> {
    const said = { withdrawn: at, withdrawn_by: by };
    await this.#database.write(async (tx) => {
      await tx.updateTable('standard_versions').set(said).where('number', '=', number).execute();
      await also(tx);
    });
    this.#set(
      this.#entries.map((entry) => (entry.number === number ? { ...entry, ...said } : entry)),
    );
  }

  /**
   * @param reference the number of a version, or its name
   * @throws CaretakerError `CLOUD_VERSION_UNKNOWN`
   */
  find(reference: string): Entry {
    const found = this.#entries.findLast(
      (entry) => String(entry.number) === reference || entry.version === reference,
    );
    if (found !== undefined) return found;
    throw new CaretakerError({
      code: 'CLOUD_VERSION_UNKNOWN',
      message: `There is no version ${reference} of the standard.`,
      next: 'See /api/standard/versions.',
    });
  }

  #set(entries: readonly Entry[]): void {
    this.#entries = entries;
    this.#chain = chainOf(entries);
  }
}

async function insert(tx: Tx, standard: Standard, publishing: Publishing): Promise<Published> {
  const { version } = standard;
  await tx
    .insertInto('standard_texts')
    .values({ version, content: standardText(standard) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return tx
    .insertInto('standard_versions')
    .values({ ...publishing, version })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Of the same instant the one that was said last counts; the very first stays so, for it counts from the beginning. */
function chainOf(entries: readonly Entry[]): readonly Entry[] {
  const [first, ...others] = entries;
  if (first === undefined) return [];
  const standing = others.filter((e) => e.withdrawn === null && e.replaced_by === null);
  return [first, ...standing.sort((a, b) => a.effective - b.effective || a.number - b.number)];
}

function entryOf(row: Published, standard: Standard | undefined): Entry {
  if (standard === undefined) {
    throw new CaretakerError({
      code: 'STANDARDS_VERSION_DAMAGED',
      message: `The content of version ${row.number} of the standard, ${row.version}, is gone.`,
      next: 'Restore the database from a backup.',
    });
  }
  return { ...row, standard };
}
