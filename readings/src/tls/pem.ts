import { readFileSync } from 'node:fs';
import type { Fault } from '@caretaker/readings/base';

/** Reads a file that a setting names; empty with a fault when it cannot. */
export function readPem(file: string, faults: Fault[]): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    faults.push({
      code: 'READINGS_TLS_FILE_UNREADABLE',
      where: file,
      message: `the file cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`,
      next: 'check the path and its rights',
    });
    return '';
  }
}
