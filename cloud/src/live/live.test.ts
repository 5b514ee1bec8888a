import { manualClock, patient } from '@caretaker/readings/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LiveEvents, liveEventSchemas } from '../contract/index.ts';
import {
  configFor,
  type RunningCloud,
  runCloud,
  scripts,
  temporaryFolder,
} from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';
import { EventRing } from './ring.ts';
import { type Audience, LiveStreams, type Sink } from './streams.ts';

const episode = {} as LiveEvents['episode'];

describe('the ring', () => {
  it('keeps the newest events within its bounds', () => {
    const ring = new EventRing('b', 3, 1000);
    for (let i = 0; i < 5; i += 1) ring.append('episode', 'court', episode);
    expect([ring.at(2), ring.at(3)?.sequence, ring.at(5)?.sequence, ring.at(6)]).toEqual([
      undefined,
      3,
      5,
      undefined,
    ]);
  });

  it('resumes what it still holds, and says why it cannot', () => {
    const ring = new EventRing('b', 3);
    for (let i = 0; i < 5; i += 1) ring.append('episode', 'court', episode);
    expect(ring.resume('b-3')).toEqual({ next: 4 });
    expect(ring.resume('b-5')).toEqual({ next: 6 });
    expect(ring.resume('b-2')).toEqual({ next: 3 });
    for (const id of ['b-1', 'a-4', 'b-6', 'b-x', '', 'b', 'b--1']) {
      expect(ring.resume(id)).toHaveProperty('reason');
    }
  });
});

const hears = () => true;
const everybody: Audience = { hears, renew: async () => hears };

/** A client that can be made to take no more. */
function slowSink(): Sink & { written: string[]; full: boolean; dead: boolean; drain(): void } {
  let drained: (() => void) | null = null;
  return {
    written: [],
    full: false,
    dead: false,
    write(chunk) {
      this.written.push(chunk);
      return !this.full;
    },
    once(_event, listener) {
      drained = listener;
    },
    destroy() {
      this.dead = true;
    },
    drain() {
      this.full = false;
      drained?.();
    },
  };
}

describe('a slow client', () => {
  it('waits in the ring and not in memory, and goes on when it can', () => {
    const ring = new EventRing('b', 100);
    const streams = new LiveStreams(ring, manualClock(0));
    const sink = slowSink();
    streams.open(sink, everybody, null);
    sink.full = true;
    for (let i = 0; i < 50; i += 1) ring.append('episode', 'court', episode);
    streams.flush();
    streams.flush();
    expect(sink.written).toHaveLength(2);
    sink.drain();
    expect(sink.written).toHaveLength(51);
    expect(sink.dead).toBe(false);
  });

  it('is cut off when it falls out of the ring or stalls', () => {
    const clock = manualClock(0);
    const ring = new EventRing('b', 10);
    const streams = new LiveStreams(ring, clock);
    streams.start();
    const [behind, stalled] = [slowSink(), slowSink()];
    streams.open(behind, everybody, null);
    streams.open(stalled, everybody, null);
    behind.full = true;
    stalled.full = true;
    for (let i = 0; i < 5; i += 1) ring.append('episode', 'court', episode);
    streams.flush();
    for (let i = 0; i < 50; i += 1) ring.append('episode', 'court', episode);
    behind.drain();
    expect([behind.dead, stalled.dead]).toEqual([true, false]);
    clock.advance(20_000);
    expect([stalled.dead, streams.count]).toEqual([true, 0]);
    streams.stop();
  });

  it('hears a heartbeat every two seconds', () => {
    const clock = manualClock(0);
    const streams = new LiveStreams(new EventRing('b'), clock);
    streams.start();
    const sink = slowSink();
    streams.open(sink, everybody, null);
    clock.advance(6000);
    expect(sink.written.filter((chunk) => chunk.startsWith(':'))).toHaveLength(3);
    streams.stop();
  });
});

interface Heard {
  id: string;
  event: string;
  data: unknown;
}

/** Reads a stream of server-sent events as a browser does. */
async function listen({ ask }: RunningCloud, path: string, headers: Record<string, string> = {}) {
  const stop = new AbortController();
  const response = await ask(path, { headers, signal: stop.signal });
  const heard: Heard[] = [];
  let id = '';
  const done = (async () => {
    let rest = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const fields = new Map(
          block.split('\n').map((line) => {
            const colon = line.indexOf(': ');
            return [line.slice(0, colon), line.slice(colon + 2)] as const;
          }),
        );
        id = fields.get('id') ?? id;
        const [event, data] = [fields.get('event'), fields.get('data')];
        if (event !== undefined && data !== undefined) {
          heard.push({ id, event, data: JSON.parse(data) });
        }
      }
    }
  })().catch(() => {});
  return {
    response,
    heard,
    lastId: () => id,
    of: (event: string) => heard.filter((h) => h.event === event),
    async close() {
      stop.abort();
      await done;
    },
  };
}

describe('the stream', () => {
  const t0 = Date.now() - 600_000;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let run: RunningCloud;
  let gateway: GatewayPlayer;

  beforeEach(async () => {
    folder = await temporaryFolder();
    run = await runCloud(configFor(folder.path));
    gateway = await GatewayPlayer.connect(run);
    await gateway.hello();
  });
  afterEach(async () => {
    await gateway.leave();
    await run.cloud.stop();
    await folder.remove();
  });

  it('tells of states, episodes, tickets and gateways as the contract says', async () => {
    const stream = await listen(run, `/api/events?estate=court`);
    expect(stream.response.headers.get('content-type')).toContain('text/event-stream');
    await gateway.send(1, [
      reading('bin-1/temp_c', t0, 20),
      reading('bin-1/temp_c', t0 + 1, 21),
      reading('bin-1/temp_c', t0 + 60_000, 71),
    ]);
    const points = () =>
      stream
        .of('state')
        .flatMap(({ data }) => (data as LiveEvents['state']).points)
        .filter((point) => point.id === 'court/bin-1/temp_c');
    await expect
      .poll(points, patient)
      .toMatchObject([{ value: 71, verdict: 'breach', severity: 'emergency' }]);
    await expect.poll(() => stream.of('gateway').length, patient).toBeGreaterThan(0);
    expect(stream.of('ticket')).toMatchObject([{ data: { item: 'TP23-S1', state: 'new' } }]);
    expect(stream.of('episode')).toMatchObject([{ data: { rule: 'bin-fire', end: null } }]);
    for (const { event, data } of stream.heard) {
      const schema = liveEventSchemas[event as keyof typeof liveEventSchemas];
      expect(schema.parse(data)).toEqual(data);
    }
    await stream.close();
  });

  it('goes on where it broke off, says reset when it cannot, and keeps estates apart', async () => {
    const first = await listen(run, `/api/events`);
    await expect.poll(() => first.lastId(), patient).toMatch(/^[0-9a-f]+-\d+$/);
    const left = first.lastId();
    await first.close();
    await gateway.send(1, [reading('bin-1/temp_c', t0, 71)]);
    await gateway.untilAccepted(1);
    const second = await listen(run, `/api/events`, { 'last-event-id': left });
    await expect.poll(() => second.of('ticket').length, patient).toBe(1);
    expect(second.of('reset')).toEqual([]);
    const numbers = second.heard.map(({ id }) => Number(id.split('-')[1]));
    expect(numbers).toEqual(numbers.map((_, i) => numbers[0]! + i));
    expect(numbers[0]).toBe(Number(left.split('-')[1]) + 1);
    const stale = await listen(run, `/api/events`, { 'last-event-id': 'gone-7' });
    await expect.poll(() => stale.of('reset').length, patient).toBe(1);
    for (const stream of [second, stale]) await stream.close();
    expect((await run.ask('/api/events?estate=none')).status).toBe(404);
  });

  it('tells of what a person does', async () => {
    await gateway.send(1, [reading('bin-1/temp_c', t0, 71)]);
    await gateway.untilAccepted(1);
    const [ticket] = await run.tickets('open');
    const stream = await listen(run, `/api/events`);
    const { revision } = ticket!;
    await run.command(ticket!.id, { type: 'acknowledge', revision });
    // Its clocks may say something before and after.
    await expect
      .poll(() => stream.of('ticket'))
      .toContainEqual(
        expect.objectContaining({
          data: expect.objectContaining({ id: ticket!.id, state: 'acknowledged', owner: scripts }),
        }),
      );
    await stream.close();
  });
});
