import { join } from 'node:path';
import { type Bundle, readBundle } from '@caretaker/devices/model';
import { patient } from '@caretaker/readings/testing';
import {
  type BundleStatus,
  type EnrolAnswer,
  newGatewayKey,
  openBundle,
  rotationRequest,
} from '@caretaker/readings/uplink';
import { expect, vi } from 'vitest';
import type { GatewayAccess, GatewayBundle, Problem, Ticket } from '../contract/index.ts';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from './cloud.ts';
import { GatewayPlayer } from './gateway.ts';
import { full, hot, writeStandard } from './standard.ts';

export type Settings = Record<string, string>;

/** A cloud and a gateway that takes configurations. */
export class ConfiguredCloud {
  readonly #folder: Awaited<ReturnType<typeof temporaryFolder>>;
  readonly #settings: Settings;
  #run: RunningCloud | null = null;
  #gateway: GatewayPlayer | null = null;
  publicKey = '';

  private constructor(folder: Awaited<ReturnType<typeof temporaryFolder>>, settings: Settings) {
    this.#folder = folder;
    this.#settings = settings;
  }

  static async start(settings: Settings): Promise<ConfiguredCloud> {
    const folder = await temporaryFolder();
    const rules = await writeStandard(join(folder.path, 'rules'), [hot(60), full(80)]);
    const bench = new ConfiguredCloud(folder, { ...settings, CARETAKER_STANDARD: rules });
    await bench.begin();
    const token = bench.run.token('court-1');
    const request = { ...rotationRequest('court-1', newGatewayKey()), token };
    const { body } = await bench.send<EnrolAnswer>('POST', '/api/gateways/rotate', request);
    bench.publicKey = body.bundleKey ?? '';
    return bench;
  }

  get run(): RunningCloud {
    if (this.#run === null) throw new Error('the cloud does not run');
    return this.#run;
  }

  get gateway(): GatewayPlayer {
    if (this.#gateway === null) throw new Error('the gateway is away');
    return this.#gateway;
  }

  async begin(): Promise<void> {
    this.#run = await runCloud(configFor(join(this.#folder.path, 'data'), this.#settings));
    this.#gateway = await GatewayPlayer.connect(this.#run);
  }

  async end(): Promise<void> {
    await this.#gateway?.leave();
    await this.#run?.cloud.stop();
  }

  async remove(): Promise<void> {
    await this.end();
    await this.#folder.remove();
  }

  async reload(rules: readonly string[]): Promise<void> {
    await writeStandard(join(this.#folder.path, 'rules'), rules);
    await this.send('POST', '/api/standard/reload', {});
  }

  async send<T>(method: string, path: string, body?: object, key: string = crypto.randomUUID()) {
    const answer = await this.run.ask(path, {
      method,
      headers: {
        'idempotency-key': key,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as T & Problem };
  }

  /** The configuration that came as number `count`, counted from 1. */
  async bundle(count: number): Promise<Bundle> {
    await vi.waitFor(
      () => expect(this.gateway.bundles.length).toBeGreaterThanOrEqual(count),
      patient,
    );
    const message = this.gateway.bundles[count - 1] ?? Buffer.alloc(0);
    return readBundle(await openBundle(message, this.publicKey));
  }

  async shown(): Promise<GatewayBundle | null> {
    return (await this.run.list<GatewayAccess>('/api/gateways'))[0]?.bundle ?? null;
  }

  async answer(version: number | null, result: BundleStatus['result'], why: object = {}) {
    const before = (await this.shown())?.answer?.at ?? 0;
    await this.gateway.status({ type: 'bundle', at: 1, version, result, ...why });
    const told = async () => {
      const { answer } = (await this.shown()) ?? {};
      expect(answer).toMatchObject({ version, result });
      expect(answer?.at).toBeGreaterThanOrEqual(before);
    };
    await vi.waitFor(told, patient);
  }

  async tickets(state: 'open' | 'all'): Promise<Ticket[]> {
    return (await this.run.tickets(state)).filter(({ item }) => item === 'EST-S11');
  }
}
