import { getPosition } from 'suncalc';
import { expect, it, vi } from 'vitest';
import { loadStandard } from '../catalogue/load.ts';
import { createEngine } from '../engine/index.ts';
import {
  reading,
  testAsset,
  testEstate,
  testPoint,
  testRule,
  testStandard,
} from '../engine/testing/fixture.ts';
import { prepareCalendars } from './prepare.ts';

vi.mock(import('suncalc'), async (original) => {
  const real = await original();
  return { ...real, getPosition: vi.fn(real.getPosition) };
});

const standard = loadStandard();
const lamp = testAsset('a', 'lighting', [testPoint('a', 'lux', null)]);
const pool = testAsset('b', 'pool', [testPoint('b', 'ph', null)]);
const estate = (latitude: number) =>
  testEstate([lamp, pool], {
    location: { latitude, longitude: 77.25 },
    calendars: { pool: '07:00-21:00' },
  });
const from = Date.UTC(2031, 11, 20);
const to = Date.UTC(2032, 0, 10);
const sunAsked = () => vi.mocked(getPosition).mock.calls.length;

function judge(latitude: number): number {
  const before = sunAsked();
  const engine = createEngine({
    standard,
    estates: [estate(latitude)],
    horizon: 35 * 86_400_000,
  });
  engine.accept([reading('e/a/lux', from, 3), reading('e/a/lux', to, 3)]);
  engine.drain();
  return sunAsked() - before;
}

it('prepared calendars leave nothing to compile for the first readings', () => {
  expect(judge(12.5)).toBeGreaterThan(10_000);
  for (const _ of prepareCalendars(standard, [estate(13.5)], from, to)) expect(_).toBeUndefined();
  expect(judge(13.5)).toBe(0);
});

it('are compiled one calendar and year a step', () => {
  const most: number[] = [];
  let before = sunAsked();
  for (const _ of prepareCalendars(standard, [estate(14.5)], from, to)) {
    most.push(sunAsked() - before);
    before = sunAsked();
  }
  // Night, day and the opening of the pool, for two years each.
  expect(most).toHaveLength(6);
  // A year in steps of 20 minutes and more, and the search for its edges.
  expect(Math.max(...most)).toBeLessThan(25_000);
});

it('are compiled part by part where the sun and dates go together', () => {
  const weekends = testRule({
    id: 'dark',
    kind: 'pool',
    when: {
      all: [{ calendar: { sunBelow: -6, days: ['sat', 'sun'] } }, { metric: 'ph', above: 8 }],
    },
  });
  const most: number[] = [];
  let before = sunAsked();
  const year = { from: Date.UTC(2033, 3), to: Date.UTC(2033, 5) };
  const steps = prepareCalendars(testStandard([weekends]), [estate(15.5)], year.from, year.to);
  for (const _ of steps) {
    most.push(sunAsked() - before);
    before = sunAsked();
  }
  // The sun, then the dates with it.
  expect(most).toEqual([expect.any(Number), 0]);
  expect(most[0]).toBeGreaterThan(10_000);
});
