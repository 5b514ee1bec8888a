import { describe, expect, it } from 'vitest';
import { stepOf } from './use-chart-keys.ts';

/** A reading every ten minutes for four hours, in seconds. */
const times = Array.from({ length: 25 }, (_, index) => index * 600);
const onsets = [3000, 9000];
const step = (key: string, at: number, shift = false) => stepOf(key, shift, at, times, onsets);

describe('the keys of a chart', () => {
  it('read point by point and stop at the ends', () => {
    expect(step('ArrowRight', 4)).toBe(5);
    expect(step('ArrowRight', 24)).toBe(24);
    expect(step('ArrowLeft', 0)).toBe(0);
  });

  it('go an hour with Shift', () => {
    expect(step('ArrowRight', 0, true)).toBe(6);
    expect(step('ArrowLeft', 10, true)).toBe(4);
  });

  it('go from episode to episode', () => {
    expect(step('PageDown', 0)).toBe(5);
    expect(step('PageDown', 5)).toBe(15);
    expect(step('PageDown', 15)).toBe(15);
    expect(step('PageUp', 24)).toBe(15);
  });

  it('go to the first and the last point, and leave other keys alone', () => {
    expect(step('Home', 9)).toBe(0);
    expect(step('End', 9)).toBe(24);
    expect(step('Enter', 9)).toBeNull();
  });
});
