import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { tooLarge } from './inspect.ts';
import { headBytes, typeOf } from './sniff.ts';
import { type FileType, mostBytes, mostBytesOfAny, refuseFile } from './types.ts';

export interface Incoming {
  readonly source: Readable;
  /** As its sender says; null when they do not say. */
  readonly length: number | null;
  /** Type as its sender says; null when they leave it open. */
  readonly declared: string | null;
}

/**
 * Writes what arrives into a new file, as long as it may be one that is taken: its first bytes are looked at before
 * anything is written. The source is left as it is when it is refused, so that its sender can be answered.
 * @returns its type
 * @throws CaretakerError `CLOUD_FILE_TOO_LARGE`, `CLOUD_FILE_TYPE`, `CLOUD_FILE_EMPTY`, `CLOUD_FILE_CONTRADICTS`
 */
export async function receive(incoming: Incoming, file: string): Promise<FileType> {
  checkLength(incoming.length, mostBytesOfAny);
  const chunks: AsyncIterator<Buffer> = incoming.source.iterator({ destroyOnReturn: false });
  try {
    const head = await headOf(chunks);
    const type = typeOf(head);
    checkDeclared(incoming.declared, type);
    checkLength(incoming.length, mostBytes[type]);
    await writeAll(head, chunks, file, mostBytes[type]);
    return type;
  } finally {
    await chunks.return?.();
  }
}

async function writeAll(
  head: Buffer,
  chunks: AsyncIterator<Buffer>,
  file: string,
  most: number,
): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    let total = 0;
    for (let next: Buffer | null = head; next !== null; next = await nextOf(chunks)) {
      total += next.length;
      checkLength(total, most);
      await handle.write(next);
    }
  } finally {
    await handle.close();
  }
}

async function nextOf(chunks: AsyncIterator<Buffer>): Promise<Buffer | null> {
  const { done, value } = await chunks.next();
  return done === true ? null : value;
}

async function headOf(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  while (length < headBytes) {
    const next = await nextOf(chunks);
    if (next === null) break;
    parts.push(next);
    length += next.length;
  }
  return Buffer.concat(parts);
}

function checkLength(length: number | null, most: number): void {
  if (length !== null && length > most) throw tooLarge(most);
}

function checkDeclared(declared: string | null, type: FileType): void {
  if (declared === null || declared === type) return;
  throw refuseFile(
    'CLOUD_FILE_CONTRADICTS',
    `The file is sent as ${declared.slice(0, 60)}, and is ${type}.`,
    'Send it as application/octet-stream, or as what it is.',
  );
}
