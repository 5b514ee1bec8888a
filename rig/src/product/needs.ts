import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe } from 'vitest';
import { root } from '../checks/run.ts';
import { findBinary } from '../servers/binary.ts';

/** Folder of the real recorded data. */
export const sampleData = resolve(root, process.env.CARETAKER_SAMPLE_DATA ?? '../shared/data');

/** What a suite needs of the machine. */
interface Needs {
  readonly binaries?: readonly string[];
  /** Files below the sample data folder. */
  readonly data?: readonly string[];
}

function missingOf({ binaries = [], data = [] }: Needs): string[] {
  return [
    ...binaries.filter((name) => findBinary(name) === null).map((name) => `no ${name}`),
    ...data.filter((file) => !existsSync(join(sampleData, file))).map((file) => `no ${file}`),
  ];
}

/** `describe` that skips with its reason in the name where the machine lacks what the suite needs. */
export function describeWith(needs: Needs, name: string, suite: () => void): void {
  const missing = missingOf(needs);
  if (missing.length === 0) describe(name, suite);
  else describe.skipIf(true)(`${name} [skipped: ${missing.join(', ')}]`, suite);
}
