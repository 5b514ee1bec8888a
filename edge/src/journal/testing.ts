import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Reading } from '@caretaker/readings';
import { systemClock } from '@caretaker/readings/base';
import { Journal, type JournalOptions } from './journal.ts';

/** A folder of its own for one test; in memory where there is such a place, for thousands of syncs. */
export async function scratch(): Promise<{ directory: string; remove: () => Promise<void> }> {
  const parent = existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();
  const directory = await mkdtemp(path.join(parent, 'caretaker-journal-'));
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

export function openJournal(
  directory: string,
  options: Partial<JournalOptions> = {},
): Promise<Journal> {
  return Journal.open({
    directory,
    consumers: ['uplink'],
    clock: systemClock,
    segmentBytes: 8 * 1024 * 1024,
    maxBytes: 1024 * 1024 * 1024,
    maxDays: 30,
    minFreeBytes: 0,
    ...options,
  });
}

/** A reading that is recognised by its number wherever it turns up. */
export function numbered(n: number, received = 1_000_000): Reading {
  return {
    point: `asset-${n % 7}/metric`,
    at: n,
    received,
    value: n % 3 === 0 ? `word-${n}` : n % 3 === 1 ? n * 1.5 : n % 2 === 0,
    stamped: n % 5 !== 0,
    history: n % 4 === 0,
  };
}

export function append(journal: Journal, readings: readonly Reading[]): Promise<void> {
  return new Promise((resolve, reject) => {
    journal.append(readings, (error) => (error === null ? resolve() : reject(error)));
  });
}

/** Everything from sequence `from` on. */
export async function readAll(journal: Journal, from: number, limit = 1_000): Promise<Reading[]> {
  const reader = journal.reader();
  const all: Reading[] = [];
  for (let next = from; ; ) {
    const some = await reader.read(next, limit);
    if (some.next === next) break;
    all.push(...some.readings);
    next = some.next;
  }
  await reader.close();
  return all;
}
