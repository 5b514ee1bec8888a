import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Routes } from './routes.ts';

/** The rules of [MQTT-4.7.1], as slowly as they read. */
function matches(filter: readonly string[], topic: readonly string[]): boolean {
  const [head, ...rest] = filter;
  if (head === undefined) return topic.length === 0;
  if (head === '#') return true;
  if (topic.length === 0) return false;
  return (head === '+' || head === topic[0]) && matches(rest, topic.slice(1));
}

const name = fc.constantFrom('a', 'b', 'c', '');
const filter = fc
  .tuple(fc.array(fc.oneof(name, fc.constant('+')), { maxLength: 4 }), fc.boolean())
  .map(([levels, hash]) => (hash ? [...levels, '#'] : levels))
  .filter((levels) => levels.length > 0);

describe('Routes', () => {
  it('finds exactly the filters that match, each once', () => {
    fc.assert(
      fc.property(
        fc.array(filter, { maxLength: 12 }),
        fc.array(name, { minLength: 1, maxLength: 5 }),
        (filters, topic) => {
          const routes = new Routes<number>();
          for (const [index, levels] of filters.entries()) routes.add(levels.join('/'), index);
          const expected = [...filters.keys()].filter((i) => matches(filters[i] ?? [], topic));
          expect(routes.find(topic.join('/')).toSorted((a, b) => a - b)).toEqual(expected);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is not slowed down by a topic of many levels', () => {
    const routes = new Routes<string>();
    routes.add('+/+/+/+/a', 'five');
    routes.add('deep/#', 'deep');
    expect(routes.find(`deep${'/x'.repeat(20_000)}`)).toEqual(['deep']);
  });
});
