import { CaretakerError } from '@caretaker/readings/base';
import type { SavedFilter, SavedFilterRequest } from '../contract/index.ts';
import type { Database } from '../db/database.ts';

/** What one person keeps at most. */
const mostKept = 50;

const shown = ['id', 'name', 'query', 'created'] as const;
type Row = Omit<SavedFilter, 'query'> & { readonly query: string };
const filterOf = (row: Row): SavedFilter => ({ ...row, query: JSON.parse(row.query) });

/** The searches that somebody keeps, by name. */
export async function savedFilters({ read }: Database, person: string): Promise<SavedFilter[]> {
  const rows = await read
    .selectFrom('ticket_filters')
    .select(shown)
    .where('person', '=', person)
    .orderBy('name')
    .execute();
  return rows.map(filterOf);
}

/**
 * Keeps a search; one of the same name gives way.
 * @throws CaretakerError `CLOUD_TICKET_FILTERS_FULL`
 */
export function saveFilter(
  database: Database,
  person: string,
  { name, query }: SavedFilterRequest,
  created: number,
): Promise<SavedFilter> {
  return database.write(async (tx) => {
    const own = tx.selectFrom('ticket_filters').where('person', '=', person);
    const others = await own.where('name', '<>', name).select('id').execute();
    if (others.length >= mostKept) throw full();
    const text = JSON.stringify(query);
    const row = await tx
      .insertInto('ticket_filters')
      .values({ person, name, query: text, created })
      .onConflict((on) => on.columns(['person', 'name']).doUpdateSet({ query: text, created }))
      .returning(shown)
      .executeTakeFirstOrThrow();
    return filterOf(row);
  });
}

/** @throws CaretakerError `CLOUD_TICKET_FILTER_UNKNOWN` */
export async function removeFilter(database: Database, person: string, id: number): Promise<void> {
  const gone = await database.write((tx) =>
    tx
      .deleteFrom('ticket_filters')
      .where('id', '=', id)
      .where('person', '=', person)
      .executeTakeFirst(),
  );
  if (gone.numDeletedRows === 0n) throw unknown(id);
}

function full(): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_TICKET_FILTERS_FULL',
    message: `You keep ${mostKept} filters already, and nobody keeps more.`,
    next: 'Remove one that you do not use.',
  });
}

function unknown(id: number): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_TICKET_FILTER_UNKNOWN',
    message: `You keep no filter ${id}.`,
    next: 'See /api/tickets/filters.',
  });
}
