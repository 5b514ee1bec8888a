import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { CaretakerError } from '@caretaker/readings/base';
import { isMissing, syncDirectory } from '../journal/files.ts';

const OWNER_ONLY = 0o600;

/**
 * Reads a file that only its owner may read.
 * @returns null when there is no such file
 * @throws CaretakerError `EDGE_FILE_NOT_PRIVATE`
 */
export async function readPrivate(file: string): Promise<string | null> {
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) === 0) return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  throw new CaretakerError({
    code: 'EDGE_FILE_NOT_PRIVATE',
    message: `Others than its owner may read or change ${file}.`,
    next: `Think whether somebody has read it; then chmod 600 ${file}`,
    where: file,
  });
}

/** Replaces a file so that it is never there half, nor readable to others for a moment. */
export async function writePrivate(file: string, content: string): Promise<void> {
  const draft = `${file}.tmp`;
  await rm(draft, { force: true });
  const handle = await open(draft, 'wx', OWNER_ONLY);
  try {
    await handle.writeFile(content).then(() => handle.sync());
  } catch (error) {
    // Half of it is of use to nobody, least of all on a disk that is full.
    await rm(draft, { force: true }).catch(() => {});
    throw error;
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  await syncDirectory(path.dirname(file));
}
