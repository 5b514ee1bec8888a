import { readFile, rename } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Log } from '@caretaker/readings/base';
import type { z } from 'zod';
import { isMissing, writeAtomically } from './journal/files.ts';

/**
 * Reads what `writeChecked` wrote. A file that is damaged is put aside, with a word in the log.
 * @returns null when there is no such file, or none that is whole
 */
export async function readChecked<S extends z.ZodType>(
  file: string,
  schema: S,
  log: Log,
): Promise<z.output<S> | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  const [line = '', sum] = text.split('\n');
  const read = sum === checksum(line) ? schema.safeParse(JSON.parse(line)) : null;
  if (read?.success) return read.data;
  log.error({ file }, 'the file is damaged and was put aside');
  await rename(file, `${file}.damaged`);
  return null;
}

/** Replaces a file by a line of JSON and its checksum. */
export async function writeChecked(file: string, content: unknown): Promise<void> {
  const line = JSON.stringify(content);
  await writeAtomically(file, `${line}\n${checksum(line)}\n`);
}

function checksum(line: string): string {
  return crc32(line).toString(16).padStart(8, '0');
}
