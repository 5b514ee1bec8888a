import type { Reading } from '@caretaker/readings';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeptReadings } from './kept-readings.ts';

function reading(point: string, at: number, value = at): Reading {
  return { point, at, received: at + 5, value, stamped: true, history: false };
}

const points = ['a', 'b'];
const arrivals = fc.array(
  fc.record({ point: fc.constantFrom('a', 'b', 'c'), at: fc.nat(50), value: fc.nat(3) }),
);

describe('kept readings', () => {
  it('are the first of each (point, at), in the order of time, whatever the order they came in', () => {
    fc.assert(
      fc.property(arrivals, fc.nat(50), fc.nat(50), (came, from, to) => {
        const kept = new KeptReadings(points);
        const first = new Map<string, Reading>();
        for (const { point, at, value } of came) {
          const key = `${point} ${at}`;
          const one = reading(point, at, value);
          expect(kept.add(one)).toBe(point !== 'c' && !first.has(key));
          if (point !== 'c' && !first.has(key)) first.set(key, one);
        }
        const wanted = [...first.values()].filter(({ at }) => at >= from && at <= to);
        const found = kept.between(points, from, to);
        expect(new Set(found)).toEqual(new Set(wanted));
        expect(found.map(({ at }) => at)).toEqual(wanted.map(({ at }) => at).sort((x, y) => x - y));
        const again = new KeptReadings(points, kept.columns());
        expect(again.between(points, 0, 50)).toEqual(kept.between(points, 0, 50));
      }),
    );
  });

  it('are bounded, and what lies before them is not judged', () => {
    const kept = new KeptReadings(points);
    for (let at = 1; at <= 10_000; at += 1) expect(kept.add(reading('a', at))).toBe(true);
    const held = kept.between(['a'], 0, 10_000);
    expect(held.length).toBeLessThanOrEqual(2_048);
    const oldest = held[0]?.at ?? 0;
    expect(kept.add(reading('a', oldest - 1))).toBe(false);
    expect(kept.add(reading('a', oldest + 0.5))).toBe(true);
    expect(kept.add(reading('b', 1))).toBe(true);
    const again = new KeptReadings(points, kept.columns());
    expect(again.add(reading('a', oldest - 1))).toBe(false);
  });
});
