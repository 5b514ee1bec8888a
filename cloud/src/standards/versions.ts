import { CaretakerError } from '@caretaker/readings/base';
import { parseStandard, type Standard, standardText } from '@caretaker/standards';
import type { Database } from '../db/database.ts';

/** One time a standard came into force. The same content may come back under another number. */
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
}

type Entry = Published & { readonly standard: Standard };

/** Every version of the standard that this cloud has ever judged by, oldest first. */
export class StandardVersions {
  readonly #database: Database;
  #entries: readonly Entry[];

  private constructor(database: Database, entries: readonly Entry[]) {
    this.#database = database;
    this.#entries = entries;
  }

  /** @throws CaretakerError `STANDARDS_VERSION_DAMAGED` */
  static async open(database: Database): Promise<StandardVersions> {
    const rows = await database.read
      .selectFrom('standard_versions')
      .selectAll()
      .orderBy('effective')
      .orderBy('number')
      .execute();
    const texts = await database.read.selectFrom('standard_texts').selectAll().execute();
    const standards = new Map(
      texts.map(({ version, content }) => [version, parseStandard(content, version)]),
    );
    const entries = rows.map((row) => entryOf(row, standards.get(row.version)));
    return new StandardVersions(database, entries);
  }

  get all(): readonly Entry[] {
    return this.#entries;
  }

  get newest(): Entry | undefined {
    return this.#entries.at(-1);
  }

  /**
   * Keeps a standard that comes into force.
   * @param published its `effective` must not lie before that of the newest version
   */
  async add(standard: Standard, published: Omit<Published, 'number' | 'version'>): Promise<Entry> {
    const { version } = standard;
    const row = await this.#database.write(async (tx) => {
      await tx
        .insertInto('standard_texts')
        .values({ version, content: standardText(standard) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return tx
        .insertInto('standard_versions')
        .values({ ...published, version })
        .returningAll()
        .executeTakeFirstOrThrow();
    });
    const entry = entryOf(row, standard);
    this.#entries = [...this.#entries, entry];
    return entry;
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
