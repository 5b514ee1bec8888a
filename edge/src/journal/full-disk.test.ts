import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, rm, statfs, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { manualClock, patient } from '@caretaker/readings/testing';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { device, FakeCloud, startEdge, statusOf } from '../testing.ts';
import { append, numbered, openJournal, readAll } from './testing.ts';

const MEGABYTE = 1024 * 1024;
const HOUR = 3_600_000;

function run(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** A file system of its own of 24 MB, in a file; null where this user may not mount one. */
function smallDisk(): { folder: string; remove: () => void } | null {
  if (process.getuid?.() !== 0) return null;
  const parent = mkdtempSync(path.join(os.tmpdir(), 'caretaker-disk-'));
  const image = path.join(parent, 'image');
  const folder = path.join(parent, 'disk');
  const mounted =
    run('truncate', '-s', '24M', image) &&
    run('mkfs.ext4', '-q', '-F', '-m', '0', image) &&
    run('mkdir', folder) &&
    run('mount', '-o', 'loop', image, folder);
  const remove = () => {
    // Lazily: a test that failed may have left a file open.
    if (mounted) run('umount', '-l', folder);
    rmSync(parent, { recursive: true, force: true });
  };
  if (mounted) return { folder, remove };
  remove();
  return null;
}

const disk = smallDisk();
afterAll(() => disk?.remove());

/** Takes all room of the disk but so much. @returns what gives it back */
async function fill(folder: string, left: number): Promise<() => Promise<void>> {
  const file = path.join(folder, 'filler');
  const { bavail, bsize } = await statfs(folder);
  const size = Math.max(0, bavail * bsize - left);
  try {
    await writeFile(file, Buffer.alloc(size), { flush: true });
  } catch (error) {
    // The file system keeps some for itself; it is full all the same.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
  return () => rm(file, { force: true });
}

describe.skipIf(disk === null)('a disk that is full (needs root, for a disk of 24 MB)', () => {
  const folder = disk?.folder ?? '';
  beforeEach(async () => {
    for (const name of await readdir(folder)) {
      if (name !== 'lost+found') await rm(path.join(folder, name), { recursive: true });
    }
  });

  it('takes nothing it cannot keep, keeps all it took, and goes on when there is room', async () => {
    const cloud = new FakeCloud();
    const uplinkUrl = await cloud.start();
    cloud.mood = () => 'lose';
    const limits = { maxBytes: 1e9, segmentBytes: 64 * 1024, maxDays: 30, minFreeBytes: MEGABYTE };
    const rigged = await startEdge(folder, { uplinkUrl, journal: limits });
    const free = await fill(folder, 100_000);
    const client = await device(rigged.url, { clean: false, clientId: 'thermometer' });
    client.on('error', () => {});
    const acknowledged = new Set<number>();
    let published = 0;
    const waiting: Promise<unknown>[] = [];
    const publish = () => {
      const n = published;
      published += 1;
      const payload = JSON.stringify({ at: Date.now() - HOUR / 2 + n, temp_c: n / 1_000 });
      const sent = client.publishAsync('caretaker/hall', payload, { qos: 1 });
      waiting.push(sent.then(() => acknowledged.add(n)));
      return sent;
    };
    const refused = async () => (await statusOf(rigged)).ingest.refused > 0;
    // Each waits for the one before, or for the disk to be full.
    for (let full = false; !full; ) {
      let done = false;
      const some = Array.from({ length: 200 }, () => publish());
      void Promise.all(some).then(() => {
        done = true;
      });
      await vi.waitUntil(async () => done || (await refused()), patient);
      full = await refused();
    }
    const before = acknowledged.size;
    expect(before).toBeGreaterThan(200);
    expect(before).toBeLessThan(published);
    await free();
    await Promise.all(waiting);
    expect(acknowledged.size).toBe(published);
    cloud.mood = () => 'accept';
    const all = Array.from({ length: published }, (_, n) => n);
    await vi.waitFor(
      () => expect(cloud.readings.length).toBeGreaterThanOrEqual(published),
      patient,
    );
    const numbers = cloud.readings.map(({ value }) => Math.round(Number(value) * 1_000));
    expect(new Set(numbers)).toEqual(new Set(all));
    expect((await statusOf(rigged)).journal.losses).toEqual([]);
    await client.endAsync(true);
    await rigged.edge.stop();
    await cloud.stop();
  });

  it('cannot thin, loses nothing by trying, and does so when there is room', async () => {
    const clock = manualClock(1_800_000_000_000);
    const errors: unknown[] = [];
    const limits = { segmentBytes: 256 * 1024, maxBytes: 1_600_000, minFreeBytes: 0 };
    const options = { clock, ...limits, onError: (error: unknown) => errors.push(error) };
    const directory = path.join(folder, 'journal');
    const journal = await openJournal(directory, options);
    for (let n = 0; n < 60_000; n += 500) {
      const received = clock.now();
      const readings = Array.from({ length: 500 }, (_, i) => ({
        ...numbered(n + i, received),
        point: `h-${i}/t`,
        value: n * Math.sin(i + n),
      }));
      await append(journal, readings);
      clock.advance(20_000);
    }
    expect(journal.bytes).toBeGreaterThan(limits.maxBytes * 0.9);
    const original = await readAll(journal, 1);
    const free = await fill(folder, 0);
    clock.advance(2 * HOUR);
    await journal.makeRoom();
    expect(errors).toContainEqual(expect.objectContaining({ code: 'ENOSPC' }));
    expect(await readAll(journal, 1)).toEqual(original);
    expect(journal.tombstones).toEqual([]);
    const names = await readdir(path.join(directory, journal.id));
    expect(names.filter((name) => !name.endsWith('.seg'))).toEqual([]);
    await free();
    await journal.makeRoom();
    expect(journal.bytes).toBeLessThan(limits.maxBytes * 0.9);
    expect(journal.tombstones.length).toBeGreaterThan(0);
    await journal.close();
    const again = await openJournal(directory, options);
    expect([again.id, again.losses]).toEqual([journal.id, []]);
    await again.close();
  });
});
