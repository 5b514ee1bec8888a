import { describe, expect, it } from 'vitest';
import { Confirmation } from './confirmation.ts';

const at = (second: number) => ({ now: 1_000_000 + second * 1_000, monotonic: second * 1_000 });
const up = (oldest: number | null) => ({
  synced: true,
  oldestPendingAt: oldest === null ? null : at(oldest).now,
});

describe('what the cloud has confirmed', () => {
  it('is all there is while nothing is pending, and grows old while it is away', () => {
    const confirmation = new Confirmation(at(0), null);
    confirmation.note(at(100), up(null));
    expect(confirmation.age(at(100).monotonic)).toBe(0);
    confirmation.note(at(120), { synced: false, oldestPendingAt: null });
    expect(confirmation.age(at(131).monotonic)).toBe(31_000);
    expect(confirmation.to).toBe(at(100).now);
  });

  it('ends at the oldest reading that is pending, and never goes back', () => {
    const confirmation = new Confirmation(at(0), null);
    confirmation.note(at(100), up(95));
    expect(confirmation.age(at(100).monotonic)).toBe(5_000);
    confirmation.note(at(110), up(80));
    expect(confirmation.to).toBe(at(95).now);
  });

  it('is old from the start where a backlog is, and a clock that steps makes it no older', () => {
    const confirmation = new Confirmation(at(0), at(-3_600).now);
    expect(confirmation.age(at(0).monotonic)).toBe(3_600_000);
    confirmation.note(at(1), up(null));
    expect(confirmation.age(at(2).monotonic)).toBe(1_000);
    const stepped = { now: at(3).now + 86_400_000, monotonic: at(3).monotonic };
    confirmation.note(stepped, { synced: true, oldestPendingAt: null });
    expect(confirmation.age(at(4).monotonic)).toBe(1_000);
  });
});
