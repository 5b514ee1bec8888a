import { expect, it } from 'vitest';
import { Echoes } from './echoes.ts';

const bytes = (text: string) => Buffer.from(text);

it('takes what was said as often as it was said, and nothing that a device says on the same topic', () => {
  const echoes = new Echoes();
  expect(echoes.takes('lamp/set', bytes('ON'))).toBe(false);
  echoes.expect('lamp/set', bytes('ON'));
  echoes.expect('lamp/set', bytes('ON'));
  expect(echoes.takes('lamp/set', bytes('OFF'))).toBe(false);
  expect(echoes.takes('lamp/other', bytes('ON'))).toBe(false);
  const again = [1, 2, 3].map(() => echoes.takes('lamp/set', bytes('ON')));
  expect(again).toEqual([true, true, false]);
});

it('gives up the oldest when too many never come back', () => {
  const echoes = new Echoes(2);
  for (const topic of ['a', 'b', 'c']) echoes.expect(topic, bytes('1'));
  expect(['a', 'b', 'c'].map((topic) => echoes.takes(topic, bytes('1')))).toEqual([
    ...[false, true, true],
  ]);
});
