import type { Reading, ReadingStore } from '@caretaker/readings';
import { silentLog, systemClock } from '@caretaker/readings/base';
import { patient } from '@caretaker/readings/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Journal } from '../journal/index.ts';
import { append, openJournal, scratch } from '../journal/testing.ts';
import { History, historyConsumer } from './history.ts';

let directory: string;
let remove: () => Promise<void>;
let journal: Journal;
let history: History;
let asked: { topic: string; payload: Uint8Array; settle(error: Error | null): void }[];

beforeEach(async () => {
  ({ directory, remove } = await scratch());
  journal = await openJournal(directory, { consumers: [historyConsumer] });
});
afterEach(async () => {
  for (const { settle } of asked) settle(null);
  await history.stop();
  await journal.close();
  await remove();
});

const reading = (at: number, value: Reading['value']): Reading => ({
  point: 'pool/ph',
  at,
  received: 1_000,
  value,
  stamped: true,
  history: false,
});

it('sets aside exactly what the store refuses, and goes on only when that is in quarantine', async () => {
  const kept: Reading[] = [];
  // Only what a copy of the journal uses; the real stores are under the contract suite.
  const store = {
    start: async () => {},
    stop: async () => {},
    expire: async () => {},
    async write(readings: readonly Reading[]) {
      const bad = readings.filter(({ value }) => typeof value !== 'number');
      kept.push(...readings.filter(({ value }) => typeof value === 'number'));
      const refused = bad.map((one) => ({
        reading: one,
        code: 'READINGS_STORE_TYPE',
        message: 'no',
      }));
      return { written: readings.length - bad.length, duplicates: 0, conflicts: [], refused };
    },
  } as Partial<ReadingStore> as ReadingStore;
  asked = [];
  history = new History({
    estate: 'yard',
    journal,
    store,
    quarantine: {
      add: ({ topic, payload }, settle) => void asked.push({ topic, payload, settle }),
    },
    clock: systemClock,
    log: silentLog,
  });
  history.start();
  await append(journal, [reading(1, 7), reading(2, 'seven'), reading(3, 7.2)]);
  await vi.waitFor(() => expect(asked).toHaveLength(1), patient);
  expect(JSON.parse(Buffer.from(asked[0]?.payload ?? []).toString())).toEqual({
    ...reading(2, 'seven'),
    point: 'yard/pool/ph',
  });
  expect(journal.position(historyConsumer)).toBe(0);
  // A quarantine that cannot be written to holds the position, and is asked again.
  asked[0]?.settle(new Error('disk full'));
  await vi.waitFor(() => expect(asked).toHaveLength(2), patient);
  expect(journal.position(historyConsumer)).toBe(0);
  asked[1]?.settle(null);
  await vi.waitFor(() => expect(journal.position(historyConsumer)).toBe(3), patient);
  expect(new Set(kept.map(({ at }) => at))).toEqual(new Set([1, 3]));
});
