import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { silentLog } from '@caretaker/readings/base';
import { type ManualClock, manualClock } from '@caretaker/readings/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { type SessionPacket, Sessions, type SessionsOptions } from './sessions.ts';

const day = 86_400_000;
const client = { id: 'relay' };
let directory: string;
let remove: () => Promise<void>;
let clock: ManualClock;
let opened: Sessions | null = null;

beforeEach(async () => {
  ({ directory, remove } = await scratch());
  clock = manualClock(Date.parse('2026-11-22T00:00:00Z'));
});
afterEach(async () => {
  opened?.stop();
  opened = null;
  await remove();
});

const file = () => path.join(directory, 'sessions.sqlite');

async function open(
  keep: SessionsOptions['keep'] = async () => {},
  isHere: (id: string) => boolean = () => false,
) {
  opened?.stop();
  opened = new Sessions({ file: file(), clock, log: silentLog, keep });
  await opened.start(isHere);
  return opened;
}

let counter = 0;
function packet(part: Partial<SessionPacket> = {}): SessionPacket {
  counter += 1;
  const base = { cmd: 'publish', topic: 'relays/1', payload: Buffer.from('on'), qos: 1 };
  return { ...base, brokerId: 'broker', brokerCounter: counter, ...part };
}

async function waiting({ persistence }: Sessions): Promise<SessionPacket[]> {
  return await persistence.outgoingStream(client).toArray();
}

const texts = (packets: SessionPacket[]) => packets.map(({ payload }) => payload.toString());

it('notes a QoS 2 message only when it was kept, and keeps simultaneous repeats once', async () => {
  const kept: (number | undefined)[] = [];
  const gate = Promise.withResolvers<void>();
  const { persistence } = await open(async (_client, { messageId }) => {
    kept.push(messageId);
    await gate.promise;
  });
  const one = packet({ qos: 2, messageId: 1 });
  const both = [1, 2].map(() => persistence.incomingStorePacket(client, one));
  expect(kept).toEqual([1]);
  gate.resolve();
  await Promise.all(both);
  expect(kept).toEqual([1]);
});

it('does not note a QoS 2 message that could not be kept, so its repeat is tried again', async () => {
  let tries = 0;
  const { persistence } = await open(async () => {
    tries += 1;
    if (tries === 1) throw new Error('disk full');
  });
  const one = packet({ qos: 2, messageId: 1 });
  await expect(persistence.incomingStorePacket(client, one)).rejects.toThrow('disk full');
  await persistence.incomingStorePacket(client, one);
  expect(tries).toBe(2);
});

it('keeps retained messages, subscriptions and what waits over a restart, in order', async () => {
  const { persistence } = await open();
  await persistence.storeRetained(packet({ topic: 'a' }));
  await persistence.storeRetained(packet({ topic: 'b' }));
  await persistence.storeRetained(packet({ topic: 'a', payload: '' }));
  await persistence.addSubscriptions(client, [{ topic: 'relays/+', qos: 1 }]);
  for (const payload of ['on', 'off', 'on again']) {
    await persistence.outgoingEnqueueCombi([{ clientId: 'relay', qos: 1 }], packet({ payload }));
  }
  const [first] = await waiting(opened as Sessions);
  await persistence.outgoingUpdate(client, { ...(first as SessionPacket), messageId: 9 });
  const again = await open();
  expect(again.filters).toEqual(['relays/+']);
  expect(texts(await waiting(again))).toEqual(['on', 'off', 'on again']);
  expect((await waiting(again))[0]).toMatchObject({ messageId: 9, dup: true });
  expect(
    await again.persistence.outgoingClearMessageId(client, packet({ messageId: 9 })),
  ).toBeDefined();
  const third = await open();
  expect(texts(await waiting(third))).toEqual(['off', 'on again']);
  const { createRetainedStream } = third.persistence as unknown as {
    createRetainedStream: (
      pattern: string,
    ) => ReturnType<Sessions['persistence']['outgoingStream']>;
  };
  const retained = (await createRetainedStream
    .call(third.persistence, '#')
    .toArray()) as SessionPacket[];
  expect(retained.map(({ topic }) => topic)).toEqual(['b']);
});

it('ends a session with a clean one of the same client, and one that nobody has used for a week', async () => {
  const first = await open();
  for (const id of ['relay', 'barrier']) {
    await first.persistence.addSubscriptions({ id }, [{ topic: '#', qos: 1 }]);
    await first.persistence.outgoingEnqueueCombi([{ clientId: id, qos: 1 }], packet());
  }
  await first.persistence.cleanSubscriptions(client);
  expect(await waiting(first)).toEqual([]);
  expect((await open()).filters).toEqual(['#']);
  // Away for a week, and so is the gateway.
  opened?.stop();
  clock.advance(8 * day);
  expect((await open(undefined, (id) => id === 'barrier')).filters).toEqual(['#']);
  expect((await open()).filters).toEqual([]);
});

it('begins anew when the file is damaged, and puts it aside', async () => {
  writeFileSync(file(), 'this is no database, however long one looks at it'.repeat(200));
  const { filters } = await open();
  expect(filters).toEqual([]);
});

it('retains at most 5,000 topics, and counts what it does not', async () => {
  const sessions = await open();
  for (let n = 0; n < 5_010; n += 1) {
    await sessions.persistence.storeRetained(packet({ topic: `t/${n}` }));
  }
  await sessions.persistence.storeRetained(packet({ topic: 't/1', payload: 'another' }));
  expect(sessions.counts.unretained).toBe(10);
});
