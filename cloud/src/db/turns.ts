import { setImmediate } from 'node:timers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CompiledQuery, type DatabaseConnection, SqliteDialect, SqliteDriver } from 'kysely';

type Config = ConstructorParameters<typeof SqliteDriver>[0];

/** Queries of one turn of the event loop take at most about this long together, milliseconds. */
const perTurn = 10;

/**
 * SQLite works in this thread and Kysely's promises are kept within one turn of the event loop: a transaction of
 * thousands of statements would hold it until the end. This dialect lets the others have their turn in between.
 * What they ask of the database meanwhile waits for the end of the transaction, as ever.
 */
export class PatientSqliteDialect extends SqliteDialect {
  readonly #config: Config;

  constructor(config: Config) {
    super(config);
    this.#config = config;
  }

  override createDriver(): SqliteDriver {
    return new PatientDriver(this.#config);
  }
}

class PatientDriver extends SqliteDriver {
  #connection: DatabaseConnection | null = null;

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#connection ??= patient(await super.acquireConnection());
    return this.#connection;
  }

  /**
   * A command of another process may write in between what a transaction reads and what it writes, and SQLite then
   * gives it up; so it waits for its turn before it reads.
   */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

function patient(inner: DatabaseConnection): DatabaseConnection {
  let began: number | null = null;
  return {
    async executeQuery(query, options) {
      if (began !== null && performance.now() - began > perTurn) await nextTurn();
      if (began === null) {
        began = performance.now();
        setImmediate(() => {
          began = null;
        });
      }
      return inner.executeQuery(query, options);
    },
    streamQuery: (query, chunk, options) => inner.streamQuery(query, chunk, options),
  };
}
