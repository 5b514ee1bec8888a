import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { systemClock } from '@caretaker/readings/base';
import { Aedes } from 'aedes';
import mqtt from 'mqtt';
import { expect, it } from 'vitest';
import { createPublisher } from './publish.ts';

it('repeats messages until they are acknowledged when the broker drops connections', async () => {
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const heard = new Set<string>();
  let count = 0;
  broker.authorizePublish = (_client, packet, done) => {
    count += 1;
    // Cuts the connection with messages in flight: heard, never acknowledged.
    if (count % 70 === 0) for (const socket of sockets) socket.destroy();
    heard.add(packet.payload.toString());
    done(null);
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    broker.handle(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 20 });
  client.on('error', () => {});
  await new Promise<void>((resolve) => client.once('connect', () => resolve()));
  const publisher = createPublisher(client, systemClock, 50);
  for (let i = 0; i < 300; i += 1) await publisher.send({ topic: 't', payload: String(i) });
  await publisher.settled();
  expect(publisher.acknowledged).toBe(300);
  expect(heard.size).toBe(300);
  expect(count).toBeGreaterThan(300);
  await client.endAsync(true);
  await new Promise<void>((resolve) => broker.close(() => resolve()));
  server.close();
});
