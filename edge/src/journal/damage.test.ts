import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Reading } from '@caretaker/readings';
import { manualClock, patient } from '@caretaker/readings/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { append, numbered, openJournal, readAll, scratch } from './testing.ts';

const COUNT = 10;
const FINISHED = 3;

let root: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ directory: root, remove } = await scratch());
});
afterEach(() => remove());

/** A small journal of several segments, left as `kill -9` or an orderly stop would leave it. */
async function make(how: 'killed' | 'closed'): Promise<{ pristine: string; id: string }> {
  const live = path.join(root, 'live');
  const pristine = path.join(root, 'pristine');
  const clock = manualClock(0);
  const journal = await openJournal(live, { segmentBytes: 200, clock });
  for (let n = 1; n <= COUNT; n += 1) {
    await append(journal, [numbered(n)]);
    if (n === FINISHED + 2) {
      journal.finish('uplink', journal.id, FINISHED);
      clock.advance(1_000);
      await vi.waitFor(() => expect(journal.oldest).toBeGreaterThan(1), patient);
    }
  }
  if (how === 'killed') await cp(live, pristine, { recursive: true });
  await journal.close();
  if (how === 'closed') await cp(live, pristine, { recursive: true });
  return { pristine, id: journal.id };
}

async function filesOf(directory: string): Promise<string[]> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort();
}

function isTrue(reading: Reading): boolean {
  return JSON.stringify(reading) === JSON.stringify(numbered(reading.at));
}

/**
 * Opens a damaged copy and checks what must hold whatever the damage: no wrong reading comes out; every
 * reading that is not finished with is there or its loss is recorded; a sequence that was durable under the
 * old id is never given out again under it; what is appended now survives.
 */
async function check(directory: string, id: string): Promise<{ lost: boolean; renewed: boolean }> {
  const journal = await openJournal(directory, { segmentBytes: 200 });
  const renewed = journal.id !== id;
  const held = await readAll(journal, journal.oldest);
  expect(held.filter((reading) => !isTrue(reading))).toEqual([]);
  const numbers = new Set(held.map((reading) => reading.at));
  const lost = Array.from({ length: COUNT - FINISHED }, (_, i) => FINISHED + 1 + i).filter(
    (n) => !numbers.has(n),
  );
  const unknown = journal.losses.some((loss) => loss.from === null);
  for (const n of lost) {
    const recorded = journal.losses.some(
      ({ from, to }) => from !== null && to !== null && from <= n && n <= to,
    );
    expect(recorded || unknown, `loss of ${n} is recorded`).toBe(true);
  }
  if (!renewed) {
    expect(lost).toEqual([]);
    expect(journal.newest).toBe(COUNT);
  }
  await append(journal, [numbered(1_000)]);
  await journal.close();
  const again = await openJournal(directory);
  expect(again.id).toBe(journal.id);
  expect(await readAll(again, again.oldest)).toEqual([...held, numbered(1_000)]);
  await again.close();
  return { lost: lost.length > 0, renewed };
}

describe.each(['killed', 'closed'] as const)('a journal that was %s', (how) => {
  it('is taken over as it is when nothing is damaged', async () => {
    const { pristine, id } = await make(how);
    expect(await check(pristine, id)).toEqual({ lost: false, renewed: false });
  });

  it('survives a flipped byte at every single place', async () => {
    const { pristine, id } = await make(how);
    const outcome = { harmless: 0, renewed: 0, lost: 0 };
    for (const name of await filesOf(pristine)) {
      const original = await readFile(path.join(pristine, name));
      for (let at = 0; at < original.length; at += 1) {
        const copy = path.join(root, 'flipped');
        await cp(pristine, copy, { recursive: true });
        const bytes = Buffer.from(original);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
        await writeFile(path.join(copy, name), bytes);
        const { lost, renewed } = await check(copy, id);
        if (lost) outcome.lost += 1;
        else if (renewed) outcome.renewed += 1;
        else outcome.harmless += 1;
        await rm(copy, { recursive: true });
      }
    }
    expect(outcome.lost).toBeGreaterThan(200);
    expect(outcome.renewed).toBeGreaterThan(100);
  });

  it('finds a tail cut at every length, also exactly between two records', async () => {
    const { pristine, id } = await make(how);
    const last = (await filesOf(pristine)).findLast((name) => name.endsWith('.seg'));
    const size = (await readFile(path.join(pristine, last!))).length;
    for (let length = 0; length < size; length += 1) {
      const copy = path.join(root, 'cut');
      await cp(pristine, copy, { recursive: true });
      await truncate(path.join(copy, last!), length);
      expect(await check(copy, id)).toEqual({ lost: true, renewed: true });
      await rm(copy, { recursive: true });
    }
  });

  it('finds any missing segment', async () => {
    const { pristine, id } = await make(how);
    const segments = (await filesOf(pristine)).filter((name) => name.endsWith('.seg'));
    expect(segments).toHaveLength(3);
    for (const name of segments) {
      const copy = path.join(root, 'missing');
      await cp(pristine, copy, { recursive: true });
      await rm(path.join(copy, name));
      expect(await check(copy, id)).toEqual({ lost: true, renewed: true });
      await rm(copy, { recursive: true });
    }
  });

  it('gives the loss as a range of the old journal', async () => {
    const { pristine, id } = await make(how);
    const segments = (await filesOf(pristine)).filter((name) => name.endsWith('.seg'));
    await rm(path.join(pristine, segments[1]!));
    const [from, to] = [segments[1]!, segments[2]!].map((n) => Number(path.basename(n, '.seg')));
    const reasons: string[] = [];
    const journal = await openJournal(pristine, { onRenewed: (all) => reasons.push(...all) });
    expect(journal.losses).toMatchObject([{ journal: id, from, to: to! - 1 }]);
    expect(reasons).toEqual(['readings are missing']);
    await journal.close();
  });

  it.each(['state.json', 'mark'])('survives the loss of %s', async (name) => {
    const { pristine, id } = await make(how);
    await rm(path.join(pristine, name));
    const { lost, renewed } = await check(pristine, id);
    expect(lost).toBe(false);
    expect(renewed).toBe(name === 'state.json' || how === 'killed');
  });
});

it('renews when its end is missing, although every consumer had finished with it', async () => {
  const clock = manualClock(0);
  const live = path.join(root, 'live');
  const journal = await openJournal(live, { clock });
  for (let n = 1; n <= COUNT; n += 1) await append(journal, [numbered(n)]);
  const { id } = journal;
  journal.finish('uplink', id, COUNT);
  await journal.close();
  const [name] = (await filesOf(live)).filter((file) => file.endsWith('.seg'));
  const file = path.join(live, name!);
  await truncate(file, (await readFile(file)).length - 1);
  const again = await openJournal(live);
  // Going on under the old id would give that sequence out again, and the cloud would drop it.
  expect(again.id).not.toBe(id);
  await again.close();
});

it('drops a torn record that was never acknowledged, and keeps the id', async () => {
  const { pristine, id } = await make('killed');
  const last = (await filesOf(pristine)).findLast((name) => name.endsWith('.seg'));
  const file = path.join(pristine, last!);
  const bytes = await readFile(file);
  await writeFile(file, Buffer.concat([bytes, bytes.subarray(36, 60)]));
  expect(await check(pristine, id)).toEqual({ lost: false, renewed: false });
});

it('renews after the machine went down while the journal was open', async () => {
  const { pristine, id } = await make('killed');
  const mark = await readFile(path.join(pristine, 'mark'));
  const { crc32 } = await import('node:zlib');
  for (const slot of [0, 64]) {
    mark[slot + 16] = (mark[slot + 16] ?? 0) ^ 1;
    mark.writeUInt32LE(crc32(mark.subarray(slot, slot + 48)), slot + 48);
  }
  await writeFile(path.join(pristine, 'mark'), mark);
  expect(await check(pristine, id)).toEqual({ lost: false, renewed: true });
});
