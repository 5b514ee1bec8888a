import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { describeWith, sampleData } from '../src/product/needs.ts';
import { withProduct } from '../src/product/product.ts';
import { archiveEstate, mapFile, recorded, recordedLines, replayInto } from './archive.ts';
import { type Breach, breachesOf, type Level, leqAt } from './noise-reference.ts';

const subject = 'archive/courtyard-sound';
/** Of the catalogue; the figures are the same for every least number of samples from 1 to 15. */
const minSamples = 8;

function readLevels(): Level[] {
  return recordedLines('noise').map((line) => {
    const [time = '', db] = line.split(',');
    return { at: Date.parse(`${time.replace(' ', 'T')}Z`), db: Number(db) };
  });
}

describeWith({ data: [recorded.noise[0]] }, 'eleven days of recorded noise', () => {
  let levels: Level[];
  let expected: Breach[];
  let judged: { onset: number; end: number | null }[];
  let stored: number;

  beforeAll(async () => {
    levels = readLevels();
    expected = breachesOf(levels, minSamples);
    await withProduct(archiveEstate, async (product) => {
      await replayInto(product, join(sampleData, recorded.noise[0]), mapFile('noise'));
      const episodes = await product.api.episodes(`&subject=${encodeURIComponent(subject)}`);
      judged = episodes
        .filter(({ rule, state }) => rule === 'sound-leq' && state === 'standing')
        .map(({ onset, end }) => ({ onset, end }))
        .toSorted((a, b) => a.onset - b.onset);
      const from = levels[0]?.at ?? 0;
      const to = (levels.at(-1)?.at ?? 0) + 1;
      const { series } = await product.api.readings(`${subject}/laeq_db`, from, to, 100);
      stored = series.buckets.reduce((sum, { n }) => sum + n, 0);
    });
  });

  it('gives exactly the episodes of an evaluator that shares no code with the product', () => {
    expect(expected.length).toBeGreaterThanOrEqual(8);
    expect(judged).toEqual(expected);
  });

  it('keeps every reading once', () => {
    expect(stored).toBe(levels.length);
  });

  it('has a quarter-hour Leq above 50 within each episode', () => {
    for (const { onset, end } of judged) {
      const within = levels.filter(({ at }) => at >= onset && (end === null || at < end));
      expect(within.some(({ at }) => (leqAt(levels, at, minSamples) ?? 0) > 50)).toBe(true);
    }
  });

  it('is far from the 1,038 alarms of the bare threshold', () => {
    const crossings = levels.filter(
      ({ db }, i) => db > 50 && (levels[i - 1]?.db ?? Number.NEGATIVE_INFINITY) <= 50,
    );
    expect(crossings).toHaveLength(1038);
    expect(judged.length).toBeLessThan(20);
  });
});
