import { expect, it } from 'vitest';
import { Listeners, takes } from './routing.ts';

it.each([
  ['a/b', 'a/b', true],
  ['a/b', 'a/c', false],
  ['a/b', 'a', false],
  ['a', 'a/b', false],
  ['a/+', 'a/b', true],
  ['a/+', 'a', false],
  ['a/+', 'a/b/c', false],
  ['+/b', 'a/b', true],
  ['#', 'a/b', true],
  ['a/#', 'a', true],
  ['a/#', 'a/b/c', true],
  ['a/#', 'b', false],
  ['a/+/c', 'a//c', true],
])('%s takes %s: %s', (filter, topic, expected) => {
  expect(takes(filter, topic)).toBe(expected);
});

it('rules a listener out only when there certainly is none', () => {
  const listeners = new Listeners();
  expect(listeners.mayHear('a/b')).toBe(false);
  listeners.add('a/+');
  expect([listeners.mayHear('a/b'), listeners.mayHear('c')]).toEqual([true, false]);
  for (let n = 0; n < 100; n += 1) listeners.add(`many/${n}`);
  expect(listeners.mayHear('c')).toBe(true);
});
