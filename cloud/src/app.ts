import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describeSeries } from '@caretaker/devices/model';
import type { ReadingStore } from '@caretaker/readings';
import { CaretakerError, type Clock, type Log } from '@caretaker/readings/base';
import { createSqliteReadings } from '@caretaker/readings/sqlite';
import { openTls, type Tls } from '@caretaker/readings/tls';
import { factOf } from '@caretaker/standards';
import { Backtests } from './backtest/jobs.ts';
import { readingsOf } from './backtest/surroundings.ts';
import type { CloudConfig } from './config.ts';
import { type Database, openDatabase } from './db/database.ts';
import { lockFolder, lockPostgres } from './db/lock.ts';
import { Directory } from './estates/directory.ts';
import { seedEstates } from './estates/seed.ts';
import { GatewayDesk } from './gateways/desk.ts';
import { type Gateways, openGateways } from './gateways/open.ts';
import { GatewayRegistry } from './gateways/registry.ts';
import { Settling } from './gateways/settling.ts';
import { SilenceWatch } from './gateways/silence.ts';
import { horizon } from './host/engine-state.ts';
import { EstateHost, type HostEvents } from './host/estate-host.ts';
import { housekeeping } from './host/housekeeping.ts';
import { Meter } from './host/meter.ts';
import type { App } from './http/api.ts';
import { Metrics } from './http/metrics.ts';
import { createHttp } from './http/server.ts';
import { InboxDesk, sendAck } from './inbox/desk.ts';
import { EmbeddedBroker } from './inbox/embedded-broker.ts';
import { ExternalBroker } from './inbox/external-broker.ts';
import { GatewayAccess } from './inbox/gateway-access.ts';
import type { Transport } from './inbox/transport.ts';
import { LiveBoard } from './live/board.ts';
import { EventRing } from './live/ring.ts';
import { LiveStreams } from './live/streams.ts';
import { logNotifier, type Notifier, OutboxWorker } from './outbox/outbox.ts';
import { PlannedDesk } from './overlay/desk.ts';
import { Overlay } from './overlay/overlay.ts';
import { loadPlans } from './overlay/plans.ts';
import { Changes } from './standards/changes.ts';
import type { InForce } from './standards/in-force.ts';
import { openInForce, openVersions } from './standards/open.ts';

export interface CloudParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Tells people; one line in the log unless given. */
  readonly notifier?: Notifier;
  /** Called at named places of the pipeline, for a rig that stops the process there. */
  readonly reach?: (place: string) => void | Promise<void>;
}

export interface Cloud {
  /** @returns the ports it listens on; `mqttPort` is 0 with an external broker */
  start(): Promise<{ httpPort: number; mqttPort: number }>;
  /**
   * A code for a gateway on this machine to enrol with; null when it has a key in force, or when no estate names it.
   */
  codeFor(gateway: string): Promise<string | null>;
  /** Takes no more, finishes what it has in hand, and lets go of everything. */
  stop(): Promise<void>;
}

const snapshotEvery = 60_000;
const lookEvery = 1000;

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

type Undo = (() => Promise<void> | void)[];

async function start(config: CloudConfig, parts: CloudParts, undo: Undo) {
  const { clock, log } = parts;
  const tls = await openTls(config.tls, parts);
  undo.push(() => tls?.stop());
  const stores = await openStores(config, parts, undo);
  const { database, directory, inForce } = stores;
  const live = await buildLive(parts, stores, undo);
  const { registry, board, streams, hosts, overlay } = live;
  const outbox = new OutboxWorker(database, parts.notifier ?? logNotifier(log), clock, log);
  const known = await openGateways(database, clock);
  const transport = transportOf(config, { ...parts, tls }, directory, known);
  const connected = (gateway: string) => transport.connected(gateway);
  const gateways = new GatewayDesk({ database, directory, registry, ...known, clock, connected });
  const meter = new Meter();
  const reach = parts.reach ?? (() => {});
  const events: HostEvents = {
    ack: (gateway, journal, accepted, rewind) =>
      sendAck(transport, gateway, { journal, accepted, rewind }),
    judged(news, readings, subjects) {
      board.judged(news, readings, subjects);
      if (news.tickets.length > 0) outbox.wake();
    },
    gateway: (gateway) => board.gateway(gateway, false),
  };
  const naming = namingOf(directory, inForce);
  const settling = new Settling(config.settleAfterAbsence);
  for (const estate of directory.estates.keys()) {
    const given = { log, clock, registry, settling, naming, events, meter, reach };
    const shared = { ...stores, ...given, overlay };
    const host = new EstateHost({ ...shared, estate });
    hosts.set(estate, host);
    await host.start();
    undo.push(() => host.stop());
  }
  const silence = new SilenceWatch(
    registry,
    clock,
    () => inForce.standard.version,
    async (estate, changes) => {
      await hosts.get(estate)?.change(changes);
    },
  );
  await silence.load(database);
  outbox.start();
  undo.push(() => outbox.stop());
  const metrics = new Metrics({ meter, database, streams, waiting: () => waiting(hosts) });
  metrics.start();
  undo.push(() => metrics.stop());
  const changes = changesOf(config, parts, stores, live);
  const backtests = backtestsOf(config, parts, stores);
  undo.push(() => backtests.stop());
  const planned = plannedDeskOf(parts, stores, live);
  const api = { ...stores, ...live, changes, backtests, planned, gateways, clock, log };
  const troubles = () => troublesOf(database, hosts);
  const http = await createHttp({ ...api, troubles, metrics: () => metrics.text() }, config, tls);
  undo.push(() => http.close());
  const httpPort = await listen(http, config);
  undo.push(...watches(parts, live, silence, planned, stores, known));
  const desk = { ...api, silence, hosts, meter, reach, ...known };
  undo.push(() => transport.stop());
  const mqttPort = await transport.start(new InboxDesk(desk));
  log.info({ httpPort, mqttPort }, 'the cloud is up');
  return { ports: { httpPort, mqttPort }, gateways };
}

function backtestsOf(config: CloudConfig, { clock, log }: CloudParts, stores: Stores): Backtests {
  const { inForce, directory } = stores;
  return new Backtests({
    source: readingsOf(config),
    database: config.database,
    standard: () => inForce.standard,
    estates: () => [...directory.estates.keys()],
    clock,
    log,
  });
}

interface Stores {
  readonly database: Database;
  readonly store: ReadingStore;
  readonly directory: Directory;
  readonly inForce: InForce;
}

/** What is known of the present, and who is told of it. */
async function buildLive({ clock }: CloudParts, stores: Stores, undo: Undo) {
  const { database, store, directory, inForce } = stores;
  const registry = new GatewayRegistry();
  await registry.load(database, directory, clock.now());
  const ring = new EventRing(randomBytes(6).toString('hex'));
  const streams = new LiveStreams(ring, clock);
  const overlay = new Overlay({ directory, registry, clock, standard: () => inForce.standard });
  overlay.put(await loadPlans(database));
  const hosts = new Map<string, EstateHost>();
  const board = new LiveBoard({
    directory,
    registry,
    ring,
    streams,
    clock,
    plannedOn: (subject) => overlay.shownOn(subject),
    conditions: (estate, subject) => hosts.get(estate)?.conditions(subject) ?? [],
    factOf(condition) {
      const asset = directory.assets.get(condition.subject);
      if (asset === undefined) return factOf(condition, inForce.standard);
      const related = inForce.related(asset.estate);
      return factOf(condition, inForce.standard, inForce.asset(asset), related);
    },
  });
  await board.load(store, database);
  streams.start();
  undo.push(() => {
    board.stop();
    streams.stop();
  });
  return { registry, board, streams, hosts, overlay };
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

async function openStores(
  config: CloudConfig,
  { clock, log }: CloudParts,
  undo: Undo,
): Promise<Stores> {
  await mkdir(config.folder, { recursive: true });
  undo.push(lockFolder(join(config.folder, 'cloud.lock')));
  if (config.database.engine === 'postgres') undo.push(await lockPostgres(config.database.url));
  const database = await openDatabase(config.database);
  undo.push(() => database.close());
  const opened = await openVersions(database, config.standardFolder, clock, log);
  const estates = await seedEstates(database, config.estateFile, opened.standard, clock.now(), log);
  const directory = new Directory(estates);
  const inForce = await openInForce({ ...opened, database, directory, clock, log });
  const file = join(config.folder, 'readings.db');
  const store = createSqliteReadings({ file, describe: describeSeries(estates) });
  await store.start();
  undo.push(() => store.stop());
  return { database, store, directory, inForce };
}

function namingOf(directory: Directory, inForce: InForce) {
  return {
    subject: (subject: string) => directory.nameOf(subject),
    item: (item: string) => inForce.itemName(item),
    fault: (rule: string) => inForce.titleOf(rule),
  };
}

/** How readings come to be judged otherwise while the cloud runs. */
function changesOf(
  config: CloudConfig,
  { clock, log }: CloudParts,
  { directory, inForce }: Stores,
  { hosts, board, registry }: Awaited<ReturnType<typeof buildLive>>,
): Changes {
  return new Changes({
    inForce,
    directory,
    source: config.standardFolder,
    clock,
    log,
    // The doors that know who comes in are not fitted yet.
    audit: async () => {},
    horizon,
    renew: async (estate, change) => hosts.get(estate)?.renew(change),
    judgedTo(estate) {
      const points = estate.assets.flatMap((asset) => asset.points);
      const newest = points.map((point) => board.newest(point.id)?.at ?? 0);
      const heard = directory.gatewaysOf(estate.id).map((id) => registry.completeTo(id) ?? 0);
      return [...newest, ...heard].reduce((a, b) => Math.max(a, b), 0);
    },
  });
}

function plannedDeskOf(
  { clock }: CloudParts,
  { database, directory }: Stores,
  { hosts, board, overlay }: Awaited<ReturnType<typeof buildLive>>,
): PlannedDesk {
  return new PlannedDesk({
    database,
    directory,
    overlay,
    clock,
    reconsider: async (estate, subjects) => hosts.get(estate)?.reconsider(subjects),
    touch: (subjects) => board.touch(subjects),
  });
}

/** What has to be looked at from time to time. @returns how to end each */
function watches(
  { clock, log }: CloudParts,
  { hosts, board }: Awaited<ReturnType<typeof buildLive>>,
  silence: SilenceWatch,
  planned: PlannedDesk,
  { database }: Stores,
  { keys }: Gateways,
): (() => void)[] {
  const quietly = (what: string, work: () => Promise<void>) => () => {
    work().catch((error: Error) => log.error({ error: error.message }, what));
  };
  const look = quietly('looking for silent gateways failed', async () => {
    for (const gateway of await silence.look()) board.gateway(gateway, true);
    await planned.look();
  });
  const save = quietly('saving a snapshot failed', async () => {
    for (const host of hosts.values()) await host.snapshot();
    await housekeeping(database, clock.now());
  });
  // Another process may have revoked a gateway.
  const keysAnew = quietly('the keys of gateways could not be read', () =>
    keys.refresh(clock.now()),
  );
  return [
    clock.every(lookEvery, look),
    clock.every(lookEvery, keysAnew),
    clock.every(snapshotEvery, save),
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
