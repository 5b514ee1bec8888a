import { join } from 'node:path';
import type { Clock, Log } from '@caretaker/readings/base';
import type { CloudConfig } from '../config.ts';
import type { Database } from '../db/database.ts';
import type { Directory } from '../estates/directory.ts';
import type { Audit } from '../identity/deed.ts';
import { FileDesk } from './desk.ts';
import { DiskStore } from './disk-store.ts';
import { S3Store } from './s3-store.ts';

interface Surroundings {
  readonly database: Database;
  readonly directory: Pick<Directory, 'timeOf'>;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
}

/** @returns where photos and files are taken in, at work already */
export async function openFiles(
  { folder, files }: CloudConfig,
  around: Surroundings,
): Promise<FileDesk> {
  const home = join(folder, 'files');
  const drafts = join(home, 'drafts');
  const store = files === null ? new DiskStore(home, drafts) : new S3Store(files);
  const { database, audit, clock, log } = around;
  const { timeOf } = around.directory;
  const desk = new FileDesk({ database, audit, store, drafts, clock, log, timeOf });
  await desk.start();
  return desk;
}
