import { expect, it } from 'vitest';
import type { Taken } from './taken.ts';
import { Utterances } from './utterances.ts';

function listener(): { taken: Taken; heard: (Error | null)[] } {
  const heard: (Error | null)[] = [];
  return { taken: (error) => heard.push(error), heard };
}

it('knows a repeat only when what was said first is kept, and lets it wait for that', () => {
  const utterances = new Utterances();
  const [first, second, third] = [listener(), listener(), listener()];
  expect(utterances.repeats('a', first.taken)).toBe(false);
  const done = utterances.begin('a', first.taken);
  expect(utterances.repeats('a', second.taken)).toBe(true);
  expect(second.heard).toEqual([]);
  done(null);
  expect([first.heard, second.heard]).toEqual([[null], [null]]);
  expect(utterances.repeats('a', third.taken)).toBe(true);
  expect(third.heard).toEqual([null]);
});

it('takes what could not be kept anew', () => {
  const utterances = new Utterances();
  const [first, second, third] = [listener(), listener(), listener()];
  const done = utterances.begin('a', first.taken);
  utterances.repeats('a', second.taken);
  const full = new Error('disk full');
  done(full);
  expect([first.heard, second.heard]).toEqual([[full], [full]]);
  expect(utterances.repeats('a', third.taken)).toBe(false);
});

it('forgets the oldest of very many', () => {
  const utterances = new Utterances();
  const { taken } = listener();
  for (let n = 0; n <= 20_000; n += 1) utterances.begin(String(n), taken)(null);
  expect(utterances.repeats('0', taken)).toBe(false);
  expect(utterances.repeats('1', taken)).toBe(true);
});
