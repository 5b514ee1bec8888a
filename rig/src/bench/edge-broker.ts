import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createEdge, type EdgeConfig } from '@caretaker/edge';
import { silentLog, systemClock } from '@caretaker/readings/base';
import { Aedes } from 'aedes';
import { benchEstate } from './edge-estate.ts';
import { say } from './edge-process.ts';

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
  /** CPU time of the whole process so far. */
  | { readonly type: 'usage'; readonly cpuUs: number };

interface Running {
  readonly port: number;
  stop(): Promise<void>;
}

async function bare(): Promise<Running> {
  let count = 0;
  const broker = await Aedes.createBroker({
    // As ours: with its queue a thousand messages that nobody hears any more end the process.
    concurrency: 0,
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

async function ours(devices: number): Promise<Running> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'caretaker-bench-'));
  const config: EdgeConfig = {
    gateway: 'bench-1',
    estate: benchEstate(devices),
    host: '127.0.0.1',
    mqttPort: 0,
    httpPort: 0,
    // Nobody listens there: what is measured is the way to the acknowledgement.
    uplinkUrl: 'mqtt://127.0.0.1:9',
    uplinkKilobits: null,
    clock: 'check',
    enrolment: { cloudUrl: 'http://127.0.0.1:9', code: null, codeFile: null },
    webhookSecret: null,
    influxUrl: null,
    external: null,
    historyDays: 30,
    publicUrl: null,
    trust: { ca: null, fingerprints: [] },
    tls: null,
    proxies: [],
    secure: false,
    anonymous: true,
    dataDirectory: directory,
    // None there, so that no rule is judged: that counts where the gateway is measured with all it does.
    standardFolder: path.join(directory, 'no-standard'),
    journal: { maxBytes: 4e9, segmentBytes: 8 * 1024 * 1024, maxDays: 30, minFreeBytes: 0 },
    nodeRed: null,
    outward: null,
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

let running: Running | null = null;

async function obey(order: BrokerOrder): Promise<void> {
  if (order.type === 'start') {
    running = await (order.side === 'ours' ? ours(order.devices) : bare());
    say({ type: 'started', port: running.port } satisfies BrokerNews);
  } else if (order.type === 'usage') {
    const { user, system } = process.cpuUsage();
    say({ type: 'usage', cpuUs: user + system } satisfies BrokerNews);
  } else {
    await running?.stop();
    process.disconnect?.();
  }
}

if (process.send !== undefined) {
  process.on('message', (order: BrokerOrder) => void obey(order));
}
