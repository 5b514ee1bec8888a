import { DatabaseSync } from 'node:sqlite';
import { CaretakerError } from '../base/index.ts';
import { isBusy } from './faults.ts';

/**
 * Takes the one right to write to `file`, by an exclusive transaction on a database beside it that is held
 * open: the operating system gives it back when the process ends, however it ends. The readings file itself
 * cannot carry the lock, or its own readers would be shut out.
 * @returns a function that gives it back.
 * @throws CaretakerError `READINGS_STORE_LOCKED` while another process or another store has it.
 */
export function lock(file: string): () => void {
  const database = new DatabaseSync(`${file}.lock`);
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if (!isBusy(cause)) throw cause;
    throw new CaretakerError(
      {
        code: 'READINGS_STORE_LOCKED',
        message: 'Another process is writing to the readings file',
        next: 'Stop it first, or give this one another data folder.',
        where: file,
      },
      { cause },
    );
  }
  return () => database.close();
}
