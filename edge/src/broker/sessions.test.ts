import { expect, it } from 'vitest';
import { createSessions, type SessionPacket } from './sessions.ts';

const client = { id: 'client' };

function packet(part: Partial<SessionPacket> = {}): SessionPacket {
  return { topic: 'topic', payload: Buffer.from('payload'), messageId: 1, ...part };
}

it('notes a QoS 2 message only when it was kept, and keeps simultaneous repeats once', async () => {
  const kept: (number | undefined)[] = [];
  const gate = Promise.withResolvers<void>();
  const sessions = createSessions(async (_client, { messageId }) => {
    kept.push(messageId);
    await gate.promise;
  });
  const both = [sessions, sessions].map((one) => one.incomingStorePacket(client, packet()));
  expect(kept).toEqual([1]);
  gate.resolve();
  await Promise.all(both);
  expect(kept).toEqual([1]);
});

it('does not note a QoS 2 message that could not be kept, so its repeat is tried again', async () => {
  let tries = 0;
  const sessions = createSessions(async () => {
    tries += 1;
    if (tries === 1) throw new Error('disk full');
  });
  await expect(sessions.incomingStorePacket(client, packet())).rejects.toThrow('disk full');
  await sessions.incomingStorePacket(client, packet());
  expect(tries).toBe(2);
});

/** Queued messages get their message id when they are sent. */
const unsent: SessionPacket = { topic: 'topic', payload: '' };

it('queues at most 1,000 messages for a subscriber that is away', async () => {
  const sessions = createSessions(async () => {});
  for (let messageId = 1; messageId <= 1_200; messageId += 1) {
    await sessions.outgoingEnqueueCombi([{ clientId: 'client' }], packet({ messageId }));
  }
  let cleared = 0;
  for (let messageId = 1; messageId <= 1_200; messageId += 1) {
    const found = await sessions.outgoingClearMessageId(client, unsent);
    if (found !== undefined) cleared += 1;
  }
  expect(cleared).toBe(1_000);
  await sessions.outgoingEnqueueCombi([{ clientId: 'client' }], packet());
  expect(await sessions.outgoingClearMessageId(client, unsent)).toBeDefined();
});
