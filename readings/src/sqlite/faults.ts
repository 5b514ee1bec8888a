import { CaretakerError, type Fault } from '../base/index.ts';

/** Primary result codes of SQLite (https://sqlite.org/rescode.html); extended ones carry them in 8 bits. */
const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;

/** What SQLite or the file system said, as a fault of ours. */
export function faultOf(error: unknown, file: string): Fault {
  if (error instanceof CaretakerError) {
    const { code, message, next, where } = error;
    return {
      code,
      message,
      ...(next === undefined ? {} : { next }),
      ...(where === undefined ? {} : { where }),
    };
  }
  const { errcode, message } = error as { errcode?: number; message: string };
  const primary = errcode === undefined ? null : errcode & 0xff;
  if (primary === SQLITE_CORRUPT || primary === SQLITE_NOTADB) {
    return {
      code: 'READINGS_STORE_DAMAGED',
      message: `The readings file is damaged or not a database: ${message}`,
      next: 'Move it away and restore it from a backup, or let a new one be created.',
      where: file,
    };
  }
  return {
    code: 'READINGS_STORE_UNAVAILABLE',
    message: `The readings file cannot be used: ${message}`,
    next:
      primary === SQLITE_FULL
        ? 'Free space on its disk; writing goes on by itself.'
        : 'Check that the folder exists, is writable and its disk is healthy.',
    where: file,
  };
}

export function isBusy(error: unknown): boolean {
  const { errcode } = error as { errcode?: number };
  return errcode !== undefined && (errcode & 0xff) === SQLITE_BUSY;
}
