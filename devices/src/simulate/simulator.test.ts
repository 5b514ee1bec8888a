import { createServer, type Server, type Socket } from 'node:net';
import { type Clock, silentLog } from '@caretaker/readings/base';
import { type ManualClock, manualClock, patient } from '@caretaker/readings/testing';
import { Aedes } from 'aedes';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDecoder } from '../decode/index.ts';
import { createSimulator, demoEstate, type Simulator } from './index.ts';
import { Story } from './story.ts';

const estate = demoEstate();
const now = Date.parse('2026-11-21T12:00:00+08:00');
const hour = 3_600_000;

/** A real broker that remembers what it acknowledged, and can be taken away and brought back. */
class Broker {
  readonly taken: { topic: string; payload: Buffer }[] = [];
  port = 0;
  private server: Server | undefined;
  private aedes: Aedes | undefined;
  private readonly sockets = new Set<Socket>();
  onPublish: () => void = () => {};

  async open(): Promise<void> {
    const aedes = await Aedes.createBroker({
      authorizePublish: (_client, { topic, payload }, done) => {
        this.onPublish();
        this.taken.push({ topic, payload: Buffer.from(payload) });
        done(null);
      },
    });
    this.aedes = aedes;
    const server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      aedes.handle(socket);
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    const address = server.address();
    if (address !== null && typeof address === 'object') this.port = address.port;
  }

  get connections(): number {
    return this.sockets.size;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    const closed = Promise.withResolvers<void>();
    this.server?.close(() => closed.resolve());
    await closed.promise;
    await new Promise<void>((resolve) => this.aedes?.close(() => resolve()));
  }
}

describe('the simulator', () => {
  let broker: Broker;
  let clock: ManualClock;
  let simulator: Simulator;
  const simulate = (with_: Clock = clock) =>
    createSimulator({
      estate,
      url: `mqtt://127.0.0.1:${broker.port}`,
      clock: with_,
      log: silentLog,
      seed: 1,
    });

  beforeEach(async () => {
    broker = new Broker();
    clock = manualClock(now);
    await broker.open();
    simulator = simulate();
  });
  afterEach(async () => {
    const stopped = simulator.stop();
    clock.advance(5_000);
    await stopped;
    await broker.close();
  });

  const expected = (hours: number) =>
    new Story(estate, 1).messages(now - hours * hour, now, 'past');
  const decoded = () => {
    const decoder = createDecoder(estate);
    return broker.taken.map(({ topic, payload }) =>
      decoder.decode(topic, payload, { received: clock.now(), retained: false }),
    );
  };
  const readings = () =>
    new Set(decoded().flatMap((d) => d.found.map((f) => `${f.point} ${f.at} ${f.value}`)));

  it('publishes the past in order of time until all of it is acknowledged', async () => {
    const progress: [number, number][] = [];
    await simulator.backfill(1.5, (done, total) => progress.push([done, total]));
    const told = expected(1.5);
    expect(broker.taken).toHaveLength(told.length);
    expect(decoded().flatMap((d) => d.faults)).toEqual([]);
    const total = progress[0]?.[1] ?? 0;
    expect(progress[0]).toEqual([0, total]);
    expect(progress.at(-1)).toEqual([total, total]);
    expect(decoded().flatMap((d) => d.found)).toHaveLength(total);
    // Four connections share the devices: none runs far ahead of another.
    const times = decoded().flatMap((d) => d.found.map((f) => f.at ?? 0));
    let newest = 0;
    for (const at of times) {
      expect(newest - at).toBeLessThan(20 * 60_000);
      newest = Math.max(newest, at);
    }
  });

  it('goes on in real time where the past ended, and shows a fault at once', async () => {
    await simulator.backfill(0.1, () => {});
    const before = broker.taken.length;
    await simulator.start();
    await vi.waitFor(
      () => expect(broker.taken.length - before).toBe(estate.assets.length),
      patient,
    );
    clock.advance(120_000);
    await vi.waitFor(() => expect(broker.taken.length - before).toBeGreaterThan(300), patient);
    expect(simulator.inject('lift-trapped', 'lift-2b')).toBe(
      'Block 2 lift B (lift-2b) stopped between floors with a person in it, for 25 min',
    );
    clock.advance(1_000);
    const trapped = `"at":${now + 120_000},`;
    await vi.waitFor(() => {
      const said = broker.taken.filter(({ topic }) => topic === 'caretaker/lift-2b');
      expect(said.some(({ payload }) => payload.includes(trapped))).toBe(true);
    }, patient);
    expect(decoded().flatMap((d) => d.faults)).toEqual([]);
    const heard = readings();
    expect(heard).toContain(`lift-2b/trapped ${now + 120_000} true`);
    const live = new Story(estate, 1).messages(now, now + 120_000, 'live');
    for (const { at, asset, values } of live) {
      for (const [metric, value] of Object.entries(values)) {
        expect(heard).toContain(`${asset.id}/${metric} ${at} ${value}`);
      }
    }
  });

  it('loses nothing when the gateway goes away twice in the middle', async () => {
    let left = 1_200;
    let breaks = 0;
    broker.onPublish = () => {
      left -= 1;
      if (left !== 0 || breaks === 2) return;
      breaks += 1;
      left = 900;
      void broker.close().then(() => broker.open());
    };
    let done = false;
    const filled = simulator
      .backfill(1.5, () => {})
      .then(() => {
        done = true;
      });
    await vi.waitFor(() => {
      clock.advance(1_000);
      expect(done).toBe(true);
    }, patient);
    await filled;
    expect(breaks).toBe(2);
    const told = expected(1.5).flatMap(({ at, asset, values }) =>
      Object.entries(values).map(([metric, value]) => `${asset.id}/${metric} ${at} ${value}`),
    );
    expect(readings()).toEqual(new Set(told));
  });

  it('holds back while nobody listens, and catches up', async () => {
    await simulator.start();
    await vi.waitFor(() => expect(broker.taken.length).toBe(estate.assets.length), patient);
    await broker.close();
    clock.advance(3 * hour);
    await broker.open();
    const wanted = new Story(estate, 1).messages(now, now + 3 * hour, 'live').length;
    await vi.waitFor(() => {
      clock.advance(1_000);
      expect(broker.taken.length).toBeGreaterThan(wanted);
    }, patient);
  });

  it('disconnects when it is stopped, and says nothing any more', async () => {
    await simulator.start();
    await vi.waitFor(() => expect(broker.connections).toBe(4), patient);
    await vi.waitFor(() => expect(broker.taken.length).toBe(estate.assets.length), patient);
    await simulator.stop();
    await vi.waitFor(() => expect(broker.connections).toBe(0), patient);
    clock.advance(60_000);
    await simulator.start();
    expect(broker.taken.length).toBe(estate.assets.length);
    expect(clock.pending()).toBe(0);
  });

  it('can be stopped in the middle of the past, and when there is no gateway', async () => {
    await broker.close();
    const filled = simulator.backfill(23.5, () => {});
    const stopped = simulator.stop();
    clock.advance(5_000);
    await Promise.all([filled, stopped]);
    await broker.open();
    expect(broker.taken).toEqual([]);
  });

  it('lists the faults it can inject', () => {
    expect(simulator.faults()).toContain('bin-fire');
    expect(simulator.faults()).toHaveLength(20);
  });
});
