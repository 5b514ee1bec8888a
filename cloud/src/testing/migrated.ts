import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type DatabaseConfig, openDatabase } from '../db/database.ts';

let template: Promise<string> | null = null;

async function makeTemplate(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'caretaker-template-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'cloud.db');
  const database = await openDatabase({ engine: 'sqlite', file });
  await database.close();
  return file;
}

/** Puts a file with all tables and no rows where none is yet: copying it takes a tenth of making another. */
export async function migratedFile(config: DatabaseConfig): Promise<void> {
  if (config.engine !== 'sqlite' || existsSync(config.file)) return;
  template ??= makeTemplate();
  await mkdir(dirname(config.file), { recursive: true });
  await copyFile(await template, config.file);
}
