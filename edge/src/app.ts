import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describeSeries } from '@caretaker/devices/model';
import type { Clock, Log } from '@caretaker/readings/base';
import { createInflux1Readings } from '@caretaker/readings/influx1';
import { openTls, type Tls } from '@caretaker/readings/tls';
import packageJson from '../package.json' with { type: 'json' };
import { Access, CredentialStore, isLoopback, LastUse, OwnCredential } from './access/index.ts';
import { Actions } from './actions/index.ts';
import type { Restamp, Timekeeper } from './clock/index.ts';
import type { EdgeConfig } from './config.ts';
import { type DeviceBroker, startDeviceBroker } from './device-broker.ts';
import { History, historyConsumer } from './history/index.ts';
import {
  type GatewayStatus,
  type HttpOptions,
  HttpServer,
  loopResolutionMs,
} from './http/index.ts';
import type { Ingest } from './ingest/index.ts';
import { bootId, Journal } from './journal/index.ts';
import { figuresToken, LocalAdministrator } from './local/index.ts';
import { type NodeRed, startNodeRed } from './node-red/index.ts';
import { pointsOf } from './points.ts';
import { Quarantine } from './quarantine/index.ts';
import {
  type LocalRules,
  loadLocalStandard,
  rulesConsumer,
  startLocalRules,
} from './rules/index.ts';
import { openTimed } from './timed.ts';
import { Membership, Uplink, type UplinkOptions, uplinkConsumer } from './uplink/index.ts';

const DAY_MS = 86_400_000;

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
  readonly #loop = monitorEventLoopDelay({ resolution: loopResolutionMs });
  #uplink: Uplink | null = null;
  /** What was started, in the order in which it is stopped. */
  #stops: (() => void | Promise<void>)[] = [];

  constructor(config: EdgeConfig, { clock, log, reach, boot }: EdgeParts) {
    this.#config = config;
    this.#clock = clock;
    this.#boot = boot ?? null;
    this.#log = log.child({ gateway: config.gateway });
    this.#reach = reach ?? (() => {});
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
    const standard = loadLocalStandard(this.#config.standardFolder, this.#log);
    const { timekeeper, journal, ingest } = await openTimed({
      ...{ ...this.#config, quarantine, log: this.#log },
      machine: this.#clock,
      boot: this.#boot ?? (await bootId()),
      openJournal: (clock, restamp) => this.#openJournal(standard !== null, clock, restamp),
      onDoubt: () => this.#uplink?.askTime(),
    });
    this.#stops.unshift(() => timekeeper.stop());
    const { access, credentials, own } = await this.#startAccess(timekeeper);
    const uplink = await this.#startUplink(
      { journal, quarantine, credentials, time: timekeeper },
      tls,
      timekeeper,
    );
    const parts = { directory: dataDirectory, clock: timekeeper, journal, uplink, log: this.#log };
    const sessionsFile = path.join(dataDirectory, 'sessions.sqlite');
    const shared = { ingest, access, tls, sessionsFile, clock: this.#clock, log: this.#log };
    const definitions = () => this.#config.estate.actions;
    const actions = new Actions({ ...this.#config, ...parts, definitions });
    const rules = await startLocalRules({ ...this.#config, ...parts, standard, actions });
    this.#stops.unshift(() => rules?.stop());
    const history = this.#startHistory(journal, quarantine);
    const broker = await startDeviceBroker(this.#config, shared);
    this.#stops.unshift(() => broker.stop());
    actions.start(broker);
    // Before the broker, so that nothing fails for want of it.
    this.#stops.unshift(() => actions.stop());
    const inside = () => broker.startInside();
    const place = { clock: timekeeper, log: this.#log, own, inside };
    const nodeRed = await startNodeRed({ ...this.#config, ...place });
    this.#stops.unshift(() => nodeRed?.stop());
    this.#loop.enable();
    this.#stops.unshift(() => void this.#loop.disable());
    const running = {
      ingest,
      journal,
      quarantine,
      uplink,
      rules,
      history,
      broker,
      nodeRed,
      timekeeper,
    };
    const status = () => this.#status(running);
    const quarantined = () => quarantine.entries().toReversed();
    const troubles = () => [ingest.trouble, uplink.trouble].filter((one) => one !== null);
    const page = await this.#startPage({
      tls,
      clock: timekeeper,
      status,
      troubles,
      credentials,
      quarantined,
      editor: nodeRed,
    });
    const ports = { mqttPort: broker.port, httpPort: page.port };
    const { pending } = await uplink.backlog();
    this.#log.info({ ...ports, journal: journal.id, pending }, 'gateway started');
    return { ...ports, code: page.code };
  }

  async #startPage(
    shown: Pick<
      HttpOptions,
      'tls' | 'status' | 'troubles' | 'credentials' | 'quarantined' | 'clock' | 'editor'
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

  async #openTls(): Promise<Tls | null> {
    const tls = await openTls(this.#config.tls, { clock: this.#clock, log: this.#log });
    this.#stops.unshift(() => tls?.stop());
    return tls;
  }

  #startQuarantine(): Quarantine {
    const file = path.join(this.#config.dataDirectory, 'quarantine.sqlite');
    const quarantine = new Quarantine({ file, clock: this.#clock });
    quarantine.start();
    this.#stops.unshift(() => quarantine.stop());
    return quarantine;
  }

  async #openJournal(judging: boolean, clock: Clock, restamp: Restamp): Promise<Journal> {
    const { dataDirectory, influxUrl, estate, journal: limits } = this.#config;
    const journal = await Journal.open({
      directory: path.join(dataDirectory, 'journal'),
      consumers: [
        uplinkConsumer,
        ...(judging ? [rulesConsumer] : []),
        ...(influxUrl === null ? [] : [historyConsumer]),
      ],
      clock,
      restamp,
      reach: this.#reach,
      ...limits,
      onRenewed: (reasons, salvaged) => {
        this.#log.warn({ reasons, salvaged }, 'the journal was renewed');
        this.#uplink?.renewed();
      },
      ...pointsOf(estate),
      onThinned: (tombstone) =>
        this.#log.warn({ ...tombstone }, 'readings were thinned out to make room'),
      onError: (error) => this.#log.error({ error }, 'the journal cannot be kept in order'),
    });
    this.#stops.unshift(() => journal.close());
    return journal;
  }

  async #startAccess(clock: Clock): Promise<{
    access: Access;
    credentials: HttpOptions['credentials'];
    /** Of Node-RED; null without it. */
    own: OwnCredential | null;
  }> {
    const { dataDirectory: directory, estate, anonymous } = this.#config;
    const onFault = sayOnce((error) =>
      this.#log.error({ error }, 'the credentials of devices cannot be read again'),
    );
    const store = new CredentialStore({ directory, clock, onFault });
    this.#stops.unshift(() => store.stop());
    await store.start();
    const lastUse = new LastUse({ directory, clock, onFault });
    this.#stops.unshift(() => lastUse.stop());
    await lastUse.start();
    const own = this.#config.nodeRed === null ? null : new OwnCredential('node-red');
    const access = new Access({
      ...{ estate, store, clock, anonymous, own },
      onRefused: (refusal) =>
        this.#log.warn({ ...refusal }, 'refused a client of the device broker'),
      onUsed: (id) => lastUse.note(id),
    });
    this.#stops.unshift(() => access.stop());
    access.start();
    return { access, credentials: () => lastUse.tell(store.list()), own };
  }

  async #startUplink(
    told: Pick<UplinkOptions, 'journal' | 'quarantine' | 'credentials' | 'time'>,
    tls: Tls | null,
    timekeeper: Timekeeper,
  ): Promise<Uplink> {
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
    this.#uplink = uplink;
    this.#stops.unshift(() => uplink.stop());
    await uplink.start();
    this.#warnOfPlain([uplinkUrl, enrolment.cloudUrl]);
    return uplink;
  }

  /** Readings and codes that leave this machine in the clear can be read on the way, and changed. */
  #warnOfPlain(addresses: readonly string[]): void {
    for (const address of addresses) {
      const { protocol, hostname } = new URL(address);
      const plain = protocol === 'mqtt:' || protocol === 'http:';
      if (!plain || isLoopback(hostname.replace(/^\[|\]$/g, ''))) continue;
      this.#log.warn({ protocol, hostname }, 'the cloud is reached without TLS');
    }
  }

  #startHistory(journal: Journal, quarantine: Quarantine): History | null {
    const { influxUrl, historyDays, estate } = this.#config;
    if (influxUrl === null) return null;
    const history = new History({
      estate: estate.id,
      journal,
      store: createInflux1Readings({
        url: influxUrl,
        database: `caretaker_${estate.id}`,
        describe: describeSeries([estate]),
        rawRetentionMs: historyDays * DAY_MS,
      }),
      quarantine,
      clock: this.#clock,
      log: this.#log,
    });
    history.start();
    this.#stops.unshift(() => history.stop());
    return history;
  }

  async #status(all: Running): Promise<GatewayStatus> {
    const { ingest, journal, quarantine, uplink, rules, history, broker, timekeeper } = all;
    const nodeRed = all.nodeRed?.status ?? null;
    const { id, oldest, newest, bytes, losses, tombstones, room, behind } = journal;
    return {
      gateway: this.#config.gateway,
      estate: this.#config.estate.id,
      version: packageJson.version,
      at: timekeeper.now(),
      ingest: ingest.counts,
      broker: broker.counts,
      external: broker.external,
      journal: { id, oldest, newest, bytes, losses, tombstones, room, behind },
      quarantine: { total: quarantine.total, dropped: quarantine.dropped },
      uplink: {
        connected: uplink.synced,
        trouble: uplink.trouble,
        ...(await uplink.backlog()),
        ...uplink.traffic,
      },
      rules: rules?.status() ?? null,
      clock: timekeeper.state(),
      devices: ingest.devices(),
      nodeRed,
      memory: process.memoryUsage.rss(),
      history:
        history === null
          ? null
          : {
              healthy: history.trouble === null,
              trouble: history.trouble,
              pending: journal.heldAfter(journal.position(historyConsumer)),
            },
    };
  }

  async stop(): Promise<void> {
    const stops = this.#stops;
    this.#stops = [];
    for (const stop of stops) await stop();
  }
}

/** Passes on an error unless it says the same as the one before. */
function sayOnce(say: (error: unknown) => void): (error: unknown) => void {
  let said = '';
  return (error) => {
    if (String(error) === said) return;
    said = String(error);
    say(error);
  };
}

interface Running {
  readonly ingest: Ingest;
  readonly journal: Journal;
  readonly quarantine: Quarantine;
  readonly uplink: Uplink;
  readonly rules: LocalRules | null;
  readonly history: History | null;
  readonly broker: DeviceBroker;
  readonly nodeRed: NodeRed | null;
  readonly timekeeper: Timekeeper;
}
