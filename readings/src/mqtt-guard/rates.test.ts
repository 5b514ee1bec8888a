import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyedBuckets, TokenBucket } from './rates.ts';

describe('a bucket', () => {
  it('lets no more through than its burst and its rate, whenever it is asked', () => {
    const rate = { perSecond: 10, burst: 20 };
    fc.assert(
      fc.property(fc.array(fc.nat(500), { maxLength: 200 }), (gaps) => {
        const bucket = new TokenBucket(rate, 0);
        let now = 0;
        let taken = 0;
        for (const gap of gaps) {
          now += gap;
          if (bucket.tryTake(1, now)) taken += 1;
        }
        expect(taken).toBeLessThanOrEqual(rate.burst + (now / 1_000) * rate.perSecond + 1e-6);
      }),
    );
  });

  it('says how long a debt lasts', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 1 }, 0);
    expect([bucket.take(1, 0), bucket.take(1, 0), bucket.take(1, 0)]).toEqual([0, 100, 200]);
    expect(bucket.take(1, 300)).toBe(0);
  });

  it('gives nothing for a clock that stands or goes back', () => {
    const bucket = new TokenBucket({ perSecond: 1, burst: 1 }, 5_000);
    expect([bucket.tryTake(1, 5_000), bucket.tryTake(1, 1_000)]).toEqual([true, false]);
    expect([bucket.tryTake(1, 5_900), bucket.tryTake(1, 6_000)]).toEqual([false, true]);
  });
});

it('keeps a bounded number of buckets, and first forgets those that say nothing', () => {
  const buckets = new KeyedBuckets({ perSecond: 1, burst: 2 }, 100);
  for (let i = 0; i < 5_000; i += 1) buckets.tryTake(`10.0.0.${i}`, 0);
  expect(buckets.size).toBeLessThanOrEqual(100);
  const spent = () => ['a', 'a', 'a'].map((key) => buckets.tryTake(key, 10_000));
  expect(spent()).toEqual([true, true, false]);
  for (let i = 0; i < 99; i += 1) buckets.tryTake(`10.1.0.${i}`, 10_000);
  expect(buckets.tryTake('a', 10_000)).toBe(false);
});
