import { expect, it } from 'vitest';
import { behaviours } from './behaviours.ts';
import { planFaults } from './faults.ts';
import { stampedMessages } from './messages.ts';
import { Random } from './random.ts';

const names = (seed: number) =>
  planFaults(new Random(seed), 2_000, false).map(({ name, after }) => `${after} ${name}`);
const stretch = { round: 0, from: 1_000_000, count: 42, every: 60_000 };
const said = (seed: number) =>
  stampedMessages('lift-a', behaviours['lift-a'] ?? {}, stretch, new Random(seed));

it('does the same again for the same seed, and something else for the next one', () => {
  expect(names(5)).toEqual(names(5));
  expect(names(5)).not.toEqual(names(6));
  expect(said(5)).toEqual(said(5));
  expect(said(5)).not.toEqual(said(6));
});

it('comes to every kind of fault within a hundred rounds', () => {
  const all = Array.from({ length: 100 }, (_, seed) => planFaults(new Random(seed), 2_000, true));
  const found = new Set(all.flat().map(({ name }) => name));
  for (const one of ['kill edge', 'kill cloud', 'kill edge and cloud', 'cut the uplink']) {
    expect(found).toContain(one);
  }
  for (const place of ['before-sync', 'after-sync', 'frame-sent', 'ack-received']) {
    expect(found).toContain(`kill edge at edge.${place}`);
  }
});
