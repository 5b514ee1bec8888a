import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { silentLog, systemClock } from '@caretaker/readings/base';
import { mosquitto, patient, TestBroker } from '@caretaker/readings/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Taken } from '../ingest/index.ts';
import { ExternalBroker } from './external-broker.ts';

const run = promisify(execFile);

interface Heard {
  readonly topic: string;
  readonly text: string;
  readonly retained: boolean;
  readonly taken: Taken;
}

/** What the gateway would make durable, by hand. */
class Hand {
  readonly heard: Heard[] = [];
  /** At once, or when the test says so. */
  answer: ((one: Heard) => void) | null = ({ taken }) => taken(null);

  take = (
    _client: string,
    topic: string,
    payload: Uint8Array,
    taken: Taken,
    retained = false,
  ): void => {
    const one = { topic, text: Buffer.from(payload).toString(), retained, taken };
    this.heard.push(one);
    this.answer?.(one);
  };

  get texts(): string[] {
    return this.heard.map(({ text }) => text);
  }
}

let broker: TestBroker;
const running: ExternalBroker[] = [];

afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
  await broker.remove();
});

function reading(hand: Hand, more: { topics?: string[]; url?: string } = {}): ExternalBroker {
  const one = new ExternalBroker({
    url: more.url ?? broker.url,
    topics: more.topics ?? ['#'],
    will: null,
    gateway: 'yard-1',
    trust: { ca: null, fingerprints: [] },
    ingest: hand,
    clock: systemClock,
    log: silentLog,
  });
  running.push(one);
  one.start();
  return one;
}

async function connected(one: ExternalBroker): Promise<void> {
  await vi.waitUntil(() => one.status.connected, patient);
}

const at = () => ['-h', '127.0.0.1', '-p', String(broker.port)];

async function publish(topic: string, message: string, ...more: string[]): Promise<void> {
  await run('mosquitto_pub', [...at(), '-t', topic, '-m', message, ...more]);
}

/** Many messages over one connection, at QoS 1. */
async function publishLines(topic: string, lines: readonly string[]): Promise<void> {
  const sent = run('mosquitto_pub', [...at(), '-t', topic, '-q', '1', '-l']);
  sent.child.stdin?.end(`${lines.join('\n')}\n`);
  await sent;
}

const numbers = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `${from + index}`);

describe.skipIf(mosquitto === undefined)('the devices of a Mosquitto', () => {
  it('are heard at every quality of service, and what was retained is marked as old', async () => {
    broker = await new TestBroker().start();
    await publish('hall/temp', 'old', '-r', '-q', '1');
    const hand = new Hand();
    await connected(reading(hand));
    await vi.waitUntil(() => hand.heard.length === 1, patient);
    for (const qos of ['0', '1', '2']) await publish('hall/temp', qos, '-q', qos);
    // Retained for others, and new all the same.
    await publish('hall/temp', 'fresh', '-r', '-q', '1');
    await vi.waitUntil(() => hand.heard.length === 5, patient);
    const seen = hand.heard.map(({ text, retained }) => [text, retained]);
    expect(seen[0]).toEqual(['old', true]);
    expect(seen.slice(1).every(([, retained]) => retained === false)).toBe(true);
    expect(new Set(hand.texts)).toEqual(new Set(['old', '0', '1', '2', 'fresh']));
  });

  it('are acknowledged when their messages are safe: what was not comes again after a crash', async () => {
    broker = await new TestBroker(['max_inflight_messages 20']).start();
    const first = new Hand();
    const safe = new Set<string>();
    first.answer = ({ text, taken }) => {
      // From the seventh on nothing gets to the disk.
      if (Number(text) >= 7) return;
      safe.add(text);
      taken(null);
    };
    const crashed = reading(first);
    await connected(crashed);
    await publishLines('hall/temp', numbers(30));
    await vi.waitUntil(() => first.heard.length >= 20, patient);
    for (const { taken } of first.heard.slice(7)) taken(new Error('the disk is full'));
    await vi.waitUntil(() => !crashed.status.connected, patient);
    first.answer = ({ text, taken }) => {
      safe.add(text);
      taken(null);
    };
    await vi.waitUntil(() => safe.size === 30, patient);
    expect(crashed.status.connections).toBeGreaterThanOrEqual(2);
    expect(crashed.status.sessionsLost).toBe(0);
    // In order, and of what was acknowledged nothing twice.
    const again = first.texts.slice(first.texts.lastIndexOf('7'));
    expect(again).toEqual(numbers(23, 7));
  });

  it('are heard of for the time that nobody read them', async () => {
    broker = await new TestBroker(['max_queued_messages 5000']).start();
    const before = new Hand();
    const first = reading(before);
    await connected(first);
    await first.stop();
    await publishLines('hall/temp', numbers(500));
    const after = new Hand();
    const second = reading(after);
    await vi.waitUntil(() => after.heard.length === 500, patient);
    expect(after.texts).toEqual(numbers(500));
    expect(second.status.sessionsLost).toBe(0);
  });

  it('wait in the broker when the gateway cannot keep up, not in its memory', async () => {
    const free = ['max_queued_messages 0', 'max_inflight_messages 0'];
    broker = await new TestBroker(free).start();
    const hand = new Hand();
    hand.answer = null;
    const slow = reading(hand);
    await connected(slow);
    await publishLines('hall/temp', numbers(20_000));
    await vi.waitUntil(() => hand.heard.length >= 1_000, patient);
    // What one read of the socket had brought along is the most that may come on top.
    expect(hand.heard.length).toBeLessThan(8_000);
    hand.answer = ({ taken }) => taken(null);
    for (const { taken } of [...hand.heard]) taken(null);
    await vi.waitUntil(() => hand.heard.length === 20_000, patient);
    expect(hand.texts).toEqual(numbers(20_000));
    expect(slow.status.underWay).toBe(0);
  });

  it('are cut off where they are too large for anybody, and keep nothing behind them away', async () => {
    broker = await new TestBroker().start();
    const hand = new Hand();
    const one = reading(hand);
    await connected(one);
    const large = run('mosquitto_pub', [...at(), '-t', 'hall/temp', '-q', '1', '-s']);
    large.child.stdin?.end(Buffer.alloc(5_000_000, 'x'));
    await large;
    await publish('hall/temp', 'behind', '-q', '1');
    await vi.waitUntil(() => hand.texts.includes('behind'), patient);
    const [first] = hand.texts;
    expect(first?.length).toBeGreaterThan(262_144);
    expect(first?.length).toBeLessThan(400_000);
    expect(one.status.connections).toBe(1);
  });

  it('wait in the broker, too, when few messages are large', async () => {
    const free = ['max_queued_messages 0', 'max_queued_bytes 0', 'max_inflight_messages 0'];
    broker = await new TestBroker(free).start();
    const hand = new Hand();
    hand.answer = null;
    const slow = reading(hand);
    await connected(slow);
    const large = 'x'.repeat(200_000);
    await publishLines(
      'hall/temp',
      numbers(200).map((number) => `${number} ${large}`),
    );
    await vi.waitUntil(() => hand.heard.length >= 80, patient);
    // 16 MB, and what one read of the socket had brought along.
    expect(hand.heard.length).toBeLessThan(100);
    hand.answer = ({ taken }) => taken(null);
    for (const { taken } of [...hand.heard]) taken(null);
    await vi.waitUntil(() => hand.heard.length === 200, patient);
    expect(slow.status.underWay).toBe(0);
  });

  it('come back with a broker that is started anew, which says what it may have lost', async () => {
    broker = await new TestBroker().start();
    const hand = new Hand();
    const one = reading(hand);
    await connected(one);
    await broker.kill();
    await vi.waitUntil(() => !one.status.connected, patient);
    await vi.waitUntil(() => one.status.trouble?.code === 'EDGE_BROKER_UNREACHABLE', patient);
    await broker.start();
    await connected(one);
    await publish('hall/temp', 'again', '-q', '1');
    await vi.waitUntil(() => hand.texts.includes('again'), patient);
    // It keeps nothing on disk unless it is told to.
    expect(one.status.sessionsLost).toBe(1);
    expect(one.status.trouble).toBeNull();
  });

  it('are not confused with what the gateway says itself', async () => {
    broker = await new TestBroker().start();
    const hand = new Hand();
    const one = reading(hand);
    await connected(one);
    let heard = '';
    const listener = run('mosquitto_sub', [...at(), '-t', 'lamp/set', '-C', '1', '-v']);
    void listener.then(({ stdout }) => {
      heard = stdout;
    });
    // Again until it has subscribed.
    await vi.waitUntil(async () => {
      await one.publish('homeassistant/sensor/ours/config', '{}', { retain: true });
      await one.publish('ctk-events/1/yard/state/hall', '{}');
      await one.publish('lamp/set', 'ON');
      return heard !== '';
    }, patient);
    expect(heard).toContain('lamp/set ON');
    await publish('hall/temp', 'theirs', '-q', '1');
    await vi.waitUntil(() => hand.texts.includes('theirs'), patient);
    // Somebody else on a topic that the gateway has spoken on.
    await publish('lamp/set', 'OFF', '-q', '1');
    await vi.waitUntil(() => hand.texts.includes('OFF'), patient);
    expect(hand.texts).toEqual(['theirs', 'OFF']);
  });

  it('are read by a user that the broker lets in, and the reason is said when it does not', async () => {
    const acl = 'user reader\ntopic read hall/#\n';
    broker = new TestBroker(['allow_anonymous false', 'acl_file acl', 'password_file passwords'], {
      acl,
      passwords: 'reader:secret\n',
    });
    await broker.hashPasswords('passwords');
    await broker.start();
    const wrong = reading(new Hand());
    await vi.waitUntil(() => wrong.status.trouble?.code === 'EDGE_BROKER_REFUSED', patient);
    expect(wrong.status.trouble?.message).toMatch(/user or password|may not connect/);
    const url = broker.url.replace('//', '//reader:secret@');
    const hand = new Hand();
    const right = reading(hand, { url, topics: ['hall/#'] });
    await connected(right);
    await publish('hall/temp', 'heard', '-q', '1', '-u', 'reader', '-P', 'secret');
    expect(right.status.trouble).toBeNull();
    expect(right.status.address).not.toContain('secret');
  });

  it('are none of a session of before that read more topics', async () => {
    broker = await new TestBroker().start();
    const all = reading(new Hand());
    await connected(all);
    await all.stop();
    await publish('other/temp', 'unwanted', '-q', '1');
    await publish('hall/temp', 'wanted', '-q', '1');
    const hand = new Hand();
    await connected(reading(hand, { topics: ['hall/#'] }));
    await vi.waitUntil(() => hand.texts.includes('wanted'), patient);
    expect(hand.texts).toEqual(['wanted']);
  });
});
