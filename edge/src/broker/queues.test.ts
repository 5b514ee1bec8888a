import { expect, it } from 'vitest';
import { type QueuedPacket, Queues } from './queues.ts';

let counter = 0;
function packet(part: Partial<QueuedPacket> = {}): QueuedPacket {
  counter += 1;
  const base = { cmd: 'publish', topic: 't', payload: Buffer.from(String(counter)), qos: 1 };
  return { ...base, brokerId: 'broker', brokerCounter: counter, ...part };
}

const limits = { messages: 3, bytes: 100, allBytes: 150 };
const texts = (queues: Queues, client: string) =>
  queues.of(client).map(({ packet: { payload } }) => payload.toString());

it('keeps the newest messages, within number and bytes of a client and of all, and counts the rest', () => {
  const queues = new Queues(() => {}, limits);
  for (const payload of ['a', 'b', 'c', 'd']) queues.add('one', packet({ payload }), 1);
  expect(texts(queues, 'one')).toEqual(['b', 'c', 'd']);
  queues.add('one', packet({ payload: 'e'.repeat(98) }), 1);
  expect(texts(queues, 'one')).toEqual(['e'.repeat(98)]);
  queues.add('two', packet({ payload: 'f'.repeat(49) }), 1);
  queues.add('two', packet({ payload: 'g' }), 1);
  expect(texts(queues, 'two')).toEqual(['g']);
  expect(queues.lost).toBe(5);
});

it('sends one message once to a client with two subscriptions, at the higher quality it asked for', () => {
  const queues = new Queues(() => {});
  const one = packet({ qos: 2 });
  queues.add('one', one, 0);
  queues.add('one', one, 1);
  expect(queues.of('one').map(({ packet: { qos } }) => qos)).toEqual([1]);
});

it('follows the handshake of QoS 2 to its end', () => {
  const changed: number[] = [];
  const queues = new Queues((_client, place) => changed.push(place));
  const one = packet({ qos: 2 });
  queues.add('one', one, 2);
  queues.update('one', { ...one, messageId: 7 });
  const released = { cmd: 'pubrel', messageId: 7 } as unknown as QueuedPacket;
  queues.update('one', released);
  expect(queues.of('one')).toMatchObject([
    { packet: { cmd: 'pubrel', messageId: 7, payload: '' } },
  ]);
  expect(queues.remove('one', released)).toBeDefined();
  expect(queues.of('one')).toEqual([]);
  expect(changed).toEqual([1, 1, 1, 1]);
});

it('lets a message be sent that has gone meanwhile, and does not count what was sent as lost', () => {
  const queues = new Queues(() => {}, { ...limits, messages: 1 });
  const [first, second] = [packet(), packet()];
  queues.add('one', first, 1);
  queues.update('one', { ...first, messageId: 1 });
  queues.add('one', second, 1);
  queues.update('one', { ...first, messageId: 1 });
  expect(queues.of('one')).toHaveLength(1);
  expect(queues.lost).toBe(0);
});

it('keeps nothing alive of the piece of the socket that a message came in', () => {
  const queues = new Queues(() => {});
  const chunk = Buffer.alloc(64_000);
  queues.add('one', packet({ payload: chunk.subarray(10, 20) }), 1);
  const kept = queues.of('one').map(({ packet: { payload } }) => Buffer.from(payload));
  chunk.fill(1);
  expect(kept).toEqual([Buffer.alloc(10)]);
  expect(texts(queues, 'one')).toEqual(['\0'.repeat(10)]);
});
