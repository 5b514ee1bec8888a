import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

function postgresFolders(): string[] {
  const root = '/usr/lib/postgresql';
  try {
    const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(root, version, 'bin'));
  } catch {
    return [];
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Finds a program on PATH and in the folders that Debian keeps off it (servers in `/usr/sbin`, PostgreSQL
 * in a folder per version).
 * @returns its absolute path, or null.
 */
export function findBinary(name: string): string | null {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const folders = [...path, '/usr/sbin', '/usr/local/sbin', ...postgresFolders()];
  for (const folder of folders) {
    const file = join(folder, name);
    if (isExecutable(file)) return file;
  }
  return null;
}
