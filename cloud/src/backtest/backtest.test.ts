import { join } from 'node:path';
import { FaultsError } from '@caretaker/readings/base';
import { loadStandard } from '@caretaker/standards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backtestResultSchema } from '../contract/index.ts';
import { horizon } from '../host/engine-state.ts';
import { temporaryFolder } from '../testing/cloud.ts';
import { readDraft, standardWith } from './draft.ts';
import { runBacktest } from './run.ts';
import { binDraft, day, estate, fillings, midnight, storeOf } from './testing.ts';

const inForce = loadStandard();
const period = { from: midnight, to: midnight + 28 * day };
const draftOf = (text: string) => standardWith([{ name: 'draft.yaml', text }], inForce);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let file: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  // Two days before the period: what began then must not count.
  file = await storeOf(folder.path, fillings(midnight - 2 * day, 30));
});
afterAll(() => folder.remove());

const run = (
  draft = inForce,
  cancel = new AbortController().signal,
  progress = (_: number) => {},
) =>
  runBacktest(
    {
      source: { store: 'sqlite', file },
      standards: { draft, inForce },
      estates: [estate],
      ...period,
      horizon,
    },
    progress,
    cancel,
  );

// Each run starts a thread, which takes a while on a busy machine.
describe('a backtest over a store of readings', () => {
  it('counts what the standard in force would have made of them', async () => {
    const told: number[] = [];
    const result = await run(inForce, undefined, (done) => told.push(done));
    expect(backtestResultSchema.parse(result)).toEqual(result);
    expect(result.changedRules).toEqual([]);
    // Windows are filled with what came before.
    expect(result.readings).toBeGreaterThan(28 * 48);
    expect(result.first).toBe(midnight);
    expect(result.last).toBe(period.to - 30 * 60_000);
    const [bins] = result.items;
    expect(bins).toMatchObject({ item: 'TP23-01', added: 0, removed: 0 });
    expect(bins?.draft).toEqual(bins?.inForce);
    expect(bins?.draft).toEqual({
      tickets: 56,
      ticketsPerWeek: 14,
      weeks: [14, 14, 14, 14],
      episodes: 56,
      breachHours: 84,
      // The last one is over only after the period.
      selfClearedShare: 55 / 56,
      briefShare: 0,
      nightShare: 0.5,
    });
    expect(bins?.rules).toMatchObject([{ rule: 'bin-full', draft: 56, inForce: 56 }]);
    expect(result.total.draft).toEqual(bins?.draft);
    expect(told.every((done) => done >= 0 && done <= 1)).toBe(true);
  });

  it('compares a draft with it: tickets that go, and tickets that only move', async () => {
    const strict = await run(draftOf(binDraft(60)));
    // The item's other rules go with what the draft puts in its place.
    expect(strict.changedRules).toContainEqual({ rule: 'bin-full', change: 'changed' });
    expect(strict.changedRules).toContainEqual({ rule: 'bin-overflow', change: 'removed' });
    expect(strict.items[0]).toMatchObject({
      item: 'TP23-01',
      name: { en: 'Bins are never full' },
      draft: { tickets: 56, breachHours: 224, nightShare: 0 },
      inForce: { tickets: 56, breachHours: 84, nightShare: 0.5 },
      added: 0,
      removed: 0,
    });
    const lax = await run(draftOf(binDraft(95)));
    expect(lax.items[0]).toMatchObject({
      draft: { tickets: 0, breachHours: 0, selfClearedShare: null },
      inForce: { tickets: 56, breachHours: 84 },
      added: 0,
      removed: 56,
    });
    expect(lax.draft).not.toBe(lax.inForce);
  });

  it('judges what stays the same once, and finds the same as if it were judged twice', async () => {
    const whole = (await run()).items[0]?.inForce;
    expect((await run(draftOf(binDraft(60)))).items[0]?.inForce).toEqual(whole);
    const elsewhere = await run(draftOf(binDraft(60, 'TP23-90', 'bin-early')));
    expect(elsewhere.changedRules).toEqual([{ rule: 'bin-early', change: 'added' }]);
    expect(elsewhere.items.find(({ item }) => item === 'TP23-01')?.inForce).toEqual(whole);
    expect(elsewhere.items.find(({ item }) => item === 'TP23-90')).toMatchObject({
      draft: { tickets: 56 },
      inForce: { tickets: 0 },
      added: 56,
    });
  });

  it('ends at once when it is cancelled', async () => {
    const cancel = new AbortController();
    const running = run(draftOf(binDraft(60)), cancel.signal);
    cancel.abort();
    await expect(running).rejects.toMatchObject({ code: 'CLOUD_BACKTEST_CANCELLED' });
  });

  it('says what is wrong with the store', async () => {
    const order = {
      source: { store: 'sqlite', file: `${file}.none` } as const,
      standards: { draft: inForce, inForce },
      estates: [estate],
      ...period,
      horizon,
    };
    await expect(runBacktest(order, () => {}, new AbortController().signal)).rejects.toMatchObject({
      code: 'READINGS_STORE_UNAVAILABLE',
    });
  });
});

describe('a draft', () => {
  it('is a whole standard when it brings its groups', () => {
    const groups = JSON.stringify({ groups: inForce.groups });
    const whole = standardWith(
      [
        { name: 'groups.yaml', text: groups },
        { name: 'TP23.yaml', text: binDraft(60) },
      ],
      inForce,
    );
    expect(whole.items.map((item) => item.id)).toEqual(['TP23-01']);
  });

  it('may be any file of the catalogue by itself, and then changes nothing', () => {
    const folder = join(import.meta.dirname, '../../../standards/catalogue');
    const files = readDraft(folder).filter((file) => file.name !== 'groups.yaml');
    expect(files.length).toBeGreaterThan(30);
    const versions = files.map((file) => standardWith([file], inForce).version);
    expect(new Set(versions)).toEqual(new Set([inForce.version]));
  });

  it('may not hide in a circle', () => {
    const own = binDraft(60, 'TP23-90', 'new-rule').replace(
      'severity: low',
      'severity: low\n        hiddenBy: [{ rules: [new-rule] }]',
    );
    expect(() => draftOf(own)).toThrow(
      expect.objectContaining({
        faults: [expect.objectContaining({ code: 'STANDARDS_CYCLIC_SUPPRESSION' })],
      }),
    );
  });

  it('replaces items in their place and leaves the others', () => {
    const draft = draftOf(binDraft(60));
    expect(draft.items.map((item) => item.id)).toEqual(inForce.items.map((item) => item.id));
    expect(draft.touchpoints).toHaveLength(inForce.touchpoints.length);
  });

  it('is refused with every fault and its line', () => {
    const text = binDraft(60, 'TP23-90')
      .replace('unit: "%"', 'unit: cm')
      .replace('kind: bin', 'kind: bim');
    const faults = (given: string) => {
      try {
        draftOf(given);
      } catch (error) {
        if (error instanceof FaultsError)
          return error.faults.map(({ code, where }) => [code, where]);
        throw error;
      }
      return [];
    };
    expect(faults(text)).toEqual([
      ['STANDARDS_UNKNOWN_KIND', 'draft.yaml:17 items[0].rules[0].kind'],
    ]);
    expect(faults(binDraft(60, 'TP23-90'))).toEqual([
      ['STANDARDS_DUPLICATE_ID', 'draft.yaml:15 items[0].rules[0].id'],
    ]);
  });
});
