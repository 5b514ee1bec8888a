import { existsSync } from 'node:fs';
import { CaretakerError } from '@caretaker/readings/base';
import type { Standard } from '@caretaker/standards';
import type { CloudConfig } from '../config.ts';
import { openReadOnly } from '../db/read-only.ts';
import { StandardVersions } from './versions.ts';

/**
 * A version of the standard that a cloud keeps, whether it runs or not. Nothing is changed there.
 * @param reference the number or name of a version
 * @throws CaretakerError `CLOUD_VERSION_UNKNOWN`, `CLOUD_DATABASE_UNAVAILABLE`, `CLOUD_DATABASE_OLDER`,
 *   `CLOUD_DATABASE_NEWER`
 */
export async function storedStandard(
  { database: where }: Pick<CloudConfig, 'database'>,
  reference: string,
): Promise<Standard> {
  if (where.engine === 'sqlite' && !existsSync(where.file)) {
    throw new CaretakerError({
      code: 'CLOUD_VERSION_UNKNOWN',
      message: `There is no version ${reference}: no cloud has kept anything here.`,
      next: 'Let CARETAKER_DATA name the data folder of the cloud.',
      where: where.file,
    });
  }
  const database = await openReadOnly(where);
  try {
    return (await StandardVersions.open(database)).find(reference).standard;
  } finally {
    await database.close();
  }
}
