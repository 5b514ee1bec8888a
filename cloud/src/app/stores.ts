import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DescribePoint, ReadingStore } from '@caretaker/readings';
import type { Clock, Log } from '@caretaker/readings/base';
import { createInflux2Readings } from '@caretaker/readings/influx2';
import { createSqliteReadings } from '@caretaker/readings/sqlite';
import type { CloudConfig } from '../config.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { lockFolder, lockPostgres } from '../db/lock.ts';
import { Directory } from '../estates/directory.ts';
import { seedEstates } from '../estates/seed.ts';
import type { ReadingsConfig } from '../readings-config.ts';
import type { InForce } from '../standards/in-force.ts';
import { openInForce, openVersions } from '../standards/open.ts';
import { takeInOlder } from '../tickets/taking-in.ts';

/** How to let go of what was begun, in the order of beginning. */
export type Undo = (() => Promise<void> | void)[];

/** What every part of the cloud has at hand. */
export interface Surroundings {
  readonly clock: Clock;
  readonly log: Log;
}

export interface Stores {
  readonly database: Database;
  readonly store: ReadingStore;
  readonly directory: Directory;
  readonly inForce: InForce;
}

export async function openStores(
  config: CloudConfig,
  { clock, log }: Surroundings,
  undo: Undo,
): Promise<Stores> {
  await mkdir(config.folder, { recursive: true });
  undo.push(lockFolder(join(config.folder, 'cloud.lock')));
  if (config.database.engine === 'postgres') undo.push(await lockPostgres(config.database.url));
  const database = await openDatabase(config.database);
  undo.push(() => database.close());
  const opened = await openVersions(database, config.standardFolder, clock, log);
  const estates = await seedEstates(database, config.estateFile, opened.standard, clock.now(), log);
  const directory = new Directory(estates);
  const inForce = await openInForce({ ...opened, database, directory, clock, log });
  const store = readingStore(config.readings, directory.describe);
  await store.start();
  undo.push(() => store.stop());
  const older = takeInOlder(database, log);
  undo.push(() => older.stop());
  return { database, store, directory, inForce };
}

function readingStore(config: ReadingsConfig, describe: DescribePoint): ReadingStore {
  if (config.store === 'influx2') return createInflux2Readings({ ...config, describe });
  return createSqliteReadings({ ...config, describe });
}
