import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Source } from './source.ts';

/** A file of a catalogue as it is on disk. */
export interface CatalogueFile {
  readonly name: string;
  readonly text: string;
}

/** The folder for what can be made again at any time; removing it costs a second start, nothing else. */
const keptFolder = path.join(import.meta.dirname, '../../node_modules/.cache/catalogue');

/** It names the version of the parser, which is pinned. */
const packageFile = path.join(import.meta.dirname, '../../package.json');

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');

function keyOf(files: readonly CatalogueFile[]): string {
  return digestOf(JSON.stringify([readFileSync(packageFile, 'utf8'), files]));
}

/**
 * What the YAML of these files holds, if it was kept when they were parsed before. Parsing is a third of what a
 * start costs. It is checked like anything that was parsed, and whatever is not whole or belongs to other texts is
 * as good as none.
 */
export function readKept(
  files: readonly CatalogueFile[],
  folder: string = keptFolder,
): readonly unknown[] | null {
  try {
    const [head = '', ...rest] = readFileSync(path.join(folder, 'parsed'), 'utf8').split('\n');
    const body = rest.join('\n');
    if (head !== `${keyOf(files)} ${digestOf(body)}`) return null;
    const contents: unknown = JSON.parse(body);
    return Array.isArray(contents) ? contents : null;
  } catch {
    return null;
  }
}

/** Keeps what files hold; a folder that cannot be written costs the time of parsing only. */
export function keep(
  files: readonly CatalogueFile[],
  sources: readonly Source[],
  folder: string = keptFolder,
): void {
  if (sources.some(({ faults }) => faults.length > 0)) return;
  const contents = sources.map(({ content }) => content);
  const body = JSON.stringify(contents);
  // Not everything that YAML can say goes through JSON.
  if (!isDeepStrictEqual(JSON.parse(body), contents)) return;
  const own = path.join(folder, `parsed.${process.pid}.${crypto.randomUUID()}`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(own, `${keyOf(files)} ${digestOf(body)}\n${body}`);
    // At once, for whoever reads it at the same time.
    renameSync(own, path.join(folder, 'parsed'));
  } catch {
    discard(own);
  }
}

function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // There is no folder that it could lie in.
  }
}
