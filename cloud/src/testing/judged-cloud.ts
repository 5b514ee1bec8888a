import { join } from 'node:path';
import type { Reading } from '@caretaker/readings';
import { configFor, pagesIn, type RunningCloud, runCloud, temporaryFolder } from './cloud.ts';
import { GatewayPlayer, reading } from './gateway.ts';
import { writeStandard } from './standard.ts';

const minute = 60_000;

/** A cloud with a standard of its own, and the gateway that sends it readings. Times are minutes from `now` on. */
export class JudgedCloud {
  readonly now: number;
  readonly #folder: Awaited<ReturnType<typeof temporaryFolder>>;
  #run: RunningCloud | null = null;
  #gateway: GatewayPlayer | null = null;
  #next = 1;

  private constructor(now: number, folder: Awaited<ReturnType<typeof temporaryFolder>>) {
    this.now = now;
    this.#folder = folder;
  }

  static async start(rules: readonly string[], now: number): Promise<JudgedCloud> {
    const cloud = new JudgedCloud(now, await temporaryFolder());
    await cloud.write(rules);
    await cloud.start();
    return cloud;
  }

  get run(): RunningCloud {
    if (this.#run === null) throw new Error('the cloud does not run');
    return this.#run;
  }

  get database() {
    return { engine: 'sqlite', file: join(this.#data, 'cloud', 'cloud.db') } as const;
  }

  get #data(): string {
    return join(this.#folder.path, 'data');
  }

  /** Puts another standard where the cloud reads it. */
  async write(rules: readonly string[]): Promise<void> {
    await writeStandard(join(this.#folder.path, 'rules'), rules);
  }

  async start(): Promise<void> {
    const settings = { CARETAKER_STANDARD: join(this.#folder.path, 'rules') };
    this.#run = await runCloud(configFor(this.#data, settings));
    this.#gateway = await GatewayPlayer.connect(this.#run);
    await this.#gateway.hello(this.#next - 1);
  }

  async stop(): Promise<void> {
    await this.#gateway?.leave();
    await this.#run?.cloud.stop();
    this.#gateway = null;
    this.#run = null;
  }

  async remove(): Promise<void> {
    await this.stop();
    await this.#folder.remove();
  }

  at(minutes: number, value: number, metric = 'temp_c'): Reading {
    return reading(`bin-2/${metric}`, this.now + minutes * minute, value);
  }

  /** Sends readings in one frame; all that was received until then is said to be complete. */
  async judge(...readings: Reading[]): Promise<void> {
    if (readings.length === 0) return;
    await this.#gateway?.send(this.#next, readings);
    this.#next += readings.length;
    await this.#gateway?.untilAccepted(this.#next - 1);
  }

  async send(method: string, path: string, body: object) {
    const response = await this.run.ask(`/api/standard/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  minutesOf(time: number | null): number | null {
    return time === null ? null : (time - this.now) / minute;
  }

  /** Standing episodes by onset: rule, onset, end and version. */
  async told(): Promise<unknown[]> {
    return (await this.run.episodes())
      .toSorted((a, b) => a.onset - b.onset)
      .map((e) => [e.rule, this.minutesOf(e.onset), this.minutesOf(e.end), e.standardVersion]);
  }

  /** Tickets by onset: item, onset and state. */
  async tickets(): Promise<unknown[]> {
    return (await this.run.tickets())
      .toSorted((a, b) => a.onset - b.onset || a.id - b.id)
      .map((t) => [t.item, this.minutesOf(t.onset), t.state]);
  }

  /** Keys of the pages that were ever to be sent. */
  async pages(): Promise<string[]> {
    return pagesIn(this.database);
  }
}
