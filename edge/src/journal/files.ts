import { open, readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** True for the error of a file or folder that is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Makes names created, renamed or removed in a folder survive a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Replaces a file so that after any crash either the old or the new content is there, whole. */
export async function writeAtomically(file: string, content: string | Uint8Array): Promise<void> {
  const draft = `${file}.tmp`;
  await writeFile(draft, content, { flush: true });
  await rename(draft, file);
  await syncDirectory(path.dirname(file));
}

/** The names in a folder; none when there is no such folder. */
export async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
