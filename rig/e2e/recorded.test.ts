import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../src/product/command.ts';
import { describeWith, sampleData } from '../src/product/needs.ts';
import { type Product, withProduct } from '../src/product/product.ts';
import { untilJudged } from '../src/product/standing.ts';
import { archiveEstate, mapFile, type Recorded, recorded, recordedLines } from './archive.ts';

/** The readings that must be stored: the first value of each (asset, time) that the metric can have. */
type Expected = Map<string, Map<number, number>>;

function add(expected: Expected, point: string, at: number, value: number): void {
  const points = expected.get(point) ?? new Map<number, number>();
  if (!points.has(at)) points.set(at, value);
  expected.set(point, points);
}

function expectedBins(): Expected {
  const expected: Expected = new Map();
  for (const line of recordedLines('bins')) {
    const [time = '', node, distance] = line.split(',');
    // 0 cm is the sensor saying that it saw nothing; the kind's plausible range starts at 1.
    if (Number(distance) < 1) continue;
    add(expected, `archive/bin-${node}/distance_cm`, Date.parse(time), Number(distance));
  }
  return expected;
}

function expectedTemperature(name: Recorded, asset: string): () => Expected {
  return () => {
    const expected: Expected = new Map();
    for (const line of recordedLines(name)) {
      const [time = '', fahrenheit] = line.split(',');
      const at = Date.parse(`${time.replace(' ', 'T')}Z`);
      add(expected, `archive/${asset}/temp_c`, at, (Number(fahrenheit) - 32) / 1.8);
    }
    return expected;
  };
}

const cases: readonly (readonly [Recorded, () => Expected, number])[] = [
  ['bins', expectedBins, 1851],
  ['ambient', expectedTemperature('ambient', 'service-hall'), 7267],
  ['machine', expectedTemperature('machine', 'plant-room'), 22_695],
];

async function storedOf(product: Product, point: string, times: readonly number[]) {
  const from = Math.min(...times);
  const to = Math.max(...times) + 1;
  const { series } = await product.api.readings(point, from, to, 500);
  if (series.type !== 'number') throw new Error(`${point} is not a number point`);
  const filled = series.buckets.filter(({ n }) => n > 0);
  return {
    n: filled.reduce((sum, { n }) => sum + n, 0),
    sum: filled.reduce((sum, { n, mean }) => sum + n * (mean ?? 0), 0),
    min: Math.min(...filled.map(({ min }) => min ?? Number.POSITIVE_INFINITY)),
    max: Math.max(...filled.map(({ max }) => max ?? Number.NEGATIVE_INFINITY)),
  };
}

describeWith({ data: cases.map(([name]) => recorded[name][0]) }, 'recorded series', () => {
  let product: Product;
  let done: () => void;
  let running: Promise<void>;

  beforeAll(async () => {
    const held = new Promise<void>((resolve) => {
      done = resolve;
    });
    await new Promise<void>((ready, failed) => {
      running = withProduct(archiveEstate, async (started) => {
        product = started;
        ready();
        await held;
      });
      running.catch(failed);
    });
  });

  afterAll(async () => {
    done();
    await running;
  });

  describe.each(cases)('%s, by the replay command', (name, expectation, rows) => {
    it('arrive exactly once', async () => {
      const command = runCommand([
        'replay',
        join(sampleData, recorded[name][0]),
        '--map',
        mapFile(name),
        '--url',
        product.sandbox.mqttUrl,
      ]);
      expect(await command.gone, command.output()).toBe(0);
      expect(command.output()).toContain(`${rows} messages published, ${rows} acknowledged`);
      await untilJudged(product.api);
      const expected = expectation();
      expect(expected.size).toBeGreaterThan(0);
      for (const [point, values] of expected) {
        const stored = await storedOf(product, point, [...values.keys()]);
        const all = [...values.values()];
        expect(stored.n, point).toBe(all.length);
        expect(stored.min).toBeCloseTo(Math.min(...all), 9);
        expect(stored.max).toBeCloseTo(Math.max(...all), 9);
        const sum = all.reduce((total, value) => total + value, 0);
        expect(stored.sum / sum).toBeCloseTo(1, 9);
      }
    });
  });
});
