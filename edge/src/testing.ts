import { mkdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import type { Estate } from '@caretaker/devices/model';
import { loadEstate } from '@caretaker/devices/model';
import type { Reading } from '@caretaker/readings';
import { silentLog, systemClock } from '@caretaker/readings/base';
import { decodeFrame, type Frame, readingsUpTo, throughOf } from '@caretaker/readings/frame';
import {
  type Ack,
  type Alarm,
  alarmKey,
  type BundleStatus,
  newGatewayKey,
  type Reply,
  type Status,
  statusSchema,
  uplinkTopic,
} from '@caretaker/readings/uplink';
import { Aedes } from 'aedes';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { identityOf, loadIdentity, saveIdentity } from './access/enrolment.ts';
import { createEdge, type Edge, type EdgeParts } from './app.ts';
import type { EdgeConfig } from './config.ts';
import type { GatewayStatus } from './http/index.ts';
import type { RulesStatus } from './rules/index.ts';

const gateway = 'yard-1';
const nowhere = 'mqtt://127.0.0.1:9';

/** A small estate with one asset for each type of metric, as YAML. */
export function testEstateText(id = 'yard'): string {
  const asset = (id: string, kind: string, points: string) =>
    `  - { id: ${id}, name: ${id}, kind: ${kind}, touchpoint: TP01, place: Yard, points: [${points}] }`;
  return [
    `id: ${id}`,
    'name: Yard',
    'zone: Asia/Shanghai',
    'location: { latitude: 31.2, longitude: 121.5 }',
    `gateway: ${gateway}`,
    'assets:',
    asset('gate', 'access-gate', 'door, slam_db, fault'),
    asset('hall', 'climate', 'temp_c'),
    asset('bin', 'bin', 'fill_pct, tilt'),
  ].join('\n');
}

export function testEstate(id = 'yard'): Estate {
  return loadEstate(testEstateText(id), 'yard.yaml');
}

export interface Rigged {
  readonly edge: Edge;
  readonly mqttPort: number;
  readonly httpPort: number;
  readonly url: string;
  /** Reads figures. */
  readonly token: string;
  /** Signs in to the page once. */
  readonly code: string;
}

/** A whole gateway on free ports. */
export async function startEdge(
  directory: string,
  config: Partial<EdgeConfig> = {},
  parts: Partial<EdgeParts> = {},
): Promise<Rigged> {
  const dataDirectory = path.join(directory, 'edge');
  if (config.enrolment === undefined) await pretendEnrolled(dataDirectory);
  const edge = createEdge(
    {
      gateway,
      estate: testEstate(),
      host: '127.0.0.1',
      mqttPort: 0,
      httpPort: 0,
      uplinkUrl: nowhere,
      uplinkKilobits: null,
      publicUrl: null,
      trust: { ca: null, fingerprints: [] },
      tls: null,
      proxies: [],
      secure: false,
      anonymous: true,
      enrolment: { cloudUrl: nowhere.replace('mqtt', 'http'), code: null, codeFile: null },
      webhookSecret: null,
      influxUrl: null,
      external: null,
      historyDays: 30,
      clock: 'check',
      dataDirectory,
      standardFolder: null,
      nodeRed: null,
      journal: {
        maxBytes: 64 * 1024 * 1024,
        segmentBytes: 1024 * 1024,
        maxDays: 30,
        minFreeBytes: 0,
      },
      outward: null,
      ...config,
    },
    { clock: systemClock, log: silentLog, ...parts },
  );
  const { code, ...ports } = await edge.start();
  const token = await readFile(path.join(directory, 'edge', 'metrics-token'), 'utf8');
  const url = `mqtt://127.0.0.1:${ports.mqttPort}`;
  return { edge, ...ports, url, token: token.trim(), code: code ?? '' };
}

/** Puts a key where that of an enrolled gateway lies: the cloud of these tests asks for none. */
async function pretendEnrolled(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const answer = { gateway, estate: 'yard', key: 'test', at: systemClock.now() };
  if ((await loadIdentity(directory)) !== null) return;
  await saveIdentity(directory, identityOf(answer, newGatewayKey()));
}

/** A device over the real client library. */
export function device(url: string, options: IClientOptions = {}): Promise<MqttClient> {
  return connectAsync(url, { reconnectPeriod: 50, ...options });
}

export async function statusOf({ httpPort, token }: Rigged) {
  const response = await fetch(`http://127.0.0.1:${httpPort}/status`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return (await response.json()) as {
    ingest: { messages: number; readings: number; refused: number };
    journal: { id: string; newest: number; losses: unknown[] };
    quarantine: { total: number };
    broker: { clients: number; cutOff: number; dropped: number; refusals: Record<string, number> };
    uplink: { connected: boolean; pending: number };
    devices: { points: number; seen: { asset: string; at: number }[] };
    configuration: GatewayStatus['configuration'];
    rules: RulesStatus | null;
  };
}

/** How the fake cloud treats a frame that fits. */
export type Mood = 'accept' | 'lose' | 'refuse';

/**
 * A cloud that follows the acknowledgement protocol and keeps frames in memory; over a real broker. What it
 * accepted survives `stop` and `start`, unless `forget` is called.
 */
export class FakeCloud {
  readonly frames: Frame[] = [];
  readonly statuses: Status[] = [];
  /** What the cloud's clock is ahead of this machine's, milliseconds; null for a cloud that does not tell its time. */
  ahead: number | null = 0;
  /** Name and password of each connection. */
  readonly logins: [string, string][] = [];
  readonly accepted = new Map<string, number>();
  readonly readings: Reading[] = [];
  /** Whether it says that it has an alarm. */
  storesAlarms = true;
  /** Of all frames. */
  bytes = 0;
  mood: (frame: Frame) => Mood = () => 'accept';
  #broker: Aedes | null = null;
  #server: Server | null = null;
  #port = 0;

  async start(): Promise<string> {
    const broker = await Aedes.createBroker({
      authenticate: (_client, name, password, done) => {
        this.logins.push([name ?? '', password?.toString() ?? '']);
        done(null, true);
      },
    });
    this.#broker = broker;
    const topic = (channel: 'frames' | 'status') => uplinkTopic(gateway, channel);
    broker.on('publish', (packet) => {
      const payload = Buffer.from(packet.payload);
      if (packet.topic === topic('frames')) {
        this.bytes += payload.length;
        this.#frame(decodeFrame(payload));
      }
      if (packet.topic === topic('status')) this.#status(payload);
    });
    const server = createServer((socket) => broker.handle(socket));
    this.#server = server;
    await new Promise<void>((resolve) => {
      server.listen(this.#port, '127.0.0.1', () => resolve());
    });
    const address = server.address();
    this.#port = typeof address === 'object' && address !== null ? address.port : 0;
    return `mqtt://127.0.0.1:${this.#port}`;
  }

  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server?.close(() => resolve());
    this.#broker?.close();
    this.#broker = null;
    await promise;
  }

  /** The alarms that came, as often as they came. */
  get alarms(): Alarm[] {
    return this.statuses.flatMap((status) => (status.type === 'alarm' ? status.alarm : []));
  }

  forget(): void {
    this.accepted.clear();
    this.readings.length = 0;
  }

  /** What gateways told of configurations. */
  get bundles(): BundleStatus[] {
    return this.statuses.flatMap((status) => (status.type === 'bundle' ? status : []));
  }

  ack(ack: Ack | Reply): void {
    this.#send('acks', JSON.stringify(ack));
  }

  /** Sends configuration, as it is. */
  configure(message: string | Buffer): void {
    this.#send('config', message);
  }

  #send(channel: 'acks' | 'config', message: string | Buffer): void {
    const payload = Buffer.from(message);
    const topic = uplinkTopic(gateway, channel);
    this.#broker?.publish(
      { cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false },
      () => {},
    );
  }

  #status(payload: Buffer): void {
    const status = statusSchema.parse(JSON.parse(payload.toString()));
    this.statuses.push(status);
    if ('probe' in status && status.probe !== undefined && this.ahead !== null) {
      const now = systemClock.now() + this.ahead;
      this.ack({ type: 'clock', probe: status.probe, received: now, sent: now });
    }
    if (status.type === 'alarm' && this.storesAlarms) {
      const { alarm } = status;
      this.ack({ type: 'alarm', key: alarmKey(alarm), actions: alarm.actions.length });
    }
    if (status.type !== 'hello') return;
    const known = this.accepted.get(status.journal) ?? 0;
    const accepted = Math.max(known, status.oldest - 1);
    this.accepted.set(status.journal, accepted);
    this.ack({ journal: status.journal, accepted, rewind: false });
  }

  #frame(frame: Frame): void {
    const mood = this.mood(frame);
    if (mood === 'lose') return;
    const accepted = this.accepted.get(frame.journal) ?? 0;
    if (mood === 'refuse' || frame.first > accepted + 1) {
      this.ack({ journal: frame.journal, accepted, rewind: true });
      return;
    }
    this.frames.push(frame);
    this.readings.push(...frame.readings.slice(readingsUpTo(frame, accepted)));
    const now = Math.max(accepted, throughOf(frame));
    this.accepted.set(frame.journal, now);
    this.ack({ journal: frame.journal, accepted: now, rewind: false });
  }
}
