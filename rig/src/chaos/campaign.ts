import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeSeries, type Estate, loadEstate } from '@caretaker/devices/model';
import { freePort } from '@caretaker/readings/testing/free-port';
import { type Api, createApi } from '../product/api.ts';
import { gatewayCode } from '../product/enrolment.ts';
import { type Pager, startPager } from '../product/pager.ts';
import { createSandbox, type Sandbox } from '../product/sandbox.ts';
import { untilJudged } from '../product/standing.ts';
import { findBinary } from '../servers/binary.ts';
import { type Mosquitto, startMosquitto } from '../servers/mosquitto.ts';
import { until } from '../servers/process.ts';
import { behaviours, connections, liveBehaviours } from './behaviours.ts';
import { type Comparison, compare } from './compare.ts';
import { Device } from './device.ts';
import { letHappen, planFaults, type Targets } from './faults.ts';
import { sayByForeignClient } from './foreign.ts';
import { type Audit, Ledger } from './ledger.ts';
import { Link } from './link.ts';
import { type Message, type Stretch, stampedMessages, unstampedMessages } from './messages.ts';
import { Random } from './random.ts';
import { storedRows } from './stored.ts';
import { Survivor } from './survivor.ts';

const minute = 60_000;
const estateFile = join(import.meta.dirname, 'estate.yaml');

/** Event time that a round is about; silence needs a gap of 30 min in it. */
const minutesPerRound = 42;
/** So many rounds share a product: their event time lies within the day in which readings are not history yet. */
export const roundsPerCampaign = 30;
/** How long what is said in a round takes when nothing goes wrong, and in which faults happen. */
const spanMs = 2_200;
/** What is said at once is measured so often. */
const liveMs = 200;
/** Messages a round of each device without a clock. */
const unstampedPerRound = 30;
/** Of its messages the client that is not ours says each sixth: one process each. */
const foreignEvery = 6;
/** Longer than a gateway waits before it tries again to reach its broker. */
const passOnMs = 60_000;
/** Small, so that the gateway often begins a new segment and forgets old ones. */
const segmentBytes = 64 * 1024;

/** What devices speak to: the gateway, or a Mosquitto that it reads and that lives on. */
export type Through = 'gateway' | 'mosquitto';

/** What one round was like. */
export interface Round extends Audit {
  readonly seed: number;
  readonly happened: readonly string[];
  readonly seconds: number;
  /** Of these, until everything was acknowledged. */
  readonly ackSeconds: number;
  /** Messages that devices published again because nothing was said of them for long. */
  readonly forgotten: number;
}

/** How often processes were killed. */
export interface Deaths {
  readonly edge: number;
  readonly cloud: number;
}

/**
 * One product that is treated badly for some rounds: gateway and cloud as processes, devices that behave, and what
 * they said.
 */
export class Campaign {
  readonly #sandbox: Sandbox;
  readonly #estate: Estate;
  readonly #api: Api;
  readonly #pager: Pager;
  readonly #targets: Targets & { readonly devices: Device[] };
  readonly #ledger: Ledger;
  readonly #broker: Mosquitto | null;
  readonly #began = Date.now();
  #rounds = 0;

  private constructor(sandbox: Sandbox, pager: Pager, targets: Targets, broker: Mosquitto | null) {
    this.#sandbox = sandbox;
    this.#pager = pager;
    this.#broker = broker;
    this.#targets = { ...targets, devices: [...targets.devices] };
    this.#api = createApi(sandbox);
    this.#estate = loadEstate(readFileSync(estateFile, 'utf8'), estateFile);
    this.#ledger = new Ledger(this.#estate.id, { once: broker === null });
  }

  /** @param seed of what chance decides beside the rounds */
  static async start(seed: number, through: Through = 'gateway'): Promise<Campaign> {
    const broker = through === 'mosquitto' ? await ownMosquitto() : null;
    const pager = await startPager();
    const [uplinkPort, fieldPort] = [await freePort(), await freePort()];
    const sandbox = await createSandbox(estateFile, {
      CARETAKER_SIMULATE: '0',
      CARETAKER_UPLINK_URL: `mqtt://127.0.0.1:${uplinkPort}`,
      RIG_PAGER_URL: pager.url,
      RIG_SEGMENT_BYTES: String(segmentBytes),
      ...(broker === null ? {} : { EDGE_MQTT_URL: `mqtt://127.0.0.1:${fieldPort}` }),
    });
    // What lies between the devices and the gateway breaks; between them and another broker nothing does.
    const brokerPort = broker?.port ?? sandbox.mqttPort;
    const uplink = new Link(Number(sandbox.environment.CARETAKER_CLOUD_MQTT_PORT));
    await uplink.start(uplinkPort);
    const field = new Link(brokerPort);
    await field.start(fieldPort);
    const cloud = new Survivor('cloud', sandbox);
    await cloud.start();
    const gateway = loadEstate(readFileSync(estateFile, 'utf8'), estateFile).gateway;
    const code = await gatewayCode(sandbox, gateway);
    const environment = { ...sandbox.environment, CARETAKER_ENROL_CODE: code };
    const edge = new Survivor('edge', { ...sandbox, environment });
    await edge.start();
    const devices = connections.map(
      (_, index) =>
        new Device({
          id: String(index),
          url: `mqtt://127.0.0.1:${broker?.port ?? fieldPort}`,
          random: new Random(seed + index),
          life: () => edge.life,
        }),
    );
    const campaign = new Campaign(sandbox, pager, { edge, cloud, uplink, field, devices }, broker);
    await untilJudged(campaign.#api);
    return campaign;
  }

  get folder(): string {
    return this.#sandbox.folder;
  }

  get deaths(): Deaths {
    return { edge: this.#targets.edge.kills, cloud: this.#targets.cloud.kills };
  }

  get rounds(): number {
    return this.#rounds;
  }

  /** @param long the cloud is away for longer than a gateway waits for it */
  async round(seed: number, long: boolean): Promise<Round> {
    const began = performance.now();
    const random = new Random(seed);
    const before = this.#forgotten;
    const faults = planFaults(random, spanMs, long);
    const speaking = this.#speak(random);
    await Promise.all([letHappen(faults, this.#targets), speaking]);
    const { devices, edge, cloud } = this.#targets;
    await until('every message is acknowledged', () => devices.every(({ owed }) => owed === 0));
    const ackSeconds = (performance.now() - began) / 1_000;
    // What was to die at a place that it did not come to lives on.
    for (const part of [edge, cloud]) part.arm({ place: 'nowhere', nth: 1 });
    await Promise.all([edge.ready(), cloud.ready()]);
    if (this.#broker !== null) await this.#untilPassedOn();
    await untilJudged(this.#api);
    const audit = this.#ledger.audit(await this.#rows(), this.#rounds);
    this.#rounds += 1;
    const seconds = (performance.now() - began) / 1_000;
    const forgotten = this.#forgotten - before;
    const happened = faults.map(({ name }) => name);
    return { ...audit, seed, happened, seconds, ackSeconds, forgotten };
  }

  /** Compares what came of all rounds with the reference. */
  async finish(): Promise<Comparison> {
    const { cloud, uplink } = this.#targets;
    const rows = await this.#rows();
    return compare({
      api: this.#api,
      pager: this.#pager,
      uplink,
      deaths: cloud.kills,
      estateFile,
      gateway: this.#estate.gateway,
      rows,
      readings: this.#ledger.readings(rows),
      stretch: this.#stretch(0),
      rounds: this.#rounds,
    });
  }

  /** Ends everything. @param keep the folder stays, with the end of what the parts printed */
  async end(keep: boolean): Promise<void> {
    const { devices, edge, cloud, uplink, field } = this.#targets;
    for (const device of devices) device.end();
    await Promise.all([edge.end(), cloud.end()]);
    await Promise.all([uplink.stop(), field.stop(), this.#pager.stop(), this.#broker?.stop()]);
    if (!keep) {
      this.#sandbox.dispose();
      return;
    }
    const logs = join(this.folder, 'logs');
    mkdirSync(logs, { recursive: true });
    for (const part of [edge, cloud]) {
      writeFileSync(join(logs, `${part.name}.log`), part.outputs.join('\n-- killed --\n'));
    }
  }

  /** What the broker acknowledged it passes on in its own time. What it never does is found by the audit. */
  async #untilPassedOn(): Promise<void> {
    const arrived = async () => this.#ledger.missing(await this.#rows(), this.#rounds) === 0;
    await until('everything is passed on', arrived, passOnMs, 100).catch(() => {});
  }

  get #forgotten(): number {
    return this.#targets.devices.reduce((sum, device) => sum + device.forgotten, 0);
  }

  #stretch(round: number): Stretch {
    // All of it is past, and within the day after which a reading is a record of the past.
    const first = this.#began - roundsPerCampaign * minutesPerRound * minute - 30 * minute;
    const from = first + round * minutesPerRound * minute;
    return { round, from, every: minute, count: minutesPerRound };
  }

  /** Resolves when the client that is not ours is done; the devices may still have something to say. */
  async #speak(random: Random): Promise<void> {
    const { devices, edge } = this.#targets;
    const now = { round: this.#rounds, from: Date.now(), every: liveMs, count: spanMs / liveMs };
    for (const [index, { stamped, live = [], unstamped }] of connections.entries()) {
      const own = stamped.flatMap((asset) => this.#stamped(asset, random));
      const atOnce = live.flatMap((asset) =>
        stampedMessages(asset, liveBehaviours[asset] ?? {}, now, random),
      );
      const others = unstamped.flatMap((asset) =>
        unstampedMessages(asset, unstampedPerRound, this.#rounds, random),
      );
      for (const some of [own, atOnce, others]) {
        some.sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
        this.#ledger.add(devices[index]?.say(some, spanMs) ?? []);
      }
    }
    const foreign = [
      ...this.#stamped('street-bin', random).filter((_, i) => i % foreignEvery === 0),
      ...unstampedMessages('shed-bin', 3, this.#rounds, random),
    ];
    const life = () => edge.life;
    const port = this.#broker?.port ?? this.#sandbox.mqttPort;
    this.#ledger.add(await sayByForeignClient(port, foreign, life));
  }

  #stamped(asset: string, random: Random): Message[] {
    return stampedMessages(asset, behaviours[asset] ?? {}, this.#stretch(this.#rounds), random);
  }

  #rows() {
    const describe = describeSeries([this.#estate]);
    const series = this.#estate.assets
      .flatMap(({ points }) => points)
      .map(({ id }) => [id, describe(id)?.type ?? 'number'] as const);
    return storedRows(this.folder, new Map(series), 0, Number.MAX_SAFE_INTEGER);
  }
}

async function ownMosquitto(): Promise<Mosquitto> {
  const binary = findBinary('mosquitto');
  if (binary === null) throw new Error('there is no mosquitto on this machine');
  return startMosquitto(binary);
}
