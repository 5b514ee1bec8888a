import { EventEmitter } from 'node:events';
import type { Client } from 'aedes';
import { expect, it } from 'vitest';
import { Outgoing } from './outgoing.ts';

/** A client for which so many bytes wait in this process. */
function subscriber(writableLength: number, qos: number) {
  const conn = Object.assign(new EventEmitter(), { writableLength });
  return { conn, subscriptions: { '#': { qos } } } as unknown as Client & { conn: typeof conn };
}

it('drops what a slow subscriber may miss, and cuts off who may miss nothing', () => {
  const outgoing = new Outgoing();
  expect(outgoing.judge(subscriber(600_000, 0))).toBe('drop');
  expect(outgoing.judge(subscriber(600_000, 1))).toBe('cut');
  expect(outgoing.judge(subscriber(400_000, 0))).toBe('send');
  expect(outgoing.dropped).toBe(1);
});

it('keeps the less for each the more of them there are, until they read again', () => {
  const outgoing = new Outgoing();
  const slow = Array.from({ length: 100 }, () => subscriber(100_000, 0));
  const verdicts = slow.map((one) => outgoing.judge(one));
  expect(verdicts.indexOf('drop')).toBeGreaterThan(70);
  expect(verdicts.at(-1)).toBe('drop');
  for (const { conn } of slow.slice(0, 50)) conn.emit('drain');
  expect(outgoing.judge(subscriber(100_000, 0))).toBe('send');
  // What any panel on a poor radio has on the way counts for nothing.
  expect(outgoing.judge(subscriber(60_000, 0))).toBe('send');
});
