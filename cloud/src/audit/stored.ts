import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CaretakerError } from '@caretaker/readings/base';
import type { CloudConfig } from '../config.ts';
import type { Database } from '../db/database.ts';
import { openReadOnly } from '../db/read-only.ts';
import { type ExportFormat, exportAudit } from './export.ts';
import type { Period } from './rows.ts';
import { type AuditProof, type VerifyOptions, verifyAudit } from './verify.ts';

type Where = Pick<CloudConfig, 'database' | 'folder'>;

/** The file in which the cloud of this data folder notes the last row of its audit log. */
export function headsFileOf({ folder }: Pick<CloudConfig, 'folder'>): string {
  return join(folder, 'audit-heads.log');
}

/**
 * Goes through the audit log of a cloud, whether it runs or not, and changes nothing there.
 * @throws CaretakerError `CLOUD_AUDIT_NONE`, `CLOUD_DATABASE_UNAVAILABLE`, `CLOUD_DATABASE_OLDER`,
 *   `CLOUD_DATABASE_NEWER`
 */
export async function verifyStoredAudit(where: Where, options: VerifyOptions): Promise<AuditProof> {
  const database = await open(where);
  try {
    return await verifyAudit(database.read, options);
  } finally {
    await database.close();
  }
}

/**
 * The audit log of a cloud as text, whether it runs or not. Nothing is changed there.
 * @throws CaretakerError as `verifyStoredAudit`
 */
export async function* exportStoredAudit(
  where: Where,
  format: ExportFormat,
  period: Period,
): AsyncGenerator<string> {
  const database = await open(where);
  try {
    yield* exportAudit(database.read, format, period);
  } finally {
    await database.close();
  }
}

async function open({ database }: Where): Promise<Database> {
  if (database.engine === 'sqlite' && !existsSync(database.file)) {
    throw new CaretakerError({
      code: 'CLOUD_AUDIT_NONE',
      message: 'There is no audit log here.',
      next: 'Let CARETAKER_DATA name the data folder of the cloud, or DATABASE_URL its database.',
      where: database.file,
    });
  }
  return await openReadOnly(database);
}
