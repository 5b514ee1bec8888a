import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clause } from '../../rules/clause.ts';
import { type Leaf, resolve } from '../../rules/resolve.ts';
import { no, unknown, yes } from '../kleene.ts';
import { testRule } from '../testing/fixture.ts';
import { type Memory, memoryFor } from './memory.ts';

const runs = Number(process.env.CARETAKER_PROPERTY_RUNS ?? 1_000);
const hour = 3_600_000;

interface Sample {
  readonly at: number;
  readonly value: number;
}
interface Judged {
  readonly value: number;
  readonly breach: number;
  readonly stays: number;
  readonly flipAt: number;
}

const never = Number.POSITIVE_INFINITY;

function leafOf(clause: Omit<Clause, 'metric'>): Leaf {
  const rule = testRule({ id: 'r', when: { metric: 'ph', ...clause } });
  const point = { id: 'e/a/ph', metric: 'ph', limits: {} };
  const asset = { kind: 'pool', touchpoint: 'TP32', attributes: {}, points: [point] };
  const resolved = resolve(rule, asset);
  const leaf = 'missing' in resolved ? undefined : resolved.leaves[0];
  if (leaf === undefined) throw new Error('the leaf is missing');
  return leaf;
}

function memoryOf(leaf: Leaf, silentAfter = never): Memory {
  const memory = memoryFor(leaf, new Set(leaf.is.map(Number)), null, silentAfter);
  if (memory === null) throw new Error('a leaf without a window');
  return memory;
}

const seen = ({ value, breach, stays, flipAt }: Memory): Judged => ({
  value: value + 0,
  breach,
  stays,
  flipAt,
});

/** The double nearest to the exact sum: every double is a whole multiple of 2^−300 here. */
function exactSum(values: readonly number[]): number {
  const plain = values.reduce((sum, value) => sum + value, 0);
  if (!Number.isFinite(plain)) return plain;
  const scale = 300n;
  let sum = 0n;
  for (const value of values) {
    let [mantissa, exponent] = [value, 0n];
    while (!Number.isInteger(mantissa)) [mantissa, exponent] = [mantissa * 2, exponent + 1n];
    sum += BigInt(mantissa) << (scale - exponent);
  }
  return Number(sum) / 2 ** Number(scale);
}

/** Everything from the whole series, by the words of the language and in no hurry. */
function naive(leaf: Leaf, all: readonly Sample[], silentAfter: number): Judged {
  const t = all.at(-1)?.at ?? 0;
  const newest = all.at(-1)?.value ?? Number.NaN;
  if (leaf.absent > 0) return naiveAbsence(leaf, all, t, newest);
  if (leaf.count !== null) return naiveCount(leaf, leaf.count, all, t, newest);
  if (leaf.share !== null) return naiveShare(leaf, leaf.share, all, t, silentAfter);
  const figure = naiveOver(leaf, all, t, newest);
  const value = leaf.baseline === null ? figure : naiveBaseline(leaf.baseline, all, t, figure);
  if (Number.isNaN(value)) return { value, breach: unknown, stays: unknown, flipAt: never };
  const [breach, clear] = sides(leaf, value);
  return { value, breach: truth(breach), stays: truth(breach || !clear), flipAt: never };
}

const truth = (is: boolean) => (is ? yes : no);

function sides(leaf: Leaf, value: number): [breach: boolean, clear: boolean] {
  if (leaf.comparison === 'is') return [leaf.is.includes(value), !leaf.is.includes(value)];
  if (leaf.comparison === 'outside') {
    const breach = value < leaf.outside[0] || value > leaf.outside[1];
    const [low, high] = leaf.clearInside ?? leaf.outside;
    return [breach, value >= low && value <= high];
  }
  const breach = {
    above: value > leaf.limit,
    atLeast: value >= leaf.limit,
    below: value < leaf.limit,
    atMost: value <= leaf.limit,
    changed: false,
  }[leaf.comparison];
  if (leaf.clear === null) return [breach, !breach];
  const up = leaf.comparison === 'above' || leaf.comparison === 'atLeast';
  return [breach, up ? value < leaf.clear : value > leaf.clear];
}

function naiveOver(leaf: Leaf, all: readonly Sample[], t: number, newest: number): number {
  if (leaf.over === 'value') return newest;
  const held = all.filter((s) => s.at > t - leaf.window).slice(-4_096);
  const values = held.map((s) => s.value);
  if (held.length < leaf.minSamples) return Number.NaN;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = t - (held[0]?.at ?? t);
  switch (leaf.over) {
    case 'min':
      return low;
    case 'max':
      return high;
    case 'range':
      return high - low;
    case 'rise':
      return newest - low;
    case 'fall':
      return high - newest;
    case 'rate':
      return span === 0 ? Number.NaN : (newest - (values[0] ?? 0)) / (span / hour);
    case 'percentile':
      return nearestRank(values, leaf.percentile);
    case 'leq':
      return 10 * Math.log10(exactSum(values.map((v) => 10 ** (v / 10))) / values.length);
    case 'sum':
      return exactSum(values);
    case 'mean':
      return exactSum(values) / values.length;
  }
}

function nearestRank(values: readonly number[], percentile: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.find((_, i) => (i + 1) * 100 >= percentile * sorted.length) ?? Number.NaN;
}

function naiveCount(
  leaf: Leaf,
  count: NonNullable<Leaf['count']>,
  all: readonly Sample[],
  t: number,
  value: number,
): Judged {
  const marked = all.map((sample, i) => {
    const before = all[i - 1];
    const changed = before !== undefined && before.value !== sample.value;
    const [breach, clear] =
      leaf.comparison === 'changed' ? [changed, !changed] : sides(leaf, sample.value);
    return { at: sample.at, breach, clear };
  });
  const held = marked.filter((m) => count.within === 0 || m.at > t - count.within);
  const last = held.slice(-count.of);
  const bad = last.filter((m) => m.breach).length;
  if (count.share !== null) {
    if (last.length < count.minimum) {
      return { value, breach: unknown, stays: unknown, flipAt: never };
    }
    const breach = bad / last.length >= count.share;
    const clear = count.clearShare === null ? !breach : bad / last.length < count.clearShare;
    return { value, breach: truth(breach), stays: truth(breach || !clear), flipAt: never };
  }
  const breach = bad >= count.least;
  const good = held.slice(-count.clearOf).filter((m) => m.clear).length;
  const clear = count.clearLeast === 0 ? !breach : good >= count.clearLeast;
  return { value, breach: truth(breach), stays: truth(breach || !clear), flipAt: never };
}

function naiveAbsence(leaf: Leaf, all: readonly Sample[], t: number, value: number): Judged {
  const satisfying = all.filter((sample, i) => {
    const before = all[i - 1];
    return leaf.comparison === 'changed'
      ? before !== undefined && before.value !== sample.value
      : sides(leaf, sample.value)[0];
  });
  const flip = ((satisfying.at(-1) ?? all[0])?.at ?? 0) + leaf.absent;
  const is = truth(t >= flip);
  return { value, breach: is, stays: is, flipAt: t >= flip ? never : flip };
}

function naiveShare(
  leaf: Leaf,
  share: NonNullable<Leaf['share']>,
  all: readonly Sample[],
  t: number,
  silentAfter: number,
): Judged {
  let [known, held] = [0, 0];
  for (const [i, sample] of all.entries()) {
    const next = all[i + 1];
    if (next === undefined) continue;
    const begin = Math.max(sample.at, t - share.window);
    const span = Math.max(0, Math.min(next.at, sample.at + silentAfter) - begin);
    known += span;
    if (sides(leaf, sample.value)[0]) held += span;
  }
  if (known === 0 || known < share.coverage * share.window) {
    return { value: Number.NaN, breach: unknown, stays: unknown, flipAt: never };
  }
  const value = held / known;
  const breach = value >= share.atLeast;
  const clear = share.clear === null ? !breach : value < share.clear;
  return { value, breach: truth(breach), stays: truth(breach || !clear), flipAt: never };
}

function naiveBaseline(
  spec: NonNullable<Leaf['baseline']>,
  all: readonly Sample[],
  t: number,
  figure: number,
): number {
  const now = Math.floor(t / spec.bucket);
  const means: number[] = [];
  for (let j = spec.of; j >= 1; j -= 1) {
    const values = all.filter((s) => Math.floor(s.at / spec.bucket) === now - j * spec.step);
    if (values.length > 0) means.push(values.reduce((sum, s) => sum + s.value, 0) / values.length);
  }
  if (means.length < spec.minimum) return Number.NaN;
  const sorted = means.toSorted((a, b) => a - b);
  const middle = [
    sorted[Math.ceil(sorted.length / 2) - 1] ?? 0,
    sorted[Math.floor(sorted.length / 2)] ?? 0,
  ] as const;
  const past = {
    mean: means.reduce((sum, mean) => sum + mean, 0) / means.length,
    median: middle[0] === middle[1] ? middle[0] : (middle[0] + middle[1]) / 2,
    min: sorted[0] ?? 0,
    max: sorted.at(-1) ?? 0,
  }[spec.figure];
  if (spec.by === 'difference') return figure - past;
  return past === 0 ? Number.NaN : figure / past;
}

/** Values that share no power of two, some of them far apart in size, and many equal ones. */
const value = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -30, max: 30 }).map((k) => k / 10) },
  { weight: 2, arbitrary: fc.constantFrom(0, 1, 1e16, -1e16, 1 / 3, 5e-17, -0) },
);
/** Gaps that meet the edges of windows and buckets as often as not. */
const gap = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(1, 500, 1_000, 1_500, 3_000) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 12_000 }) },
);
const series = fc
  .array(fc.record({ gap, value }), { minLength: 1, maxLength: 40 })
  .map((list): Sample[] => {
    let at = 1_700_000_000_000;
    return list.map((entry) => {
      at += entry.gap;
      return { at, value: entry.value };
    });
  });

const seconds = fc.integer({ min: 1, max: 12 }).map((n) => n * 500);
const comparison = fc.oneof(
  fc.record({ above: fc.constantFrom(0, 0.5) }),
  fc.record({ atLeast: fc.constantFrom(0, 1), clear: fc.constantFrom(-1, 0) }),
  fc.record({ below: fc.constantFrom(0, 0.5), clear: fc.constantFrom(0.5, 1) }),
  fc.record({ atMost: fc.constantFrom(0, 0.5) }),
  fc.record({
    outside: fc.constant([-1, 1] as const),
    clearInside: fc.constant([-0.5, 0.5] as const),
  }),
);
const counted = fc.oneof(comparison, fc.record({ changed: fc.constant(true as const) }));
const over = fc.constantFrom(
  ...(['mean', 'leq', 'min', 'max', 'sum', 'range', 'rise', 'fall', 'rate'] as const),
);
const baseline = fc.record({
  bucket: fc.constantFrom(1_000, 2_000),
  of: fc.integer({ min: 1, max: 4 }),
  minimum: fc.constantFrom(1, 2),
  every: fc.constantFrom(4_000, undefined),
  figure: fc.constantFrom('mean', 'median', 'min', 'max'),
  by: fc.constantFrom('ratio', 'difference'),
});

const windowed = fc
  .tuple(
    comparison,
    seconds,
    fc.oneof(
      over.map((o) => ({ over: o })),
      fc.integer({ min: 1, max: 99 }).map((p) => ({ over: 'percentile' as const, percentile: p })),
    ),
    fc.integer({ min: 1, max: 4 }),
  )
  .map(([compared, window, way, minSamples]) => ({ ...compared, ...way, window, minSamples }));

const forms: Readonly<Record<string, fc.Arbitrary<Omit<Clause, 'metric'>>>> = {
  window: windowed,
  baseline: fc.oneof(
    fc.tuple(windowed, baseline).map(([clause, b]) => ({ ...clause, baseline: b })),
    fc.tuple(comparison, baseline).map(([clause, b]) => ({ ...clause, baseline: b })),
  ),
  count: fc
    .tuple(
      counted,
      fc.record(
        {
          least: fc.integer({ min: 1, max: 4 }),
          of: fc.integer({ min: 4, max: 6 }),
          within: seconds,
          clearLeast: fc.integer({ min: 1, max: 3 }),
          clearOf: fc.integer({ min: 3, max: 9 }),
        },
        { requiredKeys: ['least'] },
      ),
    )
    .map(([clause, count]) => ({ ...clause, count })),
  'count by share': fc
    .tuple(
      counted,
      fc.record(
        {
          share: fc.constantFrom(0.25, 0.5, 1),
          of: fc.integer({ min: 1, max: 8 }),
          minimum: fc.constantFrom(1, 3),
          within: seconds,
          clearShare: fc.constantFrom(0.25, 0.5),
        },
        { requiredKeys: ['share', 'of'] },
      ),
    )
    .map(([clause, count]) => ({ ...clause, count })),
  absence: fc.tuple(counted, seconds).map(([clause, absent]) => ({ ...clause, absent })),
  'time share': fc
    .tuple(
      comparison,
      fc.record(
        {
          window: seconds,
          atLeast: fc.constantFrom(0.25, 0.5, 1),
          clear: fc.constantFrom(0.25, 0.5),
          coverage: fc.constantFrom(0, 0.5, 1),
        },
        { requiredKeys: ['window', 'atLeast'] },
      ),
    )
    .map(([clause, share]) => ({ ...clause, share })),
};

describe.each(Object.entries(forms))('the memory of a %s', (_, clauses) => {
  const silence = fc.constantFrom(never, 2_000, 700);

  it('says at every reading what the whole series says', () => {
    fc.assert(
      fc.property(clauses, series, silence, (clause, samples, silentAfter) => {
        const leaf = leafOf(clause);
        const memory = memoryOf(leaf, silentAfter);
        for (const [i, sample] of samples.entries()) {
          memory.push(sample.at, sample.value);
          const expected = naive(leaf, samples.slice(0, i + 1), silentAfter);
          expect(seen(memory)).toEqual({ ...expected, value: expected.value + 0 });
        }
      }),
      { numRuns: runs },
    );
  });

  it('goes on the same when filled again from its oldest reading, and when saved and loaded', () => {
    fc.assert(
      fc.property(clauses, series, silence, fc.nat(39), (clause, samples, silentAfter, cut) => {
        const leaf = leafOf(clause);
        const memory = memoryOf(leaf, silentAfter);
        for (const { at, value: v } of samples.slice(0, cut)) memory.push(at, v);
        const refilled = memoryOf(leaf, silentAfter);
        for (const { at, value: v } of samples.slice(0, cut)) {
          if (at >= memory.oldest()) refilled.refill(at, v);
        }
        const loaded = memoryOf(leaf, silentAfter);
        loaded.push(1, 3);
        loaded.load(...memory.save());
        expect(loaded.oldest()).toBe(memory.oldest());
        expect(seen(refilled)).toEqual(seen(memory));
        expect(seen(loaded)).toEqual(seen(memory));
        for (const { at, value: v } of samples.slice(cut)) {
          for (const each of [memory, refilled, loaded]) each.push(at, v);
          expect(seen(refilled)).toEqual(seen(memory));
          expect(seen(loaded)).toEqual(seen(memory));
        }
        memory.clear();
        expect(memory.oldest()).toBe(never);
        expect(seen(memory)).toEqual(seen(memoryOf(leaf, silentAfter)));
      }),
      { numRuns: runs },
    );
  });
});

describe('windows', () => {
  it('hold the newest 4,096 readings, whatever their span', () => {
    const sum = memoryOf(leafOf({ over: 'sum', window: 24 * hour, above: 0 }));
    const low = memoryOf(leafOf({ over: 'min', window: 24 * hour, above: 0 }));
    for (let k = 0; k < 10_000; k += 1) {
      sum.push(k * 1_000, 1);
      low.push(k * 1_000, k);
    }
    expect([sum.value, low.value, sum.oldest()]).toEqual([4_096, 5_904, 5_904_000]);
  });

  it('forget a value that is too large for all others to be seen beside it', () => {
    const mean = memoryOf(leafOf({ over: 'mean', window: 3, above: 0 }));
    const values = [0.1, Number.MAX_VALUE, Number.MAX_VALUE, 0.2, 0.1, 0.3];
    const means = values.map((v, at) => {
      mean.push(at, v);
      return mean.value;
    });
    expect(means[2]).toBe(Number.POSITIVE_INFINITY);
    expect(means.slice(-1)).toEqual([exactSum([0.2, 0.1, 0.3]) / 3]);
  });

  it('of an absence are a few times, reaching back little further than the absence', () => {
    const absence = memoryOf(leafOf({ above: 5, absent: 24 * hour }));
    for (let minute = 0; minute <= 3 * 1_440; minute += 1) absence.push(minute * 60_000, 0);
    expect(absence.save()[0].length).toBeLessThanOrEqual(11);
    expect(absence.oldest()).toBeGreaterThanOrEqual(45 * hour);
    expect(absence.breach).toBe(yes);
  });

  it('of an absence reach as far as the longest that it may be given', () => {
    const [short, long] = [
      leafOf({ above: 5, absent: 2 * hour }),
      leafOf({ above: 5, absent: 9 * hour }),
    ];
    const absence = memoryFor(short, new Set(), null, never, 9 * hour);
    const refilled = memoryFor(short, new Set(), null, never, 9 * hour);
    for (let k = 0; k <= 8; k += 1) absence?.push(k * hour, 0);
    for (let k = 0; k <= 8; k += 1)
      if (k * hour >= (absence?.oldest() ?? 0)) refilled?.refill(k * hour, 0);
    for (const memory of [absence, refilled]) memory?.renumber(long, new Set(), 8 * hour);
    expect([absence?.breach, absence?.flipAt]).toEqual([no, 9 * hour]);
    expect([refilled?.breach, refilled?.flipAt]).toEqual([no, 9 * hour]);
  });

  it('are left out where the newest value decides', () => {
    expect(memoryFor(leafOf({ above: 1 }), new Set(), null, never)).toBeNull();
  });
});
