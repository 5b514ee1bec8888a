import { expect, it } from 'vitest';
import { streamStateAt } from './stream-state.ts';

const heardAt = 40_000;
const at = (now: number, error: unknown = null) => streamStateAt({ heardAt, error }, now);

it('is connecting before the first byte, for however long', () => {
  expect(streamStateAt(null, 3_600_000)).toEqual({
    state: 'connecting',
    silentFor: 0,
    error: null,
  });
});

it('says within 6 s of the last byte that nothing is live, to pages that look once a second', () => {
  for (let phase = 0; phase < 1_000; phase += 1) {
    let now = heardAt + phase;
    while (at(now).state === 'live') now += 1_000;
    expect(at(now).state).toBe('lost');
    expect(now - heardAt).toBeLessThanOrEqual(6_000);
  }
});

it('stays live over one heartbeat that is missing', () => {
  expect(at(heardAt + 4_500)).toEqual({ state: 'live', silentFor: 4_500, error: null });
});

it('tells what went wrong, and never of a silence before the last byte', () => {
  const error = new Error('gone');
  expect(at(heardAt - 20, error)).toEqual({ state: 'live', silentFor: 0, error });
});
