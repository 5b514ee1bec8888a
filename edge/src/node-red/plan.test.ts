import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type End, nextStart } from './plan.ts';

const minute = 60_000;

/** Ends at these minutes. */
function crashes(...minutes: number[]): End[] {
  return minutes.map((at) => ({ why: 'crashed', at: at * minute }));
}

describe('the next start', () => {
  it('comes later each time, and without flows from the third end within five minutes', () => {
    expect(nextStart(crashes(1))).toEqual({ afterMs: 1_000, safe: false });
    expect(nextStart(crashes(1, 2))).toEqual({ afterMs: 2_000, safe: false });
    expect(nextStart(crashes(1, 2, 3))).toEqual({ afterMs: 4_000, safe: true });
  });

  it('forgets ends of long ago', () => {
    expect(nextStart(crashes(1, 2, 30))).toEqual({ afterMs: 1_000, safe: false });
  });

  it('is without flows at once after they held up the process', () => {
    expect(nextStart([{ why: 'stuck', at: 0 }])).toEqual({ afterMs: 1_000, safe: true });
    expect(nextStart([{ why: 'memory', at: 0 }])).toEqual({ afterMs: 1_000, safe: false });
  });

  it('is never more than a minute away', () => {
    const end = fc.record({
      why: fc.constantFrom<End['why'][]>('crashed', 'stuck', 'memory', 'slow'),
      at: fc.nat(600_000),
    });
    fc.assert(
      fc.property(fc.array(end, { minLength: 1 }), (ends) => {
        const sorted = ends.toSorted((a, b) => a.at - b.at);
        const { afterMs } = nextStart(sorted);
        expect(afterMs).toBeGreaterThanOrEqual(1_000);
        expect(afterMs).toBeLessThanOrEqual(minute);
      }),
    );
  });
});
