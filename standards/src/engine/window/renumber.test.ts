import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clause } from '../../rules/clause.ts';
import { type Leaf, resolve } from '../../rules/resolve.ts';
import { no, unknown, yes } from '../kleene.ts';
import { testRule } from '../testing/fixture.ts';
import { type Memory, memoryFor } from './memory.ts';

const runs = Number(process.env.CARETAKER_PROPERTY_RUNS ?? 1_000);
const never = Number.POSITIVE_INFINITY;
const silentAfter = 40;
/** The instant at which the numbers change. */
const T = 100;
const codes: ReadonlySet<number> = new Set();

interface Sample {
  readonly at: number;
  readonly value: number;
}
/** Two leaves of one shape, the second in force from T on. */
interface Change {
  readonly before: Leaf;
  readonly after: Leaf;
}

function leafOf(clause: Omit<Clause, 'metric'>): Leaf {
  const rule = testRule({ id: 'r', when: { metric: 'ph', ...clause } });
  const point = { id: 'e/a/ph', metric: 'ph', limits: {} };
  const asset = { kind: 'pool', touchpoint: 'TP32', attributes: {}, points: [point] };
  const resolved = resolve(rule, asset);
  const leaf = 'missing' in resolved ? undefined : resolved.leaves[0];
  if (leaf === undefined) throw new Error('the leaf is missing');
  return leaf;
}

function memoryOf(leaf: Leaf): Memory {
  const memory = memoryFor(leaf, codes, null, silentAfter);
  if (memory === null) throw new Error('a leaf without a window');
  return memory;
}

const seen = ({ value, breach, stays, flipAt }: Memory) => ({ value, breach, stays, flipAt });
const truth = (is: boolean) => (is ? yes : no);

/** By the leaf in force when each was measured: whether it breaches, and whether it lies on the clear side. */
function marks({ before, after }: Change, all: readonly Sample[]) {
  return all.map(({ at, value }) => {
    const { limit, clear } = at < T ? before : after;
    return { at, breach: value > limit, clear: clear === null ? value <= limit : value < clear };
  });
}

interface Judged {
  readonly breach: number;
  readonly stays: number;
  readonly flipAt: number;
}
const blind: Judged = { breach: unknown, stays: unknown, flipAt: never };

/** What the leaf in force at `now` makes of the readings up to then, from scratch. */
type Naive = (change: Change, all: readonly Sample[], now: number) => Judged;

const inForce = ({ before, after }: Change, now: number) => (now < T ? before : after);

const naiveMean: Naive = (change, all, now) => {
  const leaf = inForce(change, now);
  const newest = all.at(-1)?.at ?? 0;
  const held = all.filter(({ at }) => at > newest - leaf.window);
  const mean = held.reduce((sum, { value }) => sum + value, 0) / held.length;
  const breach = mean > leaf.limit;
  const clear = leaf.clear === null ? !breach : mean < leaf.clear;
  return { breach: truth(breach), stays: truth(breach || !clear), flipAt: never };
};

const naiveCount: Naive = (change, all, now) => {
  const { count } = inForce(change, now);
  if (count === null) return blind;
  const marked = marks(change, all);
  const bad = marked.slice(-count.of).filter((mark) => mark.breach).length;
  const good = marked.slice(-count.clearOf).filter((mark) => mark.clear).length;
  const breach = bad >= count.least;
  const clear = count.clearLeast === 0 ? !breach : good >= count.clearLeast;
  return { breach: truth(breach), stays: truth(breach || !clear), flipAt: never };
};

const naiveShare: Naive = (change, all, now) => {
  const { share } = inForce(change, now);
  const marked = marks(change, all);
  const t = all.at(-1)?.at ?? 0;
  if (share === null) return blind;
  let [known, held] = [0, 0];
  for (const [k, mark] of marked.slice(0, -1).entries()) {
    const end = Math.min(marked[k + 1]?.at ?? t, mark.at + silentAfter);
    const span = Math.max(0, end - Math.max(mark.at, t - share.window));
    known += span;
    if (mark.breach) held += span;
  }
  if (known === 0 || known < share.coverage * share.window) return blind;
  const breach = held / known >= share.atLeast;
  const clear = share.clear === null ? !breach : held / known < share.clear;
  return { breach: truth(breach), stays: truth(breach || !clear), flipAt: never };
};

const naiveAbsence: Naive = (change, all, now) => {
  const marked = marks(change, all);
  const last = marked.findLast((mark) => mark.breach)?.at ?? marked[0]?.at ?? 0;
  const flip = last + inForce(change, now).absent;
  const absent = now >= flip;
  return { breach: truth(absent), stays: truth(absent), flipAt: absent ? never : flip };
};

const limit = fc.integer({ min: 1, max: 7 });
/** A pair of each of some numbers, one for each side of T. */
const pair = <A>(one: fc.Arbitrary<A>) => fc.tuple(one, one);
const changeOf = <A>(numbers: fc.Arbitrary<A>, clause: (numbers: A) => Omit<Clause, 'metric'>) =>
  pair(numbers).map(([a, b]): Change => ({ before: leafOf(clause(a)), after: leafOf(clause(b)) }));

const limits = fc.record({ above: limit, gap: fc.integer({ min: 0, max: 2 }) });
const forms: [string, fc.Arbitrary<Change>, Naive][] = [
  [
    'a mean',
    changeOf(limits, ({ above, gap }) => ({ above, clear: above - gap, over: 'mean', window: 30 })),
    naiveMean,
  ],
  [
    'a count',
    changeOf(
      fc.record({
        above: limit,
        least: fc.integer({ min: 1, max: 4 }),
        good: fc.integer({ min: 1, max: 3 }),
      }),
      ({ above, least, good }) => ({
        above,
        clear: above - 1,
        count: { least, of: 4, clearLeast: good, clearOf: 3 },
      }),
    ),
    naiveCount,
  ],
  [
    'a share of time',
    changeOf(
      fc.record({ above: limit, part: fc.constantFrom(0.25, 0.5, 0.75) }),
      ({ above, part }) => ({
        above,
        share: { window: 50, atLeast: part, clear: part / 2, coverage: 0.25 },
      }),
    ),
    naiveShare,
  ],
  [
    'an absence',
    changeOf(
      fc.record({ above: limit, absent: fc.integer({ min: 5, max: 90 }) }),
      ({ above, absent }) => ({
        above,
        absent,
      }),
    ),
    naiveAbsence,
  ],
];

const series = fc
  .uniqueArray(
    fc.record({ at: fc.integer({ min: 0, max: 200 }), value: fc.integer({ min: 0, max: 8 }) }),
    { minLength: 1, maxLength: 40, selector: ({ at }) => at },
  )
  .map((list) => list.sort((a, b) => a.at - b.at));

describe.each(forms)('%s whose numbers change', (_, change, naive) => {
  it('counts what was read before as it was judged then, and decides anew at the change', () => {
    fc.assert(
      fc.property(change, series, (given, all) => {
        const memory = memoryOf(given.before);
        const early = all.filter(({ at }) => at < T);
        for (const [k, { at, value }] of early.entries()) {
          memory.push(at, value);
          expect(seen(memory)).toMatchObject(naive(given, all.slice(0, k + 1), at));
        }
        memory.renumber(given.after, codes, T);
        expect(seen(memory)).toMatchObject(early.length === 0 ? blind : naive(given, early, T));
        for (const { at, value } of all.slice(early.length)) {
          memory.push(at, value);
          const sofar = all.filter((sample) => sample.at <= at);
          expect(seen(memory)).toMatchObject(naive(given, sofar, at));
        }
      }),
      { numRuns: runs },
    );
  });

  it('goes on the same when it is saved before, and when it is judged again from before', () => {
    fc.assert(
      fc.property(change, series, (given, all) => {
        const [early, rest] = [all.filter(({ at }) => at < T), all.filter(({ at }) => at >= T)];
        const whole = memoryOf(given.before);
        for (const { at, value } of early) whole.push(at, value);
        const saved = whole.save();
        const loaded = memoryOf(given.after);
        loaded.renumber(given.before, codes, 0);
        loaded.load(...saved);
        expect(seen(loaded)).toEqual(seen(whole));
        const finish = (memory: Memory) => {
          memory.renumber(given.after, codes, T);
          for (const { at, value } of rest) memory.push(at, value);
          return seen(memory);
        };
        const expected = finish(whole);
        expect(finish(loaded)).toEqual(expected);
        whole.clear();
        whole.renumber(given.before, codes, 0);
        for (const { at, value } of early) whole.refill(at, value);
        expect(finish(whole)).toEqual(expected);
      }),
      { numRuns: runs },
    );
  });
});
