import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowAnonymous, isLoopback } from './anonymous.ts';
import { ClientMeter, clientLimits, KeyedBuckets, LONGEST_WAIT_MS, TokenBucket } from './limits.ts';

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

describe('a client', () => {
  it('is held up when it sends too much, and cut off when it does not stop', () => {
    const { messages } = clientLimits.device;
    const meter = new ClientMeter(clientLimits.device, 0);
    for (let i = 0; i < messages.burst; i += 1) expect(meter.message(100, 0)).toBe(0);
    expect(meter.message(100, 0)).toBe(1_000 / messages.perSecond);
    let last: number | null = 0;
    for (let i = 0; last !== null && i < 10_000; i += 1) last = meter.message(100, 0);
    expect(last).toBeNull();
    expect(meter.message(100, 2 * LONGEST_WAIT_MS)).toBe(0);
  });

  it('is cut off for a message larger than any it can have', () => {
    const meter = new ClientMeter(clientLimits.device, 0);
    expect(meter.message(clientLimits.device.messageBytes, 0)).toBe(0);
    expect(meter.message(clientLimits.device.messageBytes + 1, 0)).toBeNull();
  });
});

describe('a client without a name', () => {
  it('is let in only when that is asked for, on an address of this machine', () => {
    expect(allowAnonymous(false, '0.0.0.0')).toBe(false);
    expect(allowAnonymous(false, '127.0.0.1')).toBe(false);
    for (const host of ['127.0.0.1', '::1', 'localhost']) {
      expect(allowAnonymous(true, host), host).toBe(true);
    }
    for (const host of ['0.0.0.0', '::', '192.168.1.5', '127.0.0.1.example.org', 'localhost.lan']) {
      expect(isLoopback(host), host).toBe(false);
      expect(() => allowAnonymous(true, host), host).toThrow(
        expect.objectContaining({ code: 'EDGE_ANONYMOUS_NOT_LOOPBACK' }),
      );
    }
  });
});
