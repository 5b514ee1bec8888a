import { describe, expect, it } from 'vitest';
import { isPermissive } from './licences.ts';

describe('isPermissive', () => {
  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0)', true],
    ['MIT OR Apache-2.0', true],
    ['Apache-2.0 AND MIT', true],
    ['Apache-2.0 AND LGPL-2.1', false],
    ['GPL-3.0-only', false],
    ['Unknown', false],
    ['', false],
  ])('%s: %s', (expression, expected) => {
    expect(isPermissive(expression)).toBe(expected);
  });
});
