import { cpSync } from 'node:fs';
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Reading } from '@caretaker/readings';
import { sequencesOf } from '@caretaker/readings/frame';
import { type ManualClock, manualClock, patient } from '@caretaker/readings/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Journal, JournalOptions } from './journal.ts';
import { SegmentReader } from './reader.ts';
import { survey } from './survey.ts';
import { append, openJournal, scratch } from './testing.ts';
import { removedBy, type Tombstone } from './tombstone.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = 1_800_000_000_000 - (1_800_000_000_000 % (24 * HOUR));
const small = { segmentBytes: 4_000, maxBytes: 180_000 };

let root: string;
let remove: () => Promise<void>;
let clock: ManualClock;

beforeEach(async () => {
  ({ directory: root, remove } = await scratch());
  clock = manualClock(START);
});
afterEach(() => remove());

const live = () => path.join(root, 'live');

function open(options: Partial<JournalOptions> = {}, directory = live()): Promise<Journal> {
  return openJournal(directory, { clock, ...small, ...options });
}

/** Reading n of one that comes every minute: a temperature, the state of a gate, an alarm. */
function nth(n: number): Reading {
  const received = START + Math.floor(n / 3) * MINUTE;
  const values = [
    Math.round(Math.sin(n) * 1_000) / 10,
    n % 300 < 150 ? 'open' : 'shut',
    n % 50 < 3,
  ];
  const points = ['hall/temp_c', 'gate/mode', 'bin/fire'];
  const value = values[n % 3] ?? 0;
  return {
    point: points[n % 3] ?? '',
    at: received,
    received,
    value,
    stamped: true,
    history: false,
  };
}

/** Appends readings [from, to), each at its time. Sequence s holds reading s − 1. */
async function fill(
  journal: Journal,
  from: number,
  to: number,
  some = (_n: number) => true,
): Promise<void> {
  for (let n = from; n < to; n += 1) {
    if (!some(n)) continue;
    const { received } = nth(n);
    if (received > clock.now()) clock.advance(received - clock.now());
    try {
      await append(journal, [nth(n)]);
    } catch {
      // A device sends again what was not acknowledged.
      await journal.makeRoom();
      await append(journal, [nth(n)]);
    }
  }
}

interface Held {
  readonly readings: ReadonlyMap<number, Reading>;
  readonly removed: number;
  readonly next: number;
}

/** Everything from a sequence on, by sequence; every stretch must begin where the last one ended. */
async function held(journal: Journal, from = 1, limit = 7): Promise<Held> {
  const reader = journal.reader();
  const readings = new Map<number, Reading>();
  let removed = 0;
  let next = from;
  for (;;) {
    const first = next;
    const some = await reader.read(first, limit);
    if (some.next === first) break;
    const sequences = sequencesOf({ ...some, first });
    for (const [i, reading] of some.readings.entries()) readings.set(sequences[i] ?? 0, reading);
    for (const gap of some.gaps) removed += gap.removed;
    next = some.next;
  }
  await reader.close();
  return { readings, removed, next };
}

function untrue({ readings }: Held): number[] {
  return [...readings]
    .filter(([sequence, one]) => JSON.stringify(one) !== JSON.stringify(nth(sequence - 1)))
    .map(([sequence]) => sequence);
}

const settled = async (journal: Journal) => {
  await journal.makeRoom();
  expect(journal.bytes).toBeLessThan(small.maxBytes * 0.9);
};

const total = (all: readonly Tombstone[]) => all.reduce((sum, one) => sum + removedBy(one), 0);

describe('a journal that is nearly full', () => {
  it('keeps extremes and changes, says to the reading what it removed, and goes on', async () => {
    const journal = await open({ kindOf: (point) => point.split('/')[0] ?? '' });
    const count = 6_000;
    await fill(journal, 0, count);
    await settled(journal);
    const all = await held(journal);
    expect(untrue(all)).toEqual([]);
    expect(all.next).toBe(count + 1);
    expect(all.readings.size + all.removed).toBe(count);
    expect(total(journal.tombstones)).toBe(all.removed);
    expect(all.removed).toBeGreaterThan(2_000);
    const kept = [...all.readings.values()];
    const values = (some: readonly Reading[], point: string) =>
      some.filter((one) => one.point === point).map(({ value }) => value);
    const original = Array.from({ length: count }, (_, n) => nth(n));
    // Flags are alarms: none of them went while anything else could.
    expect(values(kept, 'bin/fire')).toEqual(values(original, 'bin/fire'));
    expect(journal.tombstones.flatMap(({ removed }) => Object.keys(removed))).not.toContain('bin');
    const turns = (some: readonly Reading[]) =>
      values(some, 'gate/mode').filter((value, i, list) => value !== list[i - 1]);
    expect(turns(kept)).toEqual(turns(original));
    const extremes = (some: readonly Reading[]) => {
      const days = Map.groupBy(
        some.filter(({ point }) => point === 'hall/temp_c'),
        ({ at }) => Math.floor(at / (24 * HOUR)),
      );
      return [...days.values()].map((day) => {
        const numbers = day.map(({ value }) => value as number);
        return [day[0]?.at, day.at(-1)?.at, Math.min(...numbers), Math.max(...numbers)];
      });
    };
    expect(extremes(kept)).toEqual(extremes(original));
    // The newest hour is whole.
    const hour = original.filter(({ received }) => received > clock.now() - HOUR);
    expect(kept.slice(-hour.length)).toEqual(hour);
    await journal.close();
    const again = await open();
    expect([again.id, again.newest, again.losses]).toEqual([journal.id, count, []]);
    expect(again.tombstones).toEqual(journal.tombstones);
    expect(await held(again)).toEqual(all);
    expect(again.heldAfter(0)).toBe(all.readings.size);
    await again.close();
  });

  it('thins all it has by one step before any of it by the next', async () => {
    const stages = new Set<number>();
    const options = { maxBytes: 120_000, onThinned: (one: Tombstone) => stages.add(one.stage) };
    const journal = await open(options);
    const noAlarm = (n: number) => n % 3 !== 2;
    await fill(journal, 0, 4_200, noAlarm);
    await journal.makeRoom();
    expect(stages).toEqual(new Set([1]));
    await fill(journal, 4_200, 12_000, noAlarm);
    await journal.makeRoom();
    expect(stages).toEqual(new Set([1, 2]));
    await journal.close();
  });

  it('refuses only what comes when nothing more can go', async () => {
    const journal = await open();
    // All of one hour, which nothing may touch.
    const flood = async () => {
      for (let n = 0; ; n += 1) await append(journal, [{ ...nth(0), at: START + n }]);
    };
    await expect(flood()).rejects.toMatchObject({ code: 'EDGE_JOURNAL_FULL' });
    expect(journal.tombstones).toEqual([]);
    const before = journal.newest;
    clock.advance(2 * HOUR);
    await settled(journal);
    await append(journal, [nth(3)]);
    expect(journal.newest).toBe(before + 1);
    await journal.close();
  });

  it('thins for a full disk, too, and says so', async () => {
    const journal = await open({ maxBytes: 1e9, minFreeBytes: 1e18 });
    await fill(journal, 0, 3_000);
    clock.advance(2 * HOUR);
    await journal.makeRoom();
    expect(journal.tombstones[0]?.reason).toBe('disk');
    await journal.close();
  });

  it('gives a reader that is under way the right readings', async () => {
    const journal = await open();
    await fill(journal, 0, 1_200);
    const reading = (async () => {
      for (let i = 0; i < 20; i += 1) expect(untrue(await held(journal, 1 + i, 3))).toEqual([]);
    })();
    await fill(journal, 1_200, 5_000);
    await reading;
    await settled(journal);
    expect(untrue(await held(journal))).toEqual([]);
    await journal.close();
  });

  it('lets consumers finish inside a hole, and forgets what all have finished with', async () => {
    const journal = await open();
    await fill(journal, 0, 5_000);
    await settled(journal);
    const { readings } = await held(journal);
    const hole = Array.from({ length: 900 }, (_, i) => 300 + i).find((s) => !readings.has(s)) ?? 0;
    journal.finish('uplink', journal.id, hole);
    clock.advance(1_000);
    const rest = [...readings.keys()].filter((sequence) => sequence > hole);
    expect([...(await held(journal, hole + 1)).readings.keys()]).toEqual(rest);
    await vi.waitFor(() => expect(journal.oldest).toBeGreaterThan(1), patient);
    await journal.renew('a test');
    const copied = await held(journal);
    expect([...copied.readings.values()]).toEqual(rest.map((s) => nth(s - 1)));
    expect(copied.removed).toBe(0);
    expect(journal.tombstones.length).toBeGreaterThan(0);
    await journal.close();
  });
});

it('reads a segment by its own file when another takes its place in that moment', async () => {
  const journal = await open({ maxBytes: 1e9 });
  await fill(journal, 0, 5_000);
  await journal.close();
  const segments = async () => [...(await survey(live(), null, 'f'.repeat(32))).segments];
  const [old] = await segments();
  const again = await open();
  await again.makeRoom();
  await again.close();
  const [now] = await segments();
  expect([old?.stage, now?.stage, now?.file]).toEqual([0, 1, old?.file]);
  let looked = 0;
  const reader = new SegmentReader(() => {
    looked += 1;
    return looked === 1 ? [old!] : [now!];
  });
  // The old list, then the new file.
  const { readings, gaps, next } = await reader.read(1, 1_000);
  expect(next).toBe(now!.next);
  expect(gaps.length).toBeGreaterThan(0);
  const sequences = sequencesOf({ first: 1, readings, gaps });
  expect(readings).toEqual(sequences.map((sequence) => nth(sequence - 1)));
  await reader.close();
});

describe('age', () => {
  it('thins to days what is older, but not for a clock that is ahead for a while', async () => {
    const journal = await open({ maxBytes: 1e9, maxDays: 2 });
    await fill(journal, 0, 3_000);
    const pass = async (minutes: number) => {
      for (let left = minutes; left > 0; left -= 5) {
        clock.advance(5 * MINUTE);
        await journal.makeRoom();
        await journal.makeRoom();
      }
    };
    // A year ahead, for half an hour.
    clock.step(clock.now() + 365 * 24 * HOUR);
    await pass(30);
    clock.step(START + 1_030 * MINUTE);
    await pass(90);
    expect(journal.tombstones).toEqual([]);
    clock.step(clock.now() + 3 * 24 * HOUR);
    await pass(30);
    expect(journal.tombstones).toEqual([]);
    await pass(60);
    expect(journal.tombstones).toMatchObject([{ reason: 'age', stage: 3, from: 1 }]);
    expect(untrue(await held(journal))).toEqual([]);
    await journal.close();
  });
});

async function filesOf(directory: string): Promise<string[]> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort();
}

describe('a crash', () => {
  it('after any step leaves every reading that is to stay, and the count of the others', async () => {
    const copies: string[] = [];
    const journal = await open({
      onThinned: () => {
        // The segment has its new place; the state does not tell of it yet.
        const copy = path.join(root, `crash-${copies.length}`);
        cpSync(live(), copy, { recursive: true });
        copies.push(copy);
      },
    });
    await fill(journal, 0, 5_000);
    await settled(journal);
    await journal.close();
    expect(copies.length).toBeGreaterThan(3);
    for (const copy of copies) {
      // Another one was being written.
      const [segment] = (await filesOf(copy)).filter((name) => name.endsWith('.seg'));
      await writeFile(path.join(copy, `${segment}.draft`), 'half a segm');
      const again = await open({}, copy);
      expect([again.id, again.losses]).toEqual([journal.id, []]);
      const all = await held(again);
      expect(untrue(all)).toEqual([]);
      expect(total(again.tombstones)).toBe(all.removed);
      await again.close();
      expect((await filesOf(copy)).filter((name) => name.endsWith('.draft'))).toEqual([]);
      await rm(copy, { recursive: true });
    }
  });
});

/** A small journal of which some was thinned, closed in good order, and what is in it. */
async function thinned(): Promise<{ id: string; before: Held; files: string[] }> {
  const options = { segmentBytes: 3_000, maxBytes: 18_000 };
  const journal = await open(options);
  await fill(journal, 0, 390);
  clock.advance(2 * HOUR);
  await journal.makeRoom();
  expect(journal.tombstones).toHaveLength(1);
  const before = await held(journal);
  await journal.close();
  const files = (await filesOf(live())).filter((name) => name.endsWith('.seg'));
  return { id: journal.id, before, files };
}

/** Opens what is left after damage: no reading is wrong, and none is missing that no loss speaks of. */
async function check(
  directory: string,
  id: string,
  before: Held,
): Promise<'lost' | 'renewed' | 'whole'> {
  const journal = await openJournal(directory, { clock, maxDays: 10_000 });
  const after = await held(journal);
  const there = new Set([...after.readings.values()].map((one) => JSON.stringify(one)));
  const known = new Set([...before.readings.values()].map((one) => JSON.stringify(one)));
  expect([...there].filter((one) => !known.has(one))).toEqual([]);
  const lost = [...before.readings].filter(([, one]) => !there.has(JSON.stringify(one)));
  for (const [sequence] of lost) {
    const told = journal.losses.some(
      ({ from, to }) => from === null || (from <= sequence && sequence <= (to ?? 0)),
    );
    expect(told, `loss of ${sequence} is recorded`).toBe(true);
  }
  const renewed = journal.id !== id;
  if (!renewed) expect(after).toEqual(before);
  await journal.close();
  return lost.length > 0 ? 'lost' : renewed ? 'renewed' : 'whole';
}

describe('damage to a thinned segment', () => {
  it('is found wherever a byte is flipped, footer and tombstone included', async () => {
    const { id, before, files } = await thinned();
    expect(before.removed).toBeGreaterThan(20);
    const outcome = { lost: 0, renewed: 0, whole: 0 };
    const [first] = files;
    const file = path.join(live(), first ?? '');
    const original = await readFile(file);
    // Every place of the head and of the footer, and every third between.
    for (let at = 0; at < original.length; at += at < 50 || at > original.length - 400 ? 1 : 3) {
      const copy = path.join(root, 'flipped');
      cpSync(live(), copy, { recursive: true });
      const bytes = Buffer.from(original);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      await writeFile(path.join(copy, first ?? ''), bytes);
      outcome[await check(copy, id, before)] += 1;
      await rm(copy, { recursive: true });
    }
    expect(outcome.whole).toBe(0);
    expect(outcome.lost).toBeGreaterThan(100);
    expect(outcome.renewed).toBeGreaterThan(100);
  });

  it('is found at whatever length it is cut', async () => {
    const { id, before, files } = await thinned();
    const [first] = files;
    const size = (await readFile(path.join(live(), first ?? ''))).length;
    for (let length = 0; length < size; length += 7) {
      const copy = path.join(root, 'cut');
      cpSync(live(), copy, { recursive: true });
      await truncate(path.join(copy, first ?? ''), length);
      expect(await check(copy, id, before)).not.toBe('whole');
      await rm(copy, { recursive: true });
    }
    expect(await check(live(), id, before)).toBe('whole');
  });
});
