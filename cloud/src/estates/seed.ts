import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { demoEstate } from '@caretaker/devices/demo';
import { type Estate, loadEstate } from '@caretaker/devices/model';
import { FaultsError, type Log } from '@caretaker/readings/base';
import { checkActions, checkClocks, checkOverrides, type Standard } from '@caretaker/standards';
import type { Database } from '../db/database.ts';
import { storedEstate } from './stored.ts';

/**
 * The estates of this cloud: what its database holds, and the one of the settings if it is not among them.
 * What is held is the master; a file that has changed since does not change it, and one that has not is not
 * even looked into.
 *
 * @param standard in force, which an estate to be taken in must fit
 * @throws FaultsError with every fault of the file; `CLOUD_ESTATE_OVERRIDES` when its limits or actions fit no rule
 */
export async function seedEstates(
  database: Database,
  file: string | null,
  standard: Standard,
  now: number,
  log: Log,
): Promise<readonly Estate[]> {
  const rows = await database.read.selectFrom('estates').selectAll().orderBy('id').execute();
  const held = rows.map((row) => storedEstate(row.definition));
  const text = file === null ? null : await readFile(file, 'utf8');
  const source = text === null ? null : createHash('sha256').update(text).digest('hex');
  if (source !== null && rows.some((row) => row.source === source)) return held;
  const offered = text === null || file === null ? demoEstate() : loadEstate(text, file);
  const { id } = offered;
  const same = held.find((estate) => estate.id === id);
  if (same === undefined) {
    refuseUnfit(standard, offered, file);
    const definition = JSON.stringify(offered);
    await database.write((tx) =>
      tx.insertInto('estates').values({ id, definition, seeded: now, source }).execute(),
    );
    log.info({ estate: id, assets: offered.assets.length }, 'took in an estate');
    return [...held, offered];
  }
  if (isDeepStrictEqual(same, offered)) {
    await database.write((tx) =>
      tx.updateTable('estates').set({ source }).where('id', '=', id).execute(),
    );
  } else {
    log.warn(
      { estate: id, file },
      'the estate has changed since the cloud took it in; the cloud goes on with its own copy',
    );
  }
  return held;
}

/**
 * An override that nothing reads would leave a limit in force that somebody believes to have changed; an action of no
 * rule would never be done.
 */
function refuseUnfit(standard: Standard, estate: Estate, file: string | null): void {
  const checks = [checkOverrides, checkActions, checkClocks];
  const faults = checks.flatMap((check) => check(standard, [estate]));
  if (faults.length === 0) return;
  const from = file === null ? '' : ` (${file})`;
  const summary = `The estate ${estate.id}${from} names what the standard does not have; it is not taken in.`;
  throw new FaultsError('CLOUD_ESTATE_OVERRIDES', summary, faults);
}
