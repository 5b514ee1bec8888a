import { type ReportedCredential, reportedCredentialSchema } from '@caretaker/readings/uplink';
import { z } from 'zod';
import type { Database } from '../db/database.ts';

type Part = {
  readonly first: number;
  readonly total: number;
  readonly entries: readonly ReportedCredential[];
};

interface Report {
  readonly version: string | null;
  readonly credentials: readonly ReportedCredential[] | null;
}

/** A gateway of tens of thousands of devices has this many; more are not remembered. */
const mostCredentials = 100_000;
const longestVersion = 64;

/** What gateways last told of themselves; kept, for one that is away cannot be asked. */
export class GatewayReports {
  readonly #database: Database;
  /** As they were last written: a gateway says its own at every connection. */
  readonly #versions = new Map<string, string>();
  readonly #coming = new Map<string, ReportedCredential[]>();

  constructor(database: Database) {
    this.#database = database;
  }

  async version(gateway: string, version: string): Promise<void> {
    if (this.#versions.get(gateway) === version) return;
    await this.#keep(gateway, { version: version.slice(0, longestVersion) });
    this.#versions.set(gateway, version);
  }

  /** Takes one of the messages that tell of all credentials; they are kept when the last one is there. */
  async credentials(gateway: string, { first, total, entries }: Part): Promise<void> {
    const before = first === 0 ? [] : (this.#coming.get(gateway) ?? []);
    // One in between was lost: the gateway tells everything again when it connects.
    if (before.length !== first || total > mostCredentials) return;
    const all = [...before, ...entries];
    if (all.length < total) {
      this.#coming.set(gateway, all);
      return;
    }
    this.#coming.delete(gateway);
    await this.#keep(gateway, { credentials: JSON.stringify(all) });
  }

  async list(): Promise<ReadonlyMap<string, Report>> {
    const rows = await this.#database.read.selectFrom('gateway_reports').selectAll().execute();
    const all = z.array(reportedCredentialSchema);
    return new Map(
      rows.map(({ gateway, version, credentials }) => [
        gateway,
        { version, credentials: credentials === null ? null : all.parse(JSON.parse(credentials)) },
      ]),
    );
  }

  async #keep(gateway: string, columns: { version: string } | { credentials: string }) {
    await this.#database.write((tx) =>
      tx
        .insertInto('gateway_reports')
        .values({ gateway, version: null, credentials: null, ...columns })
        .onConflict((conflict) => conflict.column('gateway').doUpdateSet(columns))
        .execute(),
    );
  }
}
