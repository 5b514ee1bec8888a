import { expect, it } from 'vitest';
import { Settling } from './settling.ts';

const second = 1_000;

it('lets time pass at once for a gateway that speaks regularly or for the first time', () => {
  const settling = new Settling(30 * second);
  expect(settling.allows('g', null, 500 * second)).toBe(true);
  expect(settling.allows('g', 500 * second, 502 * second)).toBe(true);
  expect(settling.allows('g', 500 * second, 560 * second)).toBe(true);
});

it('waits after an absence, once, and for that gateway alone', () => {
  const settling = new Settling(30 * second);
  const judged = 500 * second;
  expect(settling.allows('g', judged, 561 * second)).toBe(false);
  expect(settling.allows('other', judged, 502 * second)).toBe(true);
  expect(settling.allows('g', judged, 590 * second)).toBe(false);
  expect(settling.allows('g', judged, 591 * second)).toBe(true);
  expect(settling.allows('g', 591 * second, 593 * second)).toBe(true);
});
