import { expect, it } from 'vitest';
import { Listeners } from './routing.ts';

it('rules a listener out only when there certainly is none', () => {
  const listeners = new Listeners();
  expect(listeners.mayHear('a/b')).toBe(false);
  listeners.add('a/+');
  expect([listeners.mayHear('a/b'), listeners.mayHear('c')]).toEqual([true, false]);
  for (let n = 0; n < 100; n += 1) listeners.add(`many/${n}`);
  expect(listeners.mayHear('c')).toBe(true);
});
