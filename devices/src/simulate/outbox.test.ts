import { type ManualClock, manualClock } from '@caretaker/readings/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Wire } from './encode.ts';
import { Outbox } from './outbox.ts';

const wire = (n: number): Wire => ({ topic: `t/${n}`, payload: '' });
/** Lets settled promises be heard. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the outbox', () => {
  let clock: ManualClock;
  let sent: { topic: string; settle: PromiseWithResolvers<void> }[];
  let acknowledged: number[];
  let outbox: Outbox;

  beforeEach(() => {
    clock = manualClock(0);
    sent = [];
    acknowledged = [];
    const send = ({ topic }: Wire) => {
      const entry = { topic, settle: Promise.withResolvers<void>() };
      sent.push(entry);
      return entry.settle.promise;
    };
    outbox = new Outbox(send, clock, 2);
    for (let n = 1; n <= 4; n++) outbox.push(wire(n), () => acknowledged.push(n));
  });
  const topics = () => sent.map((entry) => entry.topic);

  it('has no more under way than its window', async () => {
    expect(topics()).toEqual(['t/1', 't/2']);
    sent[1]?.settle.resolve();
    await settle();
    expect(topics()).toEqual(['t/1', 't/2', 't/3']);
    expect(acknowledged).toEqual([2]);
    expect(outbox.pending).toBe(3);
  });

  it('sends again what failed, later and before the rest, until it is acknowledged', async () => {
    sent[0]?.settle.reject(new Error('Connection closed'));
    sent[1]?.settle.reject(new Error('Connection closed'));
    await settle();
    expect(topics()).toEqual(['t/1', 't/2']);
    expect(outbox.pending).toBe(4);
    clock.advance(500);
    expect(topics()).toEqual(['t/1', 't/2', 't/1', 't/2']);
    for (let i = 2; i < 6; i++) {
      sent[i]?.settle.resolve();
      await settle();
    }
    expect(acknowledged).toEqual([1, 2, 3, 4]);
    expect(outbox.pending).toBe(0);
  });

  it('says when few enough are left', async () => {
    let few = false;
    void outbox.below(3).then(() => {
      few = true;
    });
    await settle();
    expect(few).toBe(false);
    sent[0]?.settle.resolve();
    await settle();
    await settle();
    expect(few).toBe(true);
  });

  it('lets go whoever waits when it is closed, and never retries again', async () => {
    const empty = outbox.below(0);
    sent[0]?.settle.reject(new Error('Connection closed'));
    await settle();
    outbox.close();
    await empty;
    sent[1]?.settle.resolve();
    await settle();
    expect(acknowledged).toEqual([]);
    expect(outbox.pending).toBe(0);
    expect(clock.pending()).toBe(0);
  });
});
