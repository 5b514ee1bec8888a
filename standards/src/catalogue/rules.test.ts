import { describe, expect, it } from 'vitest';
import { loadTests, mutate, runTests, untested } from '../testing/index.ts';
import { loadStandard } from './load.ts';

const standard = loadStandard();
const tests = loadTests(standard);
const results = Map.groupBy(runTests(standard, tests.tests), ({ test }) => test.rule);

describe('every rule of the catalogue', () => {
  it('has a test that opens, one that must not open and one that clears', () => {
    expect(untested(standard, tests.tests)).toEqual([]);
  });

  it.each([...results])('%s judges as its tests say', (_, own) => {
    const failed = own.filter(({ passed }) => !passed);
    expect(failed.map(({ test, message }) => `${test.where}: ${message}`)).toEqual([]);
  });

  it('says why in one sentence of each language', () => {
    const episodes = [...results.values()].flat().flatMap(({ found }) => found);
    expect(episodes.length).toBeGreaterThan(results.size);
    for (const { why } of episodes) {
      expect(why.en).toMatch(/^[A-Z\p{Ll}].+\.$/u);
      expect(why.zh).toMatch(/。$/);
    }
  });

  it('is tested so closely that no small change of it goes unnoticed', () => {
    const { survivors, stale, mutants } = mutate(standard, tests);
    expect(mutants).toBeGreaterThan(results.size * 8);
    expect(survivors).toEqual([]);
    expect(stale).toEqual([]);
  });
});
