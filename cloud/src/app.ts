import { CaretakerError, type Clock, type Log } from '@caretaker/readings/base';
import { openTls, type Tls } from '@caretaker/readings/tls';
import type { AlarmDesk } from './alarms/desk.ts';
import { openAccounts } from './app/accounts.ts';
import {
  alarmDeskOf,
  backtestsOf,
  changesOf,
  clockWatchOf,
  estateDeskOf,
  plannedDeskOf,
  ticketFeedOf,
} from './app/desks.ts';
import { type GatewayDesks, openGatewayDesks } from './app/gateways.ts';
import { buildLive, eventsOf, type Live, startHosts } from './app/live.ts';
import { openStores, type Stores, type Undo } from './app/stores.ts';
import type { CloudConfig } from './config.ts';
import type { Database } from './db/database.ts';
import { DiscoveryDesk } from './discovery/desk.ts';
import type { Directory } from './estates/directory.ts';
import { openFiles } from './files/open.ts';
import type { GatewayDesk } from './gateways/desk.ts';
import type { Change } from './gateways/gateway-episodes.ts';
import { JournalWatch } from './gateways/journal-watch.ts';
import { type Gateways, openGateways } from './gateways/open.ts';
import { Settling } from './gateways/settling.ts';
import { SilenceWatch } from './gateways/silence.ts';
import type { EstateHost } from './host/estate-host.ts';
import { housekeeping } from './host/housekeeping.ts';
import { Meter } from './host/meter.ts';
import type { App } from './http/api.ts';
import { Metrics } from './http/metrics.ts';
import { createHttp } from './http/server.ts';
import type { Entry } from './identity/local.ts';
import { type DeskParts, InboxDesk, sendAck } from './inbox/desk.ts';
import { EmbeddedBroker } from './inbox/embedded-broker.ts';
import { ExternalBroker } from './inbox/external-broker.ts';
import { GatewayAccess } from './inbox/gateway-access.ts';
import type { Transport } from './inbox/transport.ts';
import { logNotifier, type Notifier, OutboxWorker } from './outbox/outbox.ts';
import type { PlannedDesk } from './overlay/desk.ts';
import type { InForce } from './standards/in-force.ts';
import type { ClockWatch } from './tickets/clocks/watch.ts';
import { ProofWatch } from './tickets/proof/watch.ts';

export interface CloudParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Tells people; one line in the log unless given. */
  readonly notifier?: Notifier;
  /** Called at named places of the pipeline, for a rig that stops the process there. */
  readonly reach?: (place: string) => void | Promise<void>;
}

export interface Cloud {
  /**
   * @returns the ports it listens on (`mqttPort` is 0 with an external broker), and how the first person gets in
   */
  start(): Promise<{ httpPort: number; mqttPort: number; entry: Entry | null }>;
  /**
   * A code for a gateway on this machine to enrol with; null when it has a key in force, or when no estate names it.
   */
  codeFor(gateway: string): Promise<string | null>;
  /** Takes no more, finishes what it has in hand, and lets go of everything. */
  stop(): Promise<void>;
}

const snapshotEvery = 60_000;
const lookEvery = 1000;
/** A start brings up the engine first. */
const tidySoon = 300_000;
const tidyEvery = 3_600_000;

/** The rules service of all estates. Nothing happens before `start`. */
export function createCloud(config: CloudConfig, parts: CloudParts): Cloud {
  /** Undone in reverse order, by `stop` and by a start that fails half-way. */
  const undo: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        // The rest must be let go of all the same.
        parts.log.error({ error: String(error) }, 'a part of the cloud did not stop cleanly');
      }
    }
  };
  let gateways: GatewayDesk | null = null;
  return {
    async start() {
      try {
        const started = await start(config, parts, undo);
        gateways = started.gateways;
        return started.ports;
      } catch (error) {
        await stop();
        throw error;
      }
    },
    async codeFor(gateway) {
      const by = { actor: 'system', at: parts.clock.now() };
      return (await gateways?.codeUnlessTrusted(gateway, by)) ?? null;
    },
    stop,
  };
}

async function start(config: CloudConfig, parts: CloudParts, undo: Undo) {
  const { clock, log } = parts;
  const tls = await openTls(config.tls, parts);
  undo.push(() => tls?.stop());
  const stores = await openStores(config, parts, undo);
  const { database, directory, inForce } = stores;
  const accounts = await openAccounts(config, parts, database, undo);
  const live = await buildLive(parts, stores, undo);
  const { registry, streams, hosts, overlay } = live;
  const outbox = new OutboxWorker(database, parts.notifier ?? logNotifier(log), clock, log);
  const known = await openGateways(database, accounts.audit, clock);
  const transport = transportOf(config, { ...parts, tls }, directory, known);
  const meter = new Meter();
  const reach = parts.reach ?? (() => {});
  const events = eventsOf(transport, live, outbox);
  const naming = namingOf(directory, inForce);
  const settling = new Settling(config.settleAfterAbsence);
  const given = { log, clock, registry, settling, naming, events, meter, reach };
  await startHosts(hosts, { ...stores, ...given, overlay }, undo);
  const standardVersion = () => inForce.standard.version;
  const change: Change = async (estate, changes) => {
    await hosts.get(estate)?.change(changes);
  };
  const around = { known, transport, change };
  const trusted = await openGatewayDesks(parts, stores, live, accounts, around);
  const silence = new SilenceWatch(registry, clock, standardVersion, change);
  await silence.load(database);
  const journals = new JournalWatch({ database, registry, clock, standardVersion, change });
  await journals.load();
  outbox.start();
  undo.push(() => outbox.stop());
  const metrics = new Metrics({ meter, database, streams, waiting: () => waiting(hosts) });
  metrics.start();
  undo.push(() => metrics.stop());
  const changes = changesOf(config, parts, stores, live, accounts);
  const backtests = backtestsOf(config, parts, stores);
  undo.push(() => backtests.stop());
  const planned = plannedDeskOf(parts, stores, live, accounts);
  const alarms = await alarmDeskOf(parts, stores, live, outbox);
  const estates = estateDeskOf(stores, live, accounts);
  const files = await openFiles(config, { ...stores, ...accounts, clock, log });
  undo.push(() => files.stop());
  const discovery = new DiscoveryDesk({ database, audit: accounts.audit, estates });
  const desks = { changes, backtests, files, planned, estates, discovery, ...trusted };
  const { publicUrl } = config;
  const api = { ...stores, ...live, ...accounts, ...desks, publicUrl, clock, log };
  const troubles = () => troublesOf(database, hosts);
  const http = await createHttp({ ...api, troubles, metrics: () => metrics.text() }, config, tls);
  undo.push(() => http.close());
  const httpPort = await listen(http, config);
  const { bundles, gateways } = trusted;
  const clocks = await clockWatchOf(parts, stores, live);
  const proofs = new ProofWatch({ database, sources: live.proofs, hosts });
  const watched = { silence, journals, planned, alarms, bundles, clocks, proofs };
  undo.push(...watches(parts, live, watched, stores, known));
  const reply: DeskParts['reply'] = (gateway, answer) => sendAck(transport, gateway, answer);
  const feed = await ticketFeedOf(config, parts, stores, live, reply, undo);
  const desk = { ...api, silence, journals, alarms, feed, hosts, meter, reply, reach, ...known };
  undo.push(() => transport.stop());
  const mqttPort = await transport.start(new InboxDesk(desk));
  log.info({ httpPort, mqttPort }, 'the cloud is up');
  return { ports: { httpPort, mqttPort, entry: accounts.entry }, gateways };
}

function transportOf(
  config: CloudConfig,
  { clock, log, tls }: CloudParts & { readonly tls: Tls | null },
  directory: Directory,
  { keys, tokens }: Gateways,
): Transport {
  if (config.brokerUrl !== null) return new ExternalBroker(config.brokerUrl, log);
  const estateOf = (gateway: string) => directory.gateways.get(gateway);
  const access = new GatewayAccess({ keys, tokens, estateOf, clock, log });
  return new EmbeddedBroker({ host: config.host, port: config.mqttPort, access, tls, log });
}

function namingOf(directory: Directory, inForce: InForce) {
  return {
    subject: (subject: string) => directory.nameOf(subject),
    item: (item: string) => inForce.itemName(item),
    fault: (rule: string) => inForce.titleOf(rule),
  };
}

interface Watched {
  readonly silence: SilenceWatch;
  readonly journals: JournalWatch;
  readonly planned: PlannedDesk;
  readonly alarms: AlarmDesk;
  readonly bundles: GatewayDesks['bundles'];
  readonly clocks: ClockWatch;
  readonly proofs: ProofWatch;
}

/** What has to be looked at from time to time. @returns how to end each */
function watches(
  { clock, log }: CloudParts,
  { hosts, board, traces }: Live,
  { silence, journals, planned, alarms, bundles, clocks, proofs }: Watched,
  { database, store }: Stores,
  { keys }: Gateways,
): (() => void)[] {
  const quietly = (what: string, work: () => Promise<void>) => () => {
    work().catch((error: Error) => log.error({ error: error.message }, what));
  };
  const look = quietly('looking for silent gateways failed', async () => {
    for (const gateway of await silence.look()) board.gateway(gateway, true);
    await planned.look();
  });
  const lookAtJournals = quietly('looking at the journals of gateways failed', () =>
    journals.look(),
  );
  const settle = quietly('settling the alarms of gateways failed', () => alarms.look());
  const prove = quietly('looking for proof by the sensors failed', async () => {
    await proofs.look();
    await traces.look();
  });
  const configure = quietly('the configurations of gateways could not be made', () =>
    bundles.look(),
  );
  const warn = quietly('looking at the clocks of tickets failed', () => clocks.look());
  const save = quietly('saving a snapshot failed', async () => {
    for (const host of hosts.values()) await host.snapshot();
    await housekeeping(database, clock.now());
  });
  let tidying = false;
  const tidy = quietly('tidying up the readings failed', async () => {
    if (tidying) return;
    tidying = true;
    await store.expire(clock.now()).finally(() => {
      tidying = false;
    });
  });
  // Another process may have revoked a gateway.
  const keysAnew = quietly('the keys of gateways could not be read', () =>
    keys.refresh(clock.now()),
  );
  return [
    clock.every(lookEvery, look),
    clock.every(lookEvery, lookAtJournals),
    clock.every(lookEvery, settle),
    clock.every(lookEvery, prove),
    clock.every(lookEvery, configure),
    clock.every(lookEvery, keysAnew),
    clock.every(lookEvery, warn),
    clock.every(snapshotEvery, save),
    clock.after(tidySoon, tidy),
    clock.every(tidyEvery, tidy),
  ];
}

async function troublesOf(
  database: Database,
  hosts: ReadonlyMap<string, EstateHost>,
): Promise<readonly string[]> {
  const troubles = [...hosts.values()]
    .filter((host) => !host.ready)
    .map((host) => `The rules of ${host.estate} are being brought up to date.`);
  try {
    await database.ping();
  } catch {
    troubles.push('The database does not answer.');
  }
  return troubles;
}

function waiting(hosts: ReadonlyMap<string, EstateHost>): number {
  return [...hosts.values()].reduce((total, host) => total + host.waiting, 0);
}

async function listen(http: App, { host, httpPort }: CloudConfig): Promise<number> {
  try {
    await http.listen({ host, port: httpPort });
  } catch (cause) {
    throw new CaretakerError(
      {
        code: 'CLOUD_HTTP_PORT_UNAVAILABLE',
        message: `Port ${httpPort} for the pages cannot be opened: ${(cause as Error).message}`,
        next: 'Set CARETAKER_HTTP_PORT to another port, or stop what uses this one.',
      },
      { cause },
    );
  }
  const address = http.server.address();
  return typeof address === 'object' && address !== null ? address.port : httpPort;
}
