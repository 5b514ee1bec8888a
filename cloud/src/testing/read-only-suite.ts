import { sql } from 'kysely';
import { expect, it } from 'vitest';
import type { Database, DatabaseConfig } from '../db/database.ts';
import { openReadOnly } from '../db/read-only.ts';

/** What reading beside a cloud must do, and leave, on either database. */
export function readOnlyCases(open: () => Database, config: () => DatabaseConfig): void {
  const done = async () => {
    const { rows } = await sql<{
      name: string;
    }>`select name from kysely_migration order by name`.execute(open().read);
    return rows.map((row) => row.name);
  };

  it('is read by another process without being written to', async () => {
    await open().write((tx) =>
      tx.insertInto('estates').values({ id: 'court', definition: '{}', seeded: 1 }).execute(),
    );
    const beside = await openReadOnly(config());
    try {
      await beside.ping();
      expect(await beside.read.selectFrom('estates').select('id').execute()).toEqual([
        { id: 'court' },
      ]);
      // Refused by the database itself.
      await expect(beside.read.deleteFrom('estates').execute()).rejects.toThrow(/read-?only/);
      await expect(beside.write(async () => {})).rejects.toThrow(/reading only/);
    } finally {
      await beside.close();
    }
    expect(await open().read.selectFrom('estates').select('id').execute()).toHaveLength(1);
  });

  it('is not brought up to date by whoever only reads, but refused', async () => {
    const names = await done();
    const last = names.at(-1) ?? '';
    await sql`delete from kysely_migration where name = ${last}`.execute(open().read);
    await expect(openReadOnly(config())).rejects.toMatchObject({
      code: 'CLOUD_DATABASE_OLDER',
      message: expect.stringContaining(last),
    });
    expect(await done()).toEqual(names.slice(0, -1));
    for (const name of [last, '9999-to-come']) {
      await sql`insert into kysely_migration (name, timestamp) values (${name}, 'now')`.execute(
        open().read,
      );
    }
    await expect(openReadOnly(config())).rejects.toMatchObject({ code: 'CLOUD_DATABASE_NEWER' });
  });
}
