import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { systemClock } from '@caretaker/readings/base';
import { type ManualClock, manualClock } from '@caretaker/readings/testing';
import { Aedes, type Client } from 'aedes';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { scratch } from '../journal/testing.ts';
import { testEstate } from '../testing.ts';
import { Access, isDropped, type Refusal } from './access.ts';
import { OwnCredential } from './own.ts';
import { CredentialStore } from './store.ts';

const t0 = Date.parse('2026-11-22T00:00:00Z');

/** A broker with our hooks and nothing else. Its devices: `gate`, `hall`, and the bridge `zigbee`. */
export interface Rig {
  readonly port: number;
  readonly store: CredentialStore;
  readonly access: Access;
  /** Of flows, which nobody runs. */
  readonly own: OwnCredential;
  readonly clock: ManualClock;
  readonly secrets: Readonly<Record<'gate' | 'hall' | 'zigbee', string>>;
  /** What was let through, as `session topic payload`. */
  readonly heard: string[];
  readonly refused: Refusal[];
  /** Milliseconds that each session of a credential is not to be read. */
  waits(name: string): number[];
  connect(name: keyof Rig['secrets'], options?: IClientOptions): Promise<MqttClient>;
  stop(): Promise<void>;
}

export async function startRig(anonymous = false): Promise<Rig> {
  const { directory, remove } = await scratch();
  const store = new CredentialStore({
    directory: path.join(directory, 'edge'),
    clock: systemClock,
  });
  await store.start();
  const device = async (id: 'gate' | 'hall') =>
    (await store.add(id, { kind: 'device', assets: [id] }, t0)).secret;
  const bridge = { kind: 'bridge', prefix: 'zigbee2mqtt' } as const;
  const secrets = {
    gate: await device('gate'),
    hall: await device('hall'),
    zigbee: (await store.add('zigbee', bridge, t0)).secret,
  };
  const clock = manualClock(t0);
  const refused: Refusal[] = [];
  const onRefused = (refusal: Refusal) => refused.push(refusal);
  const own = new OwnCredential('node-red');
  const access = new Access({ estate: testEstate(), store, clock, anonymous, own, onRefused });
  access.start();
  const heard: string[] = [];
  const broker = await brokerOf(access, heard);
  const seen = new Set<Client>();
  broker.on('client', (client) => seen.add(client));
  const { port, close } = await listen(broker);
  const clients: MqttClient[] = [];
  return {
    ...{ port, store, access, own, clock, secrets, heard, refused },
    waits: (name) =>
      [...seen].filter(({ id }) => id.startsWith(`${name}/`)).map((one) => access.waitOf(one)),
    async connect(name, options = {}) {
      const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
        ...{ username: name, password: secrets[name], reconnectPeriod: 0 },
        ...options,
      });
      clients.push(client);
      client.on('error', () => {});
      return client;
    },
    async stop() {
      for (const client of clients) await client.endAsync(true);
      await close();
      access.stop();
      store.stop();
      await remove();
    },
  };
}

function brokerOf(access: Access, heard: string[]): Promise<Aedes> {
  return Aedes.createBroker({
    authenticate: access.authenticate,
    authorizeSubscribe: access.authorizeSubscribe,
    authorizeForward: access.authorizeForward,
    authorizePublish: (client, packet, done) => {
      access.authorizePublish(client, packet, (error) => {
        if (!error && !isDropped(packet)) {
          heard.push(`${client?.id} ${packet.topic} ${packet.payload.toString()}`);
        }
        done(error);
      });
    },
  });
}

async function listen(broker: Aedes): Promise<{ port: number; close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async close() {
      await new Promise<void>((resolve) => broker.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
