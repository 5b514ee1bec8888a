import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Head } from './chain.ts';
import { genesis, sum } from './encoding.ts';

/** What was the last row at a time. */
export interface NotedHead extends Head {
  readonly at: number;
}

export interface HeadsRead {
  /** Lines that are what was written. */
  readonly heads: readonly NotedHead[];
  /** Numbers of lines that are not, from 1 on. */
  readonly damaged: readonly number[];
  /** The last line has no end: the machine stopped while it was written, or the file was cut. */
  readonly torn: boolean;
}

const form =
  /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z) (\d{1,15}) ([0-9a-f]{64}) ([0-9a-f]{64})$/;

/** Binds a line to the one before it. */
function checkOf(before: string, date: string, number: string, hash: string): string {
  return sum(['caretaker-audit-head/1', before, date, number, hash]);
}

/** @returns null when there is no such file */
export async function readHeads(file: string): Promise<HeadsRead | null> {
  const text = await textOf(file);
  if (text === null) return null;
  const lines = text.split('\n');
  const torn = lines.pop() !== '';
  const heads: NotedHead[] = [];
  const damaged: number[] = [];
  /** Checks that the next line may go on from; any after a line that cannot be read. */
  let before: readonly string[] | null = [genesis];
  for (const [k, line] of lines.entries()) {
    const parts = form.exec(line);
    if (parts === null) {
      damaged.push(k + 1);
      before = null;
      continue;
    }
    const [, date = '', number = '', hash = '', check = ''] = parts;
    const good: string[] = (before ?? []).map((one) => checkOf(one, date, number, hash));
    if (before === null || good.includes(check)) {
      heads.push({ at: Date.parse(date), number: Number(number), hash });
    } else {
      damaged.push(k + 1);
    }
    // Were only its check changed, the next line would go on from what it was.
    before = [check, ...good];
  }
  return { heads, damaged, torn };
}

/** One character a byte, so that lengths are lengths in the file. */
async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Appends a line, on disk when this returns. What a crash left of a line is taken away first.
 * @param at UTC epoch milliseconds
 */
export async function noteHead(file: string, head: Head, at: number): Promise<void> {
  const text = (await textOf(file)) ?? '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const before = form.exec(whole.trimEnd().split('\n').at(-1) ?? '')?.[4] ?? genesis;
  const date = new Date(at).toISOString();
  const number = String(head.number);
  const handle = await open(file, 'a', 0o600);
  try {
    if (whole.length < text.length) await handle.truncate(whole.length);
    await handle.write(
      `${date} ${number} ${head.hash} ${checkOf(before, date, number, head.hash)}\n`,
    );
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (text === '') await syncFolder(dirname(file));
}

/** A new file is only there after a power cut if its folder is on disk too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
