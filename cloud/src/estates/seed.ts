import { readFile } from 'node:fs/promises';
import { type Estate, loadEstate } from '@caretaker/devices/model';
import { demoEstate } from '@caretaker/devices/simulate';
import type { Log } from '@caretaker/readings/base';
import type { Database } from '../db/database.ts';

/**
 * The estates of this cloud: what its database holds, and the one of the settings if it is not among them.
 * What is held is the master; a file that has changed since does not change it.
 *
 * @throws FaultsError with every fault of the file
 */
export async function seedEstates(
  database: Database,
  file: string | null,
  now: number,
  log: Log,
): Promise<readonly Estate[]> {
  const offered = file === null ? demoEstate() : loadEstate(await readFile(file, 'utf8'), file);
  const definition = JSON.stringify(offered);
  const held = await database.read.selectFrom('estates').selectAll().orderBy('id').execute();
  const same = held.find((row) => row.id === offered.id);
  if (same === undefined) {
    await database.write((tx) =>
      tx.insertInto('estates').values({ id: offered.id, definition, seeded: now }).execute(),
    );
    log.info({ estate: offered.id, assets: offered.assets.length }, 'took in an estate');
  } else if (same.definition !== definition) {
    log.warn(
      { estate: offered.id, file },
      'the estate has changed since the cloud took it in; the cloud goes on with its own copy',
    );
  }
  const estates = held.map((row) => JSON.parse(row.definition) as Estate);
  return same === undefined ? [...estates, offered] : estates;
}
