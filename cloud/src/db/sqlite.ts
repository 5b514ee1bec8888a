import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

/**
 * Kysely's view of `node:sqlite`. Statements are kept: preparing costs more than most of our queries.
 * @param readOnly the file must be there, and nothing is written to it
 */
export function openSqlite(file: string, readOnly = false): SqliteDatabase {
  const database = new DatabaseSync(file, { readOnly });
  if (!readOnly) database.exec('pragma journal_mode = wal; pragma synchronous = full;');
  database.exec('pragma busy_timeout = 5000;');
  const prepared = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(sql) {
      let statement = prepared.get(sql);
      if (statement === undefined) {
        statement = adapt(database.prepare(sql));
        if (prepared.size >= 500) prepared.clear();
        prepared.set(sql, statement);
      }
      return statement;
    },
  };
}

function adapt(statement: StatementSync): SqliteStatement {
  const bind = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...bind(parameters)),
    run: (parameters) => statement.run(...bind(parameters)),
    iterate: (parameters) => statement.iterate(...bind(parameters)) as IterableIterator<unknown>,
  };
}
