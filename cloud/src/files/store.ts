import type { Readable } from 'node:stream';
import { CaretakerError } from '@caretaker/readings/base';

/** Where the content of files lies, each under the SHA-256 of what it holds. */
export interface FileStore {
  /** Keeps content; the same again changes nothing. It stays, come what may, once this is done. */
  put(hash: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** @returns null for content that is not here */
  open(hash: string): Promise<{ readonly bytes: number; readonly stream: Readable } | null>;
  /** Harmless for content that is not here. */
  remove(hash: string): Promise<void>;
  /** All that is here, with when it came by the clock of whoever keeps it. */
  list(): AsyncIterable<{ readonly hash: string; readonly at: number }>;
}

/** `ab/abcdef…`: folders stay small, and nothing of it was said by a person. */
export const placeOf = (hash: string): string => `${hash.slice(0, 2)}/${hash}`;

const place = /^([0-9a-f]{2})\/(\1[0-9a-f]{62})$/;

/** @returns null for what is no place of content */
export const hashAt = (where: string): string | null => place.exec(where)?.[2] ?? null;

/** @param cause what whoever keeps the files says */
export function storeUnavailable(cause: unknown): CaretakerError {
  const told = cause instanceof Error ? cause.message : String(cause);
  return new CaretakerError(
    {
      code: 'CLOUD_FILE_STORE_UNAVAILABLE',
      message: `The store of photos and files does not work: ${told}`,
      next: 'Try again in a while; an administrator sees to the space and the rights of the data folder, or to the settings of the object storage.',
    },
    { cause },
  );
}
