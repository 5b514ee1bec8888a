import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { loadEstate } from '@caretaker/devices/model';
import { createEdge, type EdgeConfig } from '@caretaker/edge';
import { silentLog, systemClock } from '@caretaker/readings/base';
import { Aedes } from 'aedes';
import { topicOf } from './ingest-load.ts';

/*
 * The measured side, a process of its own: the whole gateway, or a bare aedes that only counts.
 */

export type Side = 'ours' | 'bare';

/** What the parent asks. */
export type BrokerOrder =
  | { readonly type: 'start'; readonly side: Side; readonly devices: number }
  | { readonly type: 'usage' }
  | { readonly type: 'stop' };

export type BrokerNews =
  | { readonly type: 'started'; readonly port: number }
  /** CPU time of the whole process so far, and readings taken. */
  | { readonly type: 'usage'; readonly cpuUs: number; readonly rssMb: number };

interface Running {
  readonly port: number;
  stop(): Promise<void>;
}

async function bare(): Promise<Running> {
  let count = 0;
  const broker = await Aedes.createBroker({
    concurrency: 1_000,
    authorizePublish: (_client, _packet, done) => {
      count += 1;
      done(null);
    },
  });
  const server = net.createServer({ noDelay: true }, (socket) => broker.handle(socket));
  await new Promise<void>((resolve) => {
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1_024 }, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    stop: async () => {
      server.close();
      await new Promise<void>((resolve) => broker.close(() => resolve()));
      if (count === 0) throw new Error('nothing was counted');
    },
  };
}

/** One asset and one mapping for each device, as an estate with vendor sensors has. */
function estate(devices: number) {
  const numbers = Array.from({ length: devices }, (_, index) => index);
  return loadEstate(
    [
      'id: bench',
      'name: Bench',
      'zone: Asia/Shanghai',
      'location: { latitude: 31.2, longitude: 121.5 }',
      'gateway: bench-1',
      'assets:',
      ...numbers.map(
        (n) =>
          `  - { id: m${n}, name: m${n}, kind: climate, touchpoint: TP26, place: x, points: [temp_c] }`,
      ),
      'mappings:',
      ...numbers.map(
        (n) =>
          `  - { topic: ${topicOf(n)}, format: json, asset: m${n}, at: at, fields: [{ path: temp_c, metric: temp_c }] }`,
      ),
    ].join('\n'),
    'bench.yaml',
  );
}

async function ours(devices: number): Promise<Running> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'caretaker-bench-'));
  const config: EdgeConfig = {
    gateway: 'bench-1',
    estate: estate(devices),
    host: '127.0.0.1',
    mqttPort: 0,
    httpPort: 0,
    // Nobody listens there: what is measured is the way to the acknowledgement.
    uplinkUrl: 'mqtt://127.0.0.1:9',
    uplinkKilobits: null,
    enrolment: { cloudUrl: 'http://127.0.0.1:9', code: null, codeFile: null },
    influxUrl: null,
    publicUrl: null,
    trust: { ca: null, fingerprints: [] },
    tls: null,
    proxies: [],
    secure: false,
    anonymous: true,
    dataDirectory: directory,
    journal: { maxBytes: 4e9, segmentBytes: 8 * 1024 * 1024 },
  };
  const edge = createEdge(config, { clock: systemClock, log: silentLog });
  const { mqttPort } = await edge.start();
  return {
    port: mqttPort,
    stop: async () => {
      await edge.stop();
      await rm(directory, { recursive: true });
    },
  };
}

function say(news: BrokerNews): void {
  process.send?.(news);
}

let running: Running | null = null;

async function obey(order: BrokerOrder): Promise<void> {
  if (order.type === 'start') {
    running = await (order.side === 'ours' ? ours(order.devices) : bare());
    say({ type: 'started', port: running.port });
  } else if (order.type === 'usage') {
    const { user, system } = process.cpuUsage();
    say({ type: 'usage', cpuUs: user + system, rssMb: process.memoryUsage.rss() / 1e6 });
  } else {
    await running?.stop();
    process.disconnect?.();
  }
}

if (process.send !== undefined) {
  process.on('message', (order: BrokerOrder) => void obey(order));
}
