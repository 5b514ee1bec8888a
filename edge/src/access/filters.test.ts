import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covers, isFilter, isTopic, matches, overlap } from './filters.ts';

/** `z` stands for every name that no filter spells. */
const names = ['a', 'b', 'z'];
const deepest = 5;

/** Every topic of 1 to 5 levels. */
const topics: readonly string[] = (() => {
  let level: string[] = names;
  const all = [...level];
  for (let depth = 2; depth <= deepest; depth += 1) {
    level = level.flatMap((topic) => names.map((name) => `${topic}/${name}`));
    all.push(...level);
  }
  return all;
})();

/** The rule of MQTT written out as a regular expression. */
function naive(filter: string, topic: string): boolean {
  const pattern = filter.replace(/^#$/, '.*').replace(/\/#$/, '(/.*)?').replaceAll('+', '[^/]*');
  return new RegExp(`^${pattern}$`).test(topic);
}

const filterOf = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', '+'), { maxLength: 3 }), fc.boolean())
  .map(([levels, open]) => (open || levels.length === 0 ? [...levels, '#'] : levels).join('/'));

const reachOf = (filter: string) => topics.filter((topic) => naive(filter, topic));

describe('the reach of a filter', () => {
  it('is what a regular expression of it takes', () => {
    fc.assert(
      fc.property(filterOf, fc.constantFrom(...topics), (filter, topic) => {
        expect(matches(filter, topic)).toBe(naive(filter, topic));
      }),
      { numRuns: 2_000 },
    );
  });

  it('lies within others exactly when each of its topics is taken by one of them', () => {
    fc.assert(
      fc.property(fc.array(filterOf, { maxLength: 4 }), filterOf, (allowed, filter) => {
        const each = reachOf(filter).every((topic) => allowed.some((one) => naive(one, topic)));
        expect(covers(allowed, filter)).toBe(each);
      }),
      { numRuns: 1_000 },
    );
  });

  it('meets that of another exactly when some topic is taken by both', () => {
    fc.assert(
      fc.property(filterOf, filterOf, (one, other) => {
        const both = reachOf(one).some((topic) => naive(other, topic));
        expect(overlap(one, other)).toBe(both);
        expect(overlap(other, one)).toBe(both);
      }),
      { numRuns: 1_000 },
    );
  });

  it('may be put together from several filters', () => {
    expect(covers(['a', 'a/+/#'], 'a/#')).toBe(true);
    expect(covers(['a/+/#'], 'a/#')).toBe(false);
    expect(covers(['a/#'], '#')).toBe(false);
    expect(covers(['a/b', 'a/c'], 'a/+')).toBe(false);
  });

  it('holds none of the topics that begin with $, wherever a wildcard stands first', () => {
    expect(matches('#', '$SYS/x')).toBe(false);
    expect(matches('+/x', '$SYS/x')).toBe(false);
    expect(matches('$SYS/#', '$SYS/x')).toBe(true);
    expect(overlap('#', '$SYS/x')).toBe(false);
  });
});

describe('what may be named at all', () => {
  it.each(['a', 'a/b', 'a//b', 'a b/门'])('takes the topic %j', (topic) => {
    expect([isTopic(topic), isFilter(topic)]).toEqual([true, true]);
  });

  it.each(['', '$SYS/x', '$share/g/a', 'a\0b', 'a'.repeat(513), 'a/'.repeat(40)])(
    'takes neither the topic nor the filter %j',
    (text) => {
      expect([isTopic(text), isFilter(text)]).toEqual([false, false]);
    },
  );

  it.each(['#', '+', 'a/+/b', 'a/#'])('takes %j as a filter only', (filter) => {
    expect([isTopic(filter), isFilter(filter)]).toEqual([false, true]);
  });

  it.each(['a#', '#/a', 'a/#/b', 'a+/b'])('takes %j as neither', (filter) => {
    expect([isTopic(filter), isFilter(filter)]).toEqual([false, false]);
  });
});
