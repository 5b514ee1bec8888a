import { describe, expect, it } from 'vitest';
import { firstPair, standingOf } from './pair.ts';

const versions = (inForce: number, ...numbers: number[]) =>
  numbers.map((number) => ({ number, inForce: number === inForce }));

describe('the versions compared at first', () => {
  it('are the one in force and the one before it', () => {
    expect(firstPair(versions(3, 3, 2, 1))).toEqual({ from: 2, to: 3 });
    expect(firstPair(versions(2, 3, 2, 1))).toEqual({ from: 1, to: 2 });
  });

  it('are the first and the one to come when nothing was before', () => {
    expect(firstPair(versions(1, 2, 1))).toEqual({ from: 1, to: 2 });
  });

  it('are the two newest when none is in force', () => {
    expect(firstPair(versions(0, 3, 2, 1))).toEqual({ from: 2, to: 3 });
  });

  it('are none while there are not two', () => {
    expect(firstPair([])).toBeNull();
    expect(firstPair(versions(1, 1))).toBeNull();
    expect(firstPair(versions(0, 1))).toBeNull();
  });
});

describe('where a version stands', () => {
  it('is in force, to come or past', () => {
    expect(standingOf({ inForce: true, effective: 5 }, 9)).toBe('inForce');
    expect(standingOf({ inForce: false, effective: 10 }, 9)).toBe('toCome');
    expect(standingOf({ inForce: false, effective: 9 }, 9)).toBe('past');
  });
});
