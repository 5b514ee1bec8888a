import { existsSync } from 'node:fs';
import { CaretakerError } from '@caretaker/readings/base';
import { type Database, type DatabaseConfig, openDatabase } from './database.ts';
import { openReadOnly } from './read-only.ts';

/**
 * The database of a cloud, for a command beside it that writes: never made anew, and never brought to another version.
 * @throws CaretakerError `CLOUD_DATABASE_NONE`, `CLOUD_DATABASE_UNAVAILABLE`, `CLOUD_DATABASE_OLDER`,
 *   `CLOUD_DATABASE_NEWER`
 */
export async function openExisting(config: DatabaseConfig): Promise<Database> {
  if (config.engine === 'sqlite' && !existsSync(config.file)) {
    throw new CaretakerError({
      code: 'CLOUD_DATABASE_NONE',
      message: 'There is no database of a cloud here.',
      next: 'Start the cloud once; let CARETAKER_DATA name its data folder, or DATABASE_URL its database.',
      where: config.file,
    });
  }
  // Refuses the database of another version, which opening it to write would change.
  await (await openReadOnly(config)).close();
  return openDatabase(config);
}
