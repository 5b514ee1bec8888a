import { type Clock, systemClock } from '@caretaker/readings/base';
import { patient } from '@caretaker/readings/testing';
import type { MqttClient } from 'mqtt';
import { vi } from 'vitest';
import type { EdgeConfig } from '../config.ts';
import { scratch } from '../journal/testing.ts';
import { device, FakeCloud, type Rigged, startEdge, statusOf } from '../testing.ts';
import { actsAfterMs, type RulesStatus } from './index.ts';

type Folder = Awaited<ReturnType<typeof scratch>>;

/** The estate of a gateway `yard-1`, as YAML, with what each line of these adds. */
export function yardText(...lines: readonly string[]): string {
  return [
    'id: yard',
    'name: Yard',
    'zone: Asia/Shanghai',
    'location: { latitude: 31.2, longitude: 121.5 }',
    'gateway: yard-1',
    'assets:',
    ...lines,
  ].join('\n');
}

/** A gateway and its cloud, which may both stop and start again, with one device and clocks that a test sets ahead. */
export class Site {
  readonly cloud: FakeCloud;
  /** How far the gateway's clocks are ahead of those of this machine, milliseconds. */
  ahead = 0;
  readonly #clock: Clock = {
    ...systemClock,
    now: () => systemClock.now() + this.ahead,
    monotonic: () => systemClock.monotonic() + this.ahead,
  };
  readonly #folder: Folder;
  readonly #config: Partial<EdgeConfig>;
  #rigged: Rigged | null = null;
  #client: MqttClient | null = null;

  private constructor(folder: Folder, cloud: FakeCloud, config: Partial<EdgeConfig>) {
    this.#folder = folder;
    this.cloud = cloud;
    this.#config = config;
  }

  /** With its cloud; the gateway is still to be started. */
  static async open(config: Partial<EdgeConfig> = {}): Promise<Site> {
    const cloud = new FakeCloud();
    const uplinkUrl = await cloud.start();
    return new Site(await scratch(), cloud, { uplinkUrl, ...config });
  }

  get directory(): string {
    return this.#folder.directory;
  }

  get rigged(): Rigged {
    return running(this.#rigged);
  }

  /** The device. */
  get client(): MqttClient {
    return running(this.#client);
  }

  async start(config: Partial<EdgeConfig> = {}): Promise<void> {
    const all = { ...this.#config, ...config };
    this.#rigged = await startEdge(this.directory, all, { clock: this.#clock });
    this.#client = await device(this.#rigged.url);
  }

  async stop(): Promise<void> {
    await this.#client?.endAsync(true);
    this.#client = null;
    await this.#rigged?.edge.stop();
    this.#rigged = null;
  }

  /** Stops all of it. */
  async remove(): Promise<void> {
    await this.stop();
    await this.cloud.stop();
    await this.#folder.remove();
  }

  /** The time passes after which the gateway acts by itself. */
  pass(ms = actsAfterMs + 1_000): void {
    this.ahead += ms;
  }

  now(): number {
    return this.#clock.now();
  }

  /** The device says it, and the gateway has it on disk. */
  async say(asset: string, values: object): Promise<void> {
    await this.client.publishAsync(`caretaker/${asset}`, JSON.stringify(values), { qos: 1 });
  }

  status(): ReturnType<typeof statusOf> {
    return statusOf(this.rigged);
  }

  async rules(): Promise<RulesStatus> {
    const { rules } = await this.status();
    if (rules === null) throw new Error('nothing can be judged');
    return rules;
  }

  /** Resolves once local rules stand as wanted. */
  async until(wanted: (rules: RulesStatus) => boolean): Promise<void> {
    await vi.waitUntil(async () => wanted(await this.rules()), patient);
  }

  /** Resolves once the gateway has its cloud. */
  async synced(): Promise<void> {
    await vi.waitUntil(async () => (await this.status()).uplink.connected, patient);
  }
}

function running<T>(part: T | null): T {
  if (part === null) throw new Error('the gateway does not run');
  return part;
}
