import { waitAfter } from '@caretaker/readings/secrets';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ofAddress, ofFactor, ofLogin, WaitError } from './attempts.ts';

it('lets the first few go by, then waits 1 s, doubled to 15 minutes', () => {
  expect([0, 4, 5, 6, 7, 14, 15, 99, 1e9].map((failures) => waitAfter(failures, 5))).toEqual([
    0, 0, 1000, 2000, 4000, 512_000, 900_000, 900_000, 900_000,
  ]);
  expect(new WaitError(1).message).toContain('1 s');
});

it('takes all addresses of one household for one', () => {
  const key = (address: string) => ofAddress(address).key;
  for (const same of [
    ['192.0.2.1', '::ffff:192.0.2.1', '::FFFF:192.0.2.1'],
    ['2001:db8::1', '2001:db8:0:0:ffff::2', '2001:0DB8:0000::', '2001:db8:0:0:1:2:3:4'],
    ['fe80::1%eth0', 'fe80::2'],
    ['::1', '0:0:0:0:1::'],
  ]) {
    expect(new Set(same.map(key)).size).toBe(1);
  }
  const others = [
    '192.0.2.1',
    '192.0.2.2',
    '2001:db8::1',
    '2001:db8:0:1::1',
    '2001:db8:1::1',
    '',
    'x',
  ];
  expect(new Set(others.map(key)).size).toBe(others.length);
});

it('keeps what is guarded apart, and says none of it', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const keys = [ofLogin(text), ofFactor(text), ofAddress(text)].map((one) => one.key);
      expect(new Set(keys).size).toBe(3);
      for (const key of keys) expect(key).toMatch(/^[\w-]{43}$/);
    }),
  );
});
