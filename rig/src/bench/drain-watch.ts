import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { edgeMetrics } from '../product/edge-status.ts';
import { followEvents } from '../product/events.ts';
import type { Part } from '../product/parts.ts';
import { scriptHeaders } from '../product/person.ts';
import type { Sandbox } from '../product/sandbox.ts';
import type { Tally } from './drain-check.ts';
import { payloadOf } from './drain-devices.ts';
import {
  alarmOf,
  type DrainDevice,
  type DrainEstate,
  drainEstateId,
  measured,
} from './drain-estate.ts';

/** How long an event loop was held by the process's own `/metrics`, milliseconds. */
export interface LoopDelay {
  readonly p99: number;
  readonly most: number;
}

const apiEvery = 500;
const figuresEvery = 1_000;
const liveEvery = 100;

/** Asks the cloud for what a page shows, again and again, while something else goes on. */
export class CloudWatch {
  readonly #sandbox: Sandbox;
  readonly #answers: number[] = [];
  readonly #delays: LoopDelay[] = [];
  #running: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  start(): void {
    this.#running = Promise.all([this.#askApi(), this.#askFigures()]);
  }

  /** @returns milliseconds of every answer, and the delays of the event loop in between */
  async stop(): Promise<{ answers: readonly number[]; loop: LoopDelay }> {
    this.#stopped = true;
    await this.#running;
    // Each look at the figures begins a new histogram; its p99 is of one second.
    const p99 = quantile(
      this.#delays.map((delay) => delay.p99),
      0.5,
    );
    return {
      answers: this.#answers,
      loop: { p99, most: Math.max(...this.#delays.map((d) => d.most)) },
    };
  }

  async #askApi(): Promise<void> {
    const { httpUrl } = this.#sandbox;
    const headers = scriptHeaders(this.#sandbox);
    while (!this.#stopped) {
      const asked = performance.now();
      const answer = await fetch(`${httpUrl}/api/assets?limit=200`, { headers });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`/api/assets: ${answer.status}`);
      this.#answers.push(performance.now() - asked);
      await wait(apiEvery);
    }
  }

  async #askFigures(): Promise<void> {
    await cloudFigures(this.#sandbox);
    while (!this.#stopped) {
      await wait(figuresEvery);
      const text = await cloudFigures(this.#sandbox);
      // Node counts the pause between two looks at the loop, too.
      const held = (name: string) => Math.max(0, figure(text, name) * 1_000 - 5);
      this.#delays.push({
        p99: held('caretaker_cloud_loop_delay_seconds{quantile="0.99"}'),
        most: held('caretaker_cloud_loop_delay_max_seconds'),
      });
    }
  }
}

async function cloudFigures(sandbox: Sandbox): Promise<string> {
  const answer = await fetch(`${sandbox.httpUrl}/metrics`, { headers: scriptHeaders(sandbox) });
  if (!answer.ok) throw new Error(`no figures of the cloud: ${answer.status}`);
  return await answer.text();
}

/** Since its start. */
export async function edgeLoop(sandbox: Sandbox): Promise<LoopDelay> {
  const text = await edgeMetrics(sandbox);
  const held = (q: string) =>
    figure(text, `caretaker_edge_event_loop_delay_seconds{quantile="${q}"}`) * 1_000;
  return { p99: held('0.99'), most: held('1') };
}

function figure(text: string, name: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return line === undefined ? Number.NaN : Number(line.slice(name.length + 1));
}

/** Most memory that a process ever had resident, MB. */
export function peakMb({ pid }: Part): number {
  const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? Number.NaN) / 1024;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** The devices of an estate as they go on after the absence, and raise alarms. */
export class LiveDevices {
  readonly #estate: DrainEstate;
  readonly #tally: Tally;
  #client: MqttClient | null = null;
  readonly #running: Promise<unknown>[] = [];
  #stopped = false;

  /** @param tally gets every reading that the gateway acknowledged */
  constructor(estate: DrainEstate, tally: Tally) {
    this.#estate = estate;
    this.#tally = tally;
  }

  async start(mqttUrl: string): Promise<void> {
    this.#client = await mqtt.connectAsync(mqttUrl, { reconnectPeriod: 0 });
    this.#running.push(this.#speak());
  }

  async #speak(): Promise<void> {
    const { devices, shape } = this.#estate;
    const began = Date.now();
    const next = devices.map(({ phase }) => began + phase);
    while (!this.#stopped) {
      const now = Date.now();
      for (const [index, device] of devices.entries()) {
        const at = next[index] ?? now;
        if (at > now || device.until !== Number.POSITIVE_INFINITY) continue;
        next[index] = at + shape.period;
        const values = device.points.map((point, k) =>
          measured(device, point, index + k, Math.floor(at / shape.period), shape.away),
        );
        this.#publish(device, payloadOf({ device, at, values }), at, values);
      }
      await wait(liveEvery);
    }
  }

  #publish(
    device: DrainDevice,
    payload: string,
    at: number,
    values: Parameters<typeof payloadOf>[0]['values'],
  ): void {
    const client = this.#client;
    if (client === null) return;
    const sent = client.publishAsync(`caretaker/${device.id}`, payload, { qos: 1 }).then(() => {
      for (const [k, value] of values.entries()) {
        this.#tally.add(`${device.id}/${device.points[k]?.metric}`, at, value);
      }
    });
    this.#running.push(sent);
  }

  /** One message that means an emergency. @returns when it went out, on the clock of `performance` */
  alarm(device: DrainDevice): number {
    const at = Date.now();
    const [first] = device.points;
    const entry = Object.entries(alarmOf(device))[0];
    if (first === undefined || entry?.[0] !== first.metric) throw new Error('no such alarm');
    const sent = performance.now();
    const [, value] = entry;
    const payload = JSON.stringify({ at, [first.metric]: value });
    this.#publish({ ...device, points: [first] }, payload, at, [value]);
    return sent;
  }

  /** Resolves when all that was said is acknowledged. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
    await Promise.all(this.#running);
    await this.#client?.endAsync(true);
  }
}

/** When the first emergency of each subject was told, on the clock of `performance`. */
export class TicketWatch {
  readonly told = new Map<string, number>();
  readonly #end = new AbortController();

  async start(sandbox: Sandbox): Promise<void> {
    await new Promise<void>((open, fail) => {
      this.#follow(sandbox, open).catch((error: unknown) => {
        if (!this.#end.signal.aborted) fail(error);
      });
    });
  }

  async #follow(sandbox: Sandbox, open: () => void): Promise<void> {
    for await (const ticket of followEvents(sandbox, 'ticket', this.#end.signal, open)) {
      const { subject, severity } = ticket;
      if (severity !== 'emergency' || this.told.has(subject)) continue;
      this.told.set(subject, performance.now());
    }
  }

  stop(): void {
    this.#end.abort();
  }
}

export function subjectOf({ id }: DrainDevice): string {
  return `${drainEstateId}/${id}`;
}
