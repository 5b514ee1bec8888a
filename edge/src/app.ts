import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock, Log } from '@caretaker/readings/base';
import { openTls, type Tls } from '@caretaker/readings/tls';
import packageJson from '../package.json' with { type: 'json' };
import { pinnedBundleKey } from './access/bundle-key.ts';
import { Access, CredentialStore, LastUse, OwnCredential } from './access/index.ts';
import { Actions } from './actions/index.ts';
import { startHistory } from './app/history.ts';
import { InForce } from './app/in-force.ts';
import { statusOf } from './app/status.ts';
import { sayOnce, warnOfPlain } from './app/warnings.ts';
import { Bundles } from './bundle/index.ts';
import { Followed } from './change.ts';
import type { Restamp, Timekeeper } from './clock/index.ts';
import type { EdgeConfig } from './config.ts';
import { startDeviceBroker } from './device-broker.ts';
import { startDiscovery } from './discovery/index.ts';
import { historyConsumer } from './history/index.ts';
import { type HttpOptions, HttpServer, loopResolutionMs } from './http/index.ts';
import { bootId, Journal } from './journal/index.ts';
import { figuresToken, LocalAdministrator } from './local/index.ts';
import { startNodeRed } from './node-red/index.ts';
import { startOutward } from './outward/index.ts';
import { pointsOf } from './points.ts';
import { Quarantine } from './quarantine/index.ts';
import { loadLocalStandard, rulesConsumer, startLocalRules } from './rules/index.ts';
import { openTimed } from './timed.ts';
import { Membership, Uplink, type UplinkOptions, uplinkConsumer } from './uplink/index.ts';

const SETTLE_MS = 5_000;

/** Places where the rig may stop the process. */
export type EdgeReach = (
  name: 'edge.before-sync' | 'edge.after-sync' | 'edge.frame-sent' | 'edge.ack-received',
) => void;

export interface EdgeParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly reach?: EdgeReach;
  /** Names this start of the machine, 32 hex digits; by default as the system says. */
  readonly boot?: string;
  /** Told a while after another configuration was put in force, when what it was made of is not needed any more. */
  readonly settled?: () => void;
}

export interface Started {
  readonly mqttPort: number;
  readonly httpPort: number;
  /** Signs the local administrator in once; null when there is a password. */
  readonly code: string | null;
}

/** The gateway of one estate. */
export interface Edge {
  start(): Promise<Started>;
  /** Waits for what is being written and sent, then closes the journal in good order. */
  stop(): Promise<void>;
}

export function createEdge(config: EdgeConfig, parts: EdgeParts): Edge {
  return new Gateway(config, parts);
}

class Gateway implements Edge {
  readonly #config: EdgeConfig;
  /** The machine's, whatever is made of it. */
  readonly #clock: Clock;
  readonly #boot: string | null;
  readonly #log: Log;
  readonly #reach: EdgeReach;
  readonly #settled: () => void;
  readonly #loop = monitorEventLoopDelay({ resolution: loopResolutionMs });
  #uplink: Uplink | null = null;
  /** What was started, in the order in which it is stopped. */
  #stops: (() => void | Promise<void>)[] = [];

  constructor(config: EdgeConfig, { clock, log, reach, boot, settled }: EdgeParts) {
    this.#config = config;
    this.#clock = clock;
    this.#boot = boot ?? null;
    this.#log = log.child({ gateway: config.gateway });
    this.#reach = reach ?? (() => {});
    this.#settled = settled ?? (() => {});
  }

  async start(): Promise<Started> {
    try {
      return await this.#start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async #start(): Promise<Started> {
    const { dataDirectory } = this.#config;
    const tls = await this.#openTls();
    await mkdir(dataDirectory, { recursive: true });
    // First, because it keeps a second gateway off the same folder.
    const quarantine = this.#startQuarantine();
    const { bundles, inForce } = await this.#openConfiguration();
    const { discovery, reportTo } = this.#startDiscovery(inForce);
    const points = new Followed(inForce.configuration, ({ estate }) => pointsOf(estate));
    const { timekeeper, journal, ingest } = await openTimed({
      ...{ ...this.#config, estate: inForce.estate, quarantine, discovery, log: this.#log },
      machine: this.#clock,
      boot: this.#boot ?? (await bootId()),
      openJournal: (clock, restamp) => this.#openJournal(points, clock, restamp),
      onDoubt: () => this.#uplink?.askTime(),
    });
    this.#stops.unshift(() => timekeeper.stop());
    const { access, store, credentials, own } = await this.#startAccess(inForce, timekeeper);
    const { uplink, membership } = await this.#startUplink(
      { journal, quarantine, credentials, time: timekeeper, bundle: () => bundles.version },
      (uplink) => uplink.onConfig((message) => bundles.take(message)),
      tls,
      timekeeper,
    );
    const parts = { directory: dataDirectory, clock: timekeeper, journal, uplink, log: this.#log };
    const shared = { ingest, access, tls, clock: this.#clock, log: this.#log };
    const definitions = () => inForce.estate.actions;
    const actions = new Actions({ ...this.#config, ...parts, definitions });
    const all = { ...this.#config, ...inForce.configuration, ...parts, actions };
    const rules = await startLocalRules(all);
    this.#stops.unshift(() => rules.stop());
    inForce.follow(store, access, ingest, rules, points);
    const stored = { inForce, journal, quarantine, clock: this.#clock, log: this.#log };
    const history = await startHistory(this.#config, stored);
    this.#stops.unshift(() => history?.stop());
    const broker = await startDeviceBroker(this.#config, shared);
    this.#stops.unshift(() => broker.stop());
    actions.start(broker);
    // Before the broker, so that nothing fails for want of it.
    this.#stops.unshift(() => actions.stop());
    const inside = () => broker.startInside();
    const place = { clock: timekeeper, log: this.#log, own, inside };
    const nodeRed = await startNodeRed({ ...this.#config, ...place });
    this.#stops.unshift(() => nodeRed?.stop());
    const told = { ...parts, inForce, rules, publisher: broker };
    const outward = await startOutward(this.#config, told);
    this.#stops.unshift(() => outward?.stop());
    this.#loop.enable();
    this.#stops.unshift(() => void this.#loop.disable());
    reportTo(uplink);
    const kept = { inForce, bundles, store, journal, quarantine, history, timekeeper };
    const outer = { discovery, ingest, rules, uplink, broker, nodeRed, outward };
    const status = () => statusOf({ ...this.#config, ...kept, ...outer });
    const quarantined = () => quarantine.entries().toReversed();
    const troubles = () => [ingest.trouble, uplink.trouble].filter((one) => one !== null);
    const page = await this.#startPage({
      ...{ tls, status, troubles, credentials, quarantined, discovery },
      clock: timekeeper,
      estate: () => inForce.estate,
      editor: nodeRed,
    });
    const ports = { mqttPort: broker.port, httpPort: page.port };
    this.#startBundles(bundles, inForce, { uplink, membership });
    const { pending } = await uplink.backlog();
    this.#log.info({ ...ports, journal: journal.id, pending }, 'gateway started');
    return { ...ports, code: page.code };
  }

  async #startPage(
    shown: Pick<
      HttpOptions,
      | 'tls'
      | 'estate'
      | 'status'
      | 'troubles'
      | 'credentials'
      | 'quarantined'
      | 'discovery'
      | 'clock'
      | 'editor'
    >,
  ): Promise<{ port: number; code: string | null }> {
    const { httpPort: port, dataDirectory } = this.#config;
    const administrator = new LocalAdministrator(dataDirectory);
    this.#stops.unshift(() => administrator.stop());
    await administrator.start();
    const http = new HttpServer({
      ...this.#config,
      ...shown,
      port,
      administrator,
      token: await figuresToken(dataDirectory),
      loop: this.#loop,
      log: this.#log,
    });
    this.#stops.unshift(() => http.stop());
    const listening = await http.start();
    const code = administrator.hasPassword ? null : administrator.issueCode(shown.clock.now());
    return { port: listening, code };
  }

  /** What the gateway goes by: the last good configuration of its cloud, else its settings. */
  async #openConfiguration(): Promise<{ bundles: Bundles; inForce: InForce }> {
    const { gateway, estate, standardFolder, dataDirectory: directory } = this.#config;
    const ownStandard = () => loadLocalStandard(standardFolder, this.#log);
    const shared = { clock: this.#clock, log: this.#log };
    const bundles = new Bundles({ directory, gateway, ownStandard, ...shared });
    const kept = await bundles.restore(await pinnedBundleKey(directory, gateway));
    const settings = () => ({ estate, standard: ownStandard(), credentials: [] });
    const inForce = new InForce(kept ?? settings(), this.#log);
    inForce.onEstate(() => void this.#clock.after(SETTLE_MS, this.#settled));
    return { bundles, inForce };
  }

  /** Last, when all parts are there that follow. */
  #startBundles(
    bundles: Bundles,
    inForce: InForce,
    { uplink, membership }: { uplink: Uplink; membership: Membership },
  ): void {
    this.#stops.unshift(() => bundles.stop());
    bundles.start({
      key: () => membership.bundleKey(),
      estate: () => inForce.estate.id,
      apply: (configuration, kept) => inForce.apply(configuration, kept),
      tell: (status) => uplink.tellBundle(status),
    });
  }

  async #openTls(): Promise<Tls | null> {
    const tls = await openTls(this.#config.tls, { clock: this.#clock, log: this.#log });
    this.#stops.unshift(() => tls?.stop());
    return tls;
  }

  #startDiscovery(inForce: InForce): ReturnType<typeof startDiscovery> {
    const { estate } = inForce;
    const parts = { clock: this.#clock, log: this.#log };
    const started = startDiscovery({ ...this.#config, estate, ...parts });
    this.#stops.unshift(() => started.stop());
    inForce.onEstate((next) => started.discovery.estateChanged(next));
    return started;
  }

  #startQuarantine(): Quarantine {
    const file = path.join(this.#config.dataDirectory, 'quarantine.sqlite');
    const quarantine = new Quarantine({ file, clock: this.#clock });
    quarantine.start();
    this.#stops.unshift(() => quarantine.stop());
    return quarantine;
  }

  async #openJournal(
    points: Followed<ReturnType<typeof pointsOf>>,
    clock: Clock,
    restamp: Restamp,
  ): Promise<Journal> {
    const { dataDirectory, influxUrl, journal: limits } = this.#config;
    const journal = await Journal.open({
      directory: path.join(dataDirectory, 'journal'),
      consumers: [uplinkConsumer, rulesConsumer, ...(influxUrl === null ? [] : [historyConsumer])],
      clock,
      restamp,
      reach: this.#reach,
      ...limits,
      onRenewed: (reasons, salvaged) => {
        this.#log.warn({ reasons, salvaged }, 'the journal was renewed');
        this.#uplink?.renewed();
      },
      kindOf: (point) => points.value.kindOf(point),
      silentAfter: (point) => points.value.silentAfter(point),
      onThinned: (tombstone) =>
        this.#log.warn({ ...tombstone }, 'readings were thinned out to make room'),
      onError: (error) => this.#log.error({ error }, 'the journal cannot be kept in order'),
    });
    this.#stops.unshift(() => journal.close());
    return journal;
  }

  async #startAccess(
    { configuration }: InForce,
    clock: Clock,
  ): Promise<{
    access: Access;
    store: CredentialStore;
    credentials: HttpOptions['credentials'];
    /** Of Node-RED; null without it. */
    own: OwnCredential | null;
  }> {
    const { dataDirectory: directory, anonymous } = this.#config;
    const onFault = sayOnce((error) =>
      this.#log.error({ error }, 'the credentials of devices cannot be read again'),
    );
    const store = new CredentialStore({ directory, clock, onFault });
    this.#stops.unshift(() => store.stop());
    store.prepare(configuration).commit();
    await store.start();
    const lastUse = new LastUse({ directory, clock, onFault });
    this.#stops.unshift(() => lastUse.stop());
    await lastUse.start();
    const own = this.#config.nodeRed === null ? null : new OwnCredential('node-red');
    const access = new Access({
      ...{ estate: configuration.estate, store, clock, anonymous, own },
      announced: this.#config.outward?.discovery?.prefix ?? null,
      // `name` says in every line which part it is of.
      onRefused: ({ name: user, ...refusal }) =>
        this.#log.warn({ user, ...refusal }, 'refused a client of the device broker'),
      onUsed: (id) => lastUse.note(id),
    });
    this.#stops.unshift(() => access.stop());
    access.start();
    return { access, store, credentials: () => lastUse.tell(store.list()), own };
  }

  async #startUplink(
    told: Pick<UplinkOptions, 'journal' | 'quarantine' | 'credentials' | 'time' | 'bundle'>,
    listen: (uplink: Uplink) => void,
    tls: Tls | null,
    timekeeper: Timekeeper,
  ): Promise<{ uplink: Uplink; membership: Membership }> {
    const { uplinkUrl, gateway, dataDirectory, enrolment } = this.#config;
    const own = () => tls?.identity.keyFingerprint ?? null;
    const shared = {
      gateway,
      trust: { ...this.#config.trust, own },
      clock: this.#clock,
      log: this.#log,
    };
    const membership = new Membership({ ...shared, ...enrolment, directory: dataDirectory });
    const uplink = new Uplink({
      ...shared,
      clock: timekeeper,
      url: uplinkUrl,
      membership,
      version: packageJson.version,
      ...told,
      reach: this.#reach,
      kilobits: this.#config.uplinkKilobits,
      clockState: () => timekeeper.state(),
    });
    uplink.onCloudTime(() => timekeeper.heard(uplink.cloudTime));
    listen(uplink);
    this.#uplink = uplink;
    this.#stops.unshift(() => uplink.stop());
    await uplink.start();
    warnOfPlain([uplinkUrl, enrolment.cloudUrl], this.#log);
    return { uplink, membership };
  }

  async stop(): Promise<void> {
    const stops = this.#stops;
    this.#stops = [];
    for (const stop of stops) await stop();
  }
}
