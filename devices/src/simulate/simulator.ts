import type { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock, Log } from '@caretaker/readings/base';
import { connect, type IClientOptions, MqttClient } from 'mqtt';
import type { Estate } from '../model/index.ts';
import { createEncoder } from './encode.ts';
import { type FaultName, faultKinds, faultNames } from './incident.ts';
import { keyOf } from './noise.ts';
import { Outbox } from './outbox.ts';
import { type Message, Story } from './story.ts';

export interface SimulatorOptions {
  /** Its assets marked `demo` are played; the others are left to real devices. */
  readonly estate: Estate;
  /** The gateway's broker, `mqtt://127.0.0.1:1883`. */
  readonly url: string;
  /** A new connection to it, where one needs more than the address tells. */
  readonly stream?: () => Duplex;
  readonly clock: Clock;
  readonly log: Log;
  /** The same seed tells the same story. */
  readonly seed: number;
}

/** Devices that do not exist, publishing over MQTT like any that do. */
export interface Simulator {
  /**
   * Publishes the last `hours` in order of time, as fast as they are acknowledged; resolves when all are,
   * or when the simulator was stopped.
   * @param onProgress readings acknowledged so far, and of how many.
   */
  backfill(hours: number, onProgress: (done: number, total: number) => void): Promise<void>;
  /** Begins to publish in real time, from where `backfill` ended. */
  start(): Promise<void>;
  /**
   * Gives an asset a fault from now on, for its usual duration.
   * @param asset the first one that can have it, when left out.
   * @returns a sentence that says what was done.
   * @throws CaretakerError `DEVICES_FAULT_UNKNOWN`, `DEVICES_FAULT_ASSET`.
   */
  inject(fault: string, asset?: string): string;
  /** The faults that can be injected. */
  faults(): readonly FaultName[];
  /** Stops publishing and disconnects. What was not acknowledged in 2 s is given up. */
  stop(): Promise<void>;
}

const connections = 4;
const window = 200;
/** So much of the story is told at a time. */
const chunk = 10 * 60_000;
const mostWaiting = 2_000;
const tickEvery = 1_000;
const farewell = 2_000;

export function createSimulator(options: SimulatorOptions): Simulator {
  return new MqttSimulator(options);
}

class MqttSimulator implements Simulator {
  private readonly options: SimulatorOptions;
  private readonly story: Story;
  private readonly encode: ReturnType<typeof createEncoder>;
  private readonly outbox: Outbox;
  private clients: readonly MqttClient[] = [];
  /** Everything before this instant has been told; null before the first word. */
  private told: number | null = null;
  private cancelTick: (() => void) | undefined;
  private connected: boolean | null = null;
  private stopped = false;

  constructor(options: SimulatorOptions) {
    this.options = options;
    this.story = new Story(options.estate, options.seed);
    this.encode = createEncoder(options.estate);
    this.outbox = new Outbox(
      (wire) => this.publish(wire.topic, wire.payload),
      options.clock,
      window,
    );
  }

  async backfill(hours: number, onProgress: (done: number, total: number) => void): Promise<void> {
    this.connect();
    const to = this.options.clock.now();
    const from = to - Math.round(hours * 3_600_000);
    let total = 0;
    for await (const messages of this.chunks(from, to)) total += countOf(messages);
    const progress = stepwise(total, onProgress);
    for await (const messages of this.chunks(from, to)) {
      for (const message of messages) {
        await this.outbox.below(mostWaiting);
        if (this.stopped) return;
        this.say(message, progress);
      }
    }
    this.told = to;
    await this.outbox.below(0);
  }

  async start(): Promise<void> {
    if (this.stopped || this.cancelTick !== undefined) return;
    this.connect();
    const now = this.options.clock.now();
    // What happened while the past was being published comes before what is now.
    const missed = this.told === null ? [] : this.story.messages(this.told, now, 'live');
    this.told = now;
    for (const message of [...missed, ...this.story.snapshot(now)]) this.say(message);
    this.cancelTick = this.options.clock.every(tickEvery, () => this.tick());
  }

  inject(fault: string, asset?: string): string {
    const from = Math.max(this.options.clock.now(), this.told ?? 0);
    const { incident, asset: hit } = this.story.incidents.inject(fault, asset, from);
    const minutes = Math.round((incident.to - incident.from) / 60_000);
    const { says } = faultKinds[incident.fault];
    const sentence = `${hit.name.en} (${hit.id}) ${says}, for ${minutes} min`;
    this.options.log.info({ fault, asset: hit.id }, `injected fault: ${sentence}`);
    return sentence;
  }

  faults(): readonly FaultName[] {
    return faultNames;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelTick?.();
    const last = Promise.withResolvers<void>();
    const cancel = this.options.clock.after(farewell, last.resolve);
    await Promise.race([this.outbox.below(0), last.promise]);
    cancel();
    // Whatever is left has no answer to wait for.
    const force = this.outbox.pending > 0;
    this.outbox.close();
    await Promise.all(this.clients.map((client) => client.endAsync(force || !client.connected)));
    this.clients = [];
  }

  /** Tells what has happened since the last tick; holds back while the gateway does not take it. */
  private tick(): void {
    const now = this.options.clock.now();
    const from = this.told ?? now;
    if (this.outbox.pending > mostWaiting || now <= from) return;
    const to = Math.min(now, from + chunk);
    this.told = to;
    for (const message of this.story.messages(from, to, 'live')) this.say(message);
  }

  private async *chunks(from: number, to: number): AsyncIterable<readonly Message[]> {
    for (let at = from; at < to && !this.stopped; at += chunk) {
      yield this.story.messages(at, Math.min(at + chunk, to), 'past');
      await nextTurn();
    }
  }

  private say(message: Message, acknowledged?: (readings: number) => void): void {
    const readings = countOf([message]);
    this.outbox.push(this.encode(message), () => acknowledged?.(readings));
  }

  /** Every device keeps to one connection, so that its messages stay in order. */
  private publish(topic: string, payload: string): Promise<unknown> {
    const client = this.clients[keyOf(topic) % this.clients.length];
    if (client === undefined) return Promise.reject(new Error('not connected'));
    return client.publishAsync(topic, payload, { qos: 1 });
  }

  /** Says once that the gateway is gone, and once that it is back, however many connections there are. */
  private reached(connected: boolean, reason = 'connection closed'): void {
    const { log, url } = this.options;
    const before = this.connected;
    if (before === connected || this.stopped) return;
    this.connected = connected;
    if (connected) log.info({ url }, 'simulated devices are connected');
    else
      log.warn({ url, reason }, 'the gateway does not answer: devices keep what they have to say');
  }

  private connect(): void {
    if (this.clients.length > 0 || this.stopped) return;
    const { url, stream, estate } = this.options;
    const open = (options: IClientOptions) =>
      stream === undefined ? connect(url, options) : new MqttClient(stream, options);
    this.clients = Array.from({ length: connections }, (_, index) => {
      const clientId = `${estate.id}-devices-${index + 1}`;
      const client = open({ clientId, clean: true, reconnectPeriod: 1_000 });
      client.on('connect', () => this.reached(true));
      client.on('error', (error) => this.reached(false, error.message));
      client.on('close', () => this.reached(false));
      return client;
    });
  }
}

/** Says how far it is at the start, at the end, and at every half percent between. */
function stepwise(total: number, onProgress: (done: number, total: number) => void) {
  let done = 0;
  let next = 0;
  const add = (readings: number) => {
    done += readings;
    if (done < next && done < total) return;
    next = done + total / 200;
    onProgress(done, total);
  };
  add(0);
  return add;
}

function countOf(messages: readonly Message[]): number {
  let count = 0;
  for (const { values } of messages) count += Object.keys(values).length;
  return count;
}
