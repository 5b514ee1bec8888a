import { cp, readdir, stat, symlink, unlink } from 'node:fs/promises';
import path from 'node:path';
import { manualClock, patient } from '@caretaker/readings/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { longestWord } from './record.ts';
import { segmentFile } from './segment.ts';
import { append, numbered, openJournal, readAll, scratch } from './testing.ts';

let directory: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ directory, remove } = await scratch());
});
afterEach(() => remove());

function range(from: number, to: number, received?: number) {
  return Array.from({ length: to - from + 1 }, (_, i) => numbered(from + i, received));
}

async function segmentsOf(id: string): Promise<string[]> {
  return (await readdir(path.join(directory, id))).sort();
}

describe('append and read back', () => {
  it('gives consecutive sequences and the same readings, also after an orderly restart', async () => {
    const journal = await openJournal(directory);
    await append(journal, range(1, 3));
    await append(journal, range(4, 4));
    expect([journal.newest, journal.oldest]).toEqual([4, 1]);
    await journal.close();
    const again = await openJournal(directory);
    expect(again.id).toBe(journal.id);
    await append(again, range(5, 6));
    expect(await readAll(again, 1)).toEqual(range(1, 6));
    expect(await readAll(again, 3, 2)).toEqual(range(3, 6));
    expect(again.losses).toEqual([]);
    await again.close();
  });

  it('keeps whatever is appended, restarted, killed and finished in any order', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ append: fc.integer({ min: 1, max: 40 }) }) },
      { weight: 2, arbitrary: fc.record({ finish: fc.nat(100) }) },
      { weight: 1, arbitrary: fc.constant('restart' as const) },
      { weight: 1, arbitrary: fc.constant('kill' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const { directory: own, remove: clean } = await scratch();
        let place = path.join(own, '0');
        const small = { segmentBytes: 1_500 };
        let journal = await openJournal(place, small);
        const { id } = journal;
        let written = 0;
        for (const [index, one] of steps.entries()) {
          if (one === 'restart') {
            await journal.close();
            journal = await openJournal(place, small);
          } else if (one === 'kill') {
            // What a killed process leaves is what its files hold at that moment.
            const copy = path.join(own, String(index + 1));
            await cp(place, copy, { recursive: true });
            await journal.close();
            place = copy;
            journal = await openJournal(place, small);
          } else if ('append' in one) {
            await append(journal, range(written + 1, written + one.append));
            written += one.append;
          } else {
            const from = journal.position('uplink');
            journal.finish('uplink', id, from + Math.floor(((written - from) * one.finish) / 100));
          }
        }
        const from = journal.position('uplink') + 1;
        expect([journal.id, journal.newest, journal.losses]).toEqual([id, written, []]);
        expect(await readAll(journal, from, 7)).toEqual(range(from, written));
        await journal.close();
        await clean();
      }),
      { numRuns: 60 },
    );
  });

  it('cuts a large append into records and reads it from any place', async () => {
    const journal = await openJournal(directory);
    await append(journal, range(1, 2_500));
    for (const from of [1, 999, 1_000, 1_001, 2_500]) {
      expect(await readAll(journal, from)).toEqual(range(from, 2_500));
    }
    await journal.close();
  });

  it('refuses one unfit append without harming its neighbours', async () => {
    const journal = await openJournal(directory);
    const long = { ...numbered(2), value: 'x'.repeat(longestWord + 1) };
    const foreign = { ...numbered(2), point: '大门/metric' };
    const results = await Promise.allSettled([
      append(journal, range(1, 1)),
      append(journal, [...range(2, 1_500), long]),
      append(journal, [foreign]),
      append(journal, range(2, 2)),
    ]);
    expect(results.map((r) => (r.status === 'rejected' ? r.reason.code : 'kept'))).toEqual([
      'kept',
      'EDGE_READING_UNFIT',
      'EDGE_READING_UNFIT',
      'kept',
    ]);
    expect(await readAll(journal, 1)).toEqual(range(1, 2));
    await journal.close();
  });
});

describe('group commit', () => {
  it('syncs once for all that comes in meanwhile, and answers only after the sync', async () => {
    const events: string[] = [];
    const journal = await openJournal(directory, { reach: (name) => events.push(name) });
    const waits = Array.from({ length: 50 }, (_, i) =>
      append(journal, [numbered(i)]).then(() => events.push('done')),
    );
    expect(journal.newest).toBe(0);
    await Promise.all(waits);
    expect(events.filter((e) => e === 'edge.before-sync')).toHaveLength(1);
    expect(events.indexOf('done')).toBeGreaterThan(events.indexOf('edge.after-sync'));
    await journal.close();
  });

  it('says complete only up to what was received before the oldest reading not yet durable', async () => {
    const clock = manualClock(5_000);
    const journal = await openJournal(directory, { clock });
    expect(journal.completeTo()).toEqual({ time: 4_999, sequence: 0 });
    const wait = append(journal, [numbered(1, 5_000)]);
    clock.step(6_000);
    const later = append(journal, [numbered(2, 6_000)]);
    expect(journal.completeTo()).toEqual({ time: 4_999, sequence: 0 });
    await Promise.all([wait, later]);
    expect(journal.completeTo()).toEqual({ time: 5_999, sequence: 2 });
    await journal.close();
  });
});

describe('consumers', () => {
  it('lets a segment go when all have finished with it, and never the newest', async () => {
    const clock = manualClock(0);
    const consumers = ['uplink', 'history'];
    const journal = await openJournal(directory, { clock, consumers, segmentBytes: 1 });
    for (let n = 1; n <= 5; n += 1) await append(journal, [numbered(n)]);
    journal.finish('uplink', journal.id, 5);
    clock.advance(1_000);
    journal.finish('history', journal.id, 3);
    clock.advance(1_000);
    await vi.waitFor(async () => expect(await segmentsOf(journal.id)).toHaveLength(2), patient);
    expect(journal.oldest).toBe(4);
    journal.finish('history', journal.id, 5);
    await journal.close();
    expect(await segmentsOf(journal.id)).toEqual(['0000000000000005.seg']);
    const again = await openJournal(directory, { consumers });
    expect([again.id, again.newest, again.position('history')]).toEqual([journal.id, 5, 5]);
    await again.close();
  });

  it('ignores a position that speaks of another journal', async () => {
    const journal = await openJournal(directory);
    await append(journal, [numbered(1)]);
    journal.finish('uplink', 'f'.repeat(32), 1);
    expect(journal.position('uplink')).toBe(0);
    await journal.close();
  });
});

describe('no room', () => {
  it('refuses when it is full and goes on when a consumer has caught up', async () => {
    const clock = manualClock(0);
    const journal = await openJournal(directory, { clock, segmentBytes: 200, maxBytes: 1_000 });
    let kept = 0;
    const fill = async () => {
      for (;;) {
        await append(journal, [numbered(kept + 1)]);
        kept += 1;
      }
    };
    await expect(fill()).rejects.toMatchObject({ code: 'EDGE_JOURNAL_FULL' });
    expect(await readAll(journal, 1)).toEqual(range(1, kept));
    journal.finish('uplink', journal.id, kept);
    clock.advance(1_000);
    await vi.waitFor(() => expect(journal.bytes).toBeLessThan(500), patient);
    await append(journal, [numbered(kept + 1)]);
    expect(await readAll(journal, journal.oldest)).toContainEqual(numbered(kept + 1));
    await journal.close();
  });

  it('refuses every append of a group that the disk did not take, and recovers', async () => {
    const journal = await openJournal(directory, { segmentBytes: 1 });
    await append(journal, [numbered(1)]);
    const next = segmentFile(path.join(directory, journal.id), 2);
    await symlink('/dev/full', next);
    const refused = await Promise.allSettled([2, 3].map((n) => append(journal, [numbered(n)])));
    expect(refused.map((r) => r.status === 'rejected' && r.reason.code)).toEqual([
      'ENOSPC',
      'ENOSPC',
    ]);
    expect(journal.newest).toBe(1);
    await unlink(next);
    await append(journal, [numbered(4)]);
    expect(await readAll(journal, 1)).toEqual([numbered(1), numbered(4)]);
    await journal.close();
    const again = await openJournal(directory);
    expect([again.id, again.newest, again.losses]).toEqual([journal.id, 2, []]);
    await again.close();
  });
});

it('keeps the order and refuses nothing when the clock goes back an hour or forward a year', async () => {
  const clock = manualClock(1_800_000_000_000);
  const journal = await openJournal(directory, { clock, segmentBytes: 200 });
  const hour = 3_600_000;
  const received: number[] = [];
  for (const step of [0, -hour, 365 * 24 * hour, -365 * 24 * hour, hour]) {
    clock.step(clock.now() + step);
    for (let n = 0; n < 5; n += 1) {
      clock.advance(1);
      received.push(clock.now());
      await append(journal, [numbered(received.length, clock.now())]);
    }
    await journal.makeRoom();
  }
  const all = received.map((at, i) => numbered(i + 1, at));
  expect(await readAll(journal, 1)).toEqual(all);
  await journal.close();
  const again = await openJournal(directory, { clock });
  expect([again.id, again.newest, again.losses]).toEqual([journal.id, received.length, []]);
  expect(await readAll(again, 1)).toEqual(all);
  await again.close();
});

it('renews itself while open, keeping what is not finished with', async () => {
  const journal = await openJournal(directory, { segmentBytes: 100 });
  await append(journal, range(1, 10));
  journal.finish('uplink', journal.id, 4);
  const old = journal.id;
  await journal.renew('the cloud knows more');
  expect(journal.id).not.toBe(old);
  expect(journal.position('uplink')).toBe(0);
  expect(await readAll(journal, 1)).toEqual(range(5, 10));
  await append(journal, range(11, 11));
  await journal.close();
  const again = await openJournal(directory);
  expect(again.id).toBe(journal.id);
  expect(await readAll(again, 1)).toEqual(range(5, 11));
  expect((await stat(path.join(directory, again.id))).isDirectory()).toBe(true);
  await again.close();
});
