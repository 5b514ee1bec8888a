import type { Reading } from '@caretaker/readings';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bootInstant, bootTimeOf, mostBoots } from '../journal/index.ts';
import { type Boot, BootTable } from './boots.ts';
import { type RestampOptions, restamped } from './restamp.ts';
import { settledBoots } from './settle.ts';

const day = 86_400_000;
const start = Date.UTC(2026, 10, 1);

/** Starts of the machine that ended before they knew their time, one after another. */
const runs = fc.array(
  fc.record({
    first: fc.integer({ min: 0, max: day }),
    lasted: fc.integer({ min: 0, max: 30 * day }),
  }),
  { maxLength: 6 },
);

it('writes and reads moments of any start, all below zero', () => {
  const moments = fc.record({
    index: fc.integer({ min: 1, max: mostBoots }),
    elapsed: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
  });
  fc.assert(
    fc.property(moments, (moment) => {
      const instant = bootInstant(moment);
      expect(instant).toBeLessThan(0);
      expect(instant).toBeGreaterThanOrEqual(-8.64e15);
      expect(bootTimeOf(instant)).toEqual(moment);
    }),
  );
  expect(bootTimeOf(0)).toBeNull();
  expect(bootTimeOf(start)).toBeNull();
});

it('places starts that never knew their time in their order, between what is known before and after', () => {
  fc.assert(
    fc.property(runs, fc.integer({ min: 0, max: day }), (ended, elapsed) => {
      const boots: Boot[] = ended.map(({ first, lasted }, n) => ({
        ...{ index: n + 1, boot: `boot-${n}`, base: null, placed: false },
        ...{ first, last: first + lasted, after: start },
      }));
      const current = { ...unknown(ended.length + 1), first: elapsed, last: elapsed };
      // Time enough for all of them to have run.
      const length = boots.reduce((sum, { last }) => sum + last + 10_000, 0);
      const base = start + length + day;
      const settled = settledBoots([...boots, current], current, base);
      expect(settled).toHaveLength(boots.length + 1);
      const inOrder = settled.toSorted((a, b) => a.index - b.index);
      let before = start;
      for (const { base: placed, first, last, index } of inOrder) {
        expect((placed ?? 0) + first).toBeGreaterThan(before);
        before = (placed ?? 0) + last;
        if (index <= boots.length) expect(before).toBeLessThan(base);
      }
      // As late as possible: the last one ends within seconds of the present start.
      const last = inOrder.at(-2);
      if (last !== undefined) {
        expect(base - (last.base ?? 0) - last.last).toBeLessThan(10_000);
      }
    }),
  );
});

function unknown(index: number): Boot {
  return { index, boot: 'now', base: null, placed: false, first: 0, last: 0, after: start };
}

function optionsFor(boot: Boot | null, known = true): RestampOptions & { ahead: Reading[] } {
  const table = new BootTable('unused');
  if (boot !== null) {
    table.open(boot.boot, boot.first, boot.after);
    table.put(boot);
  }
  const ahead: Reading[] = [];
  return {
    table,
    known: () => known,
    lost: ({ index, elapsed }) => table.adopt(index, elapsed, start),
    historyAfter: () => day,
    onAhead: (reading) => ahead.push(reading),
    ahead,
  };
}

function reading(elapsed: number, at: number | null): Reading {
  const received = bootInstant({ index: 1, elapsed });
  const stamped = at !== null;
  return { point: 'hall/temp_c', at: at ?? received, received, value: 1, stamped, history: false };
}

it('gives out what has a time, and nothing behind what has none', () => {
  const known = { ...reading(0, start), received: start };
  const options = optionsFor(unknown(1), false);
  expect(restamped([known, known], options)).toEqual([known, known]);
  expect(restamped([known, reading(5, null), known], options)).toEqual([known]);
});

it('gives unstamped readings the time of their receipt, and leaves stamped ones theirs', () => {
  const options = optionsFor({ ...unknown(1), base: start });
  const [unstamped, stamped] = restamped([reading(500, null), reading(600, start + 90)], options);
  expect(unstamped).toMatchObject({ at: start + 500, received: start + 500, stamped: false });
  expect(stamped).toMatchObject({ at: start + 90, received: start + 600, history: false });
});

it('judges the clocks of devices once the time is known', () => {
  const options = optionsFor({ ...unknown(1), base: start });
  const [late, ahead] = restamped(
    [reading(500, start - 2 * day), reading(600, start + 600 + 300_001)],
    options,
  );
  expect(late).toMatchObject({ at: start - 2 * day, history: true });
  expect(ahead).toMatchObject({ at: start + 600, received: start + 600, stamped: false });
  expect(options.ahead).toMatchObject([{ at: start + 600 + 300_001, received: start + 600 }]);
});

it('makes history of what a start without a time has received', () => {
  const options = optionsFor({ ...unknown(1), base: start, placed: true });
  expect(restamped([reading(500, null)], options)).toMatchObject([
    { at: start + 500, history: true },
  ]);
});

it('places a start that was forgotten behind what is known, once and for all', () => {
  const options = optionsFor(null);
  const [one, two] = restamped([reading(500, null), reading(700, null)], options);
  expect([one?.at, two?.at]).toEqual([start + 1, start + 201]);
  expect(restamped([reading(700, null)], options)).toEqual([two]);
});
