import { describe, expect, it } from 'vitest';
import { firstPair, standingOf } from './pair.ts';

const versions = (inForce: number, ...numbers: number[]) =>
  numbers.map((number) => ({
    number,
    inForce: number === inForce,
    effective: number,
    withdrawn: null,
    replacedBy: null,
  }));
const withdrawn = { at: 1, by: 'Lin' };

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

  it('are neighbours in time, whichever was published last, and count', () => {
    const [third, second, first] = versions(3, 3, 2, 1).map((v) => ({
      ...v,
      effective: v.number === 2 ? 9 : v.number,
    }));
    if (third === undefined || second === undefined || first === undefined) throw new Error();
    expect(firstPair([third, second, first])).toEqual({ from: 1, to: 3 });
    expect(firstPair([{ ...third, withdrawn, inForce: false }, second])).toBeNull();
    expect(firstPair([third, { ...second, replacedBy: 3 }, first])).toEqual({ from: 1, to: 3 });
  });

  it('are none while there are not two', () => {
    expect(firstPair([])).toBeNull();
    expect(firstPair(versions(1, 1))).toBeNull();
    expect(firstPair(versions(0, 1))).toBeNull();
  });
});

describe('where a version stands', () => {
  it('is in force, to come, past, taken back or replaced', () => {
    const version = { inForce: false, effective: 10, withdrawn: null, replacedBy: null };
    expect(standingOf({ ...version, replacedBy: 4 }, 11)).toBe('replaced');
    expect(standingOf({ ...version, inForce: true }, 11)).toBe('inForce');
    expect(standingOf(version, 9)).toBe('toCome');
    expect(standingOf(version, 10)).toBe('past');
    expect(standingOf({ ...version, withdrawn }, 9)).toBe('withdrawn');
  });
});
