import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Queue } from './queue.ts';

type Act =
  | { readonly act: 'push' | 'behind'; readonly ahead: number }
  | { readonly act: 'between'; readonly ahead: number; readonly width: number }
  | { readonly act: 'pop'; readonly many: number };

const ahead = fc.oneof(fc.nat({ max: 9 }), fc.nat({ max: 200 }));
const acts = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ act: fc.constant('push' as const), ahead }) },
    // In the order of time, as most of what an engine pushes.
    {
      weight: 8,
      arbitrary: fc.record({ act: fc.constant('behind' as const), ahead: fc.nat({ max: 2 }) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        act: fc.constant('between' as const),
        ahead,
        width: fc.constantFrom(0, 3, 40),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        act: fc.constant('pop' as const),
        many: fc.constantFrom(1, 2, 3, 30),
      }),
    },
  ),
  { maxLength: 200, size: 'max' },
);

/** A queue, and beside it a plain list of what is in it and between which instants. */
class Trial {
  private readonly queue = new Queue();
  private readonly waiting = new Map<number, { readonly early: number; readonly late: number }>();
  private what = 0;
  private now = 0;
  private last = 0;

  do(act: Act): void {
    if (act.act === 'pop') {
      for (let k = 0; k < act.many && this.waiting.size > 0; k += 1) this.pop();
      return;
    }
    this.what += 1;
    const early = (act.act === 'behind' ? this.last : this.now) + act.ahead;
    const late = act.act === 'between' ? early + act.width : early;
    if (act.act === 'between') this.queue.pushBetween(early, late, this.what);
    else this.queue.push(early, this.what);
    this.last = Math.max(this.last, early);
    this.waiting.set(this.what, { early, late });
  }

  empty(): void {
    while (this.waiting.size > 0) this.pop();
    expect(this.queue.next).toBe(Number.POSITIVE_INFINITY);
  }

  private pop(): void {
    const { next } = this.queue;
    const what = this.queue.pop();
    const due = this.waiting.get(what);
    this.waiting.delete(what);
    expect(due, `${what} was never pushed, or is out already`).toBeDefined();
    expect(next).toBeGreaterThanOrEqual(due?.early ?? 0);
    expect(next).toBeLessThanOrEqual(due?.late ?? 0);
    const overdue = [...this.waiting.values()].filter(({ late }) => late < next);
    expect(overdue).toEqual([]);
    this.now = next;
  }
}

describe('a queue', () => {
  it('gives what is due earliest, each once, at an instant at which it may be', () => {
    fc.assert(
      fc.property(acts, (list) => {
        const trial = new Trial();
        for (const act of list) trial.do(act);
        trial.empty();
      }),
      { numRuns: 300 },
    );
  });

  it('gives what was pushed in no order in the order of a sorted list', () => {
    const times = fc.array(fc.nat({ max: 60 }), { maxLength: 120, size: 'max' });
    fc.assert(
      fc.property(times, (list) => {
        const queue = new Queue();
        for (const [k, time] of list.entries()) queue.push(time, k);
        const given = list.map(() => {
          const { next } = queue;
          expect(list[queue.pop()]).toBe(next);
          return next;
        });
        expect(given).toEqual(list.toSorted((a, b) => a - b));
      }),
      { numRuns: 500 },
    );
  });

  it('has nothing due while it is empty', () => {
    expect(new Queue().next).toBe(Number.POSITIVE_INFINITY);
  });
});
