import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { systemClock } from '@caretaker/readings/base';
import { patient } from '@caretaker/readings/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CredentialStore } from '../access/store.ts';
import { openJournal, readAll, scratch } from '../journal/testing.ts';
import { type Rigged, startEdge, statusOf } from '../testing.ts';

/*
 * Every feature of the broker against Mosquitto's own clients: an MQTT 3.1.1 implementation that shares nothing with
 * the libraries which the broker and our other tests are built of.
 */

const run = promisify(execFile);
const installed = (process.env.PATH ?? '')
  .split(path.delimiter)
  .some((folder) => existsSync(path.join(folder, 'mosquitto_pub')));

let directory: string;
let remove: () => Promise<void>;
let rigged: Rigged | null = null;
const children: ChildProcess[] = [];

beforeEach(async () => {
  ({ directory, remove } = await scratch());
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await stop();
  await remove();
});

async function start(...args: Parameters<typeof startEdge> extends [string, ...infer R] ? R : []) {
  rigged = await startEdge(directory, ...args);
}

async function stop(): Promise<void> {
  const edge = rigged?.edge;
  rigged = null;
  await edge?.stop();
}

const at = () => ['-h', '127.0.0.1', '-p', String(rigged?.mqttPort), '-V', 'mqttv311'];

async function publish(topic: string, message: string, ...more: string[]): Promise<void> {
  await run('mosquitto_pub', [...at(), '-t', topic, '-m', message, ...more]);
}

/** A running `mosquitto_sub` and what it printed: flags, topic and payload of each message. */
interface Subscriber {
  readonly child: ChildProcess;
  readonly heard: string[];
}

/** Subscribes and resolves once the broker has granted it. */
async function subscribe(...more: string[]): Promise<Subscriber> {
  const format = ['-F', 'message r%r q%q %t %p'];
  // Into a pipe it would say what it has heard at its end only. The process becomes mosquitto_sub.
  const line = ['-oL', 'mosquitto_sub', ...at(), '-d', ...format, ...more];
  const child = spawn('stdbuf', line);
  children.push(child);
  const heard: string[] = [];
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (line.startsWith('message ')) heard.push(line.slice('message '.length));
    });
  }
  const granted = () =>
    expect(
      lines.some((line) => /^Subscribed/.test(line)),
      lines.join('\n'),
    );
  await vi.waitFor(() => granted().toBe(true), patient);
  return { child, heard };
}

async function end({ child }: Subscriber, signal: NodeJS.Signals): Promise<void> {
  const gone = once(child, 'close');
  child.kill(signal);
  await gone;
}

function hears({ heard }: Subscriber, expected: string[]): Promise<void> {
  return vi.waitFor(() => expect(heard).toEqual(expected), patient);
}

/** Stops the gateway and reads what it has on disk. */
async function journalled(): Promise<unknown[]> {
  await stop();
  const journal = await openJournal(path.join(directory, 'edge', 'journal'));
  const readings = await readAll(journal, 1);
  await journal.close();
  return readings.map(({ value }) => value);
}

const clientsAre = (clients: number) =>
  vi.waitFor(async () => {
    expect((await statusOf(rigged as Rigged)).broker.clients).toBe(clients);
  }, patient);

describe.skipIf(!installed)("the broker, by Mosquitto's clients", () => {
  it('journals what they send by hand at every QoS, and puts aside what is bad', async () => {
    await start();
    for (const qos of ['0', '1', '2']) {
      await publish('caretaker/gate', `{"slam_db": 7${qos}}`, '-q', qos);
      await publish('caretaker/gate', 'slam', '-q', qos);
    }
    expect(await statusOf(rigged as Rigged)).toMatchObject({
      ingest: { messages: 6 },
      quarantine: { total: 3 },
    });
    expect(await journalled()).toEqual([70, 71, 72]);
  });

  it('hands on to subscribers at the lower QoS of both sides, by wildcards too', async () => {
    await start();
    const all = await Promise.all(
      ['0', '1', '2'].map((qos) => subscribe('-t', 'caretaker/+/fill_pct', '-q', qos)),
    );
    const deep = await subscribe('-t', 'caretaker/#', '-q', '2');
    const other = await subscribe('-t', 'caretaker/+', '-q', '2');
    for (const qos of ['0', '1', '2']) await publish('caretaker/bin/fill_pct', qos, '-q', qos);
    for (const [mine, one] of [...all, deep].entries()) {
      const expected = [0, 1, 2].map((qos) => {
        return `r0 q${Math.min(qos, mine)} caretaker/bin/fill_pct ${qos}`;
      });
      await vi.waitFor(() => expect(one.heard.toSorted()).toEqual(expected.toSorted()), patient);
    }
    expect(other.heard).toEqual([]);
    expect(await journalled()).toEqual([0, 1, 2]);
  });

  it('retains, replaces and clears, and flags only what was kept; a retained reading is journalled once', async () => {
    await start();
    const live = await subscribe('-t', 'caretaker/#');
    await publish('caretaker/bin/fill_pct', '40', '-r', '-q', '1');
    await publish('caretaker/bin/fill_pct', '41', '-r', '-q', '1');
    await hears(live, ['r0 q0 caretaker/bin/fill_pct 40', 'r0 q0 caretaker/bin/fill_pct 41']);
    await hears(await subscribe('-t', 'caretaker/#', '-q', '1'), [
      'r1 q1 caretaker/bin/fill_pct 41',
    ]);
    await run('mosquitto_pub', [...at(), '-t', 'caretaker/bin/fill_pct', '-n', '-r', '-q', '1']);
    const late = await subscribe('-t', 'caretaker/#');
    await publish('caretaker/hall/temp_c', '21', '-q', '1');
    await hears(late, ['r0 q0 caretaker/hall/temp_c 21']);
    expect(await journalled()).toEqual([40, 41, 21]);
  });

  const will = ['--will-topic', 'caretaker/gate/fault', '--will-payload', 'true'];
  it('says the will of who is killed or falls silent, with its QoS and retained, not of who says goodbye', async () => {
    await start();
    const listener = await subscribe('-t', 'caretaker/gate/fault', '-q', '2');
    const said = 'r0 q1 caretaker/gate/fault true';
    const kept = ['--will-qos', '1', '--will-retain'];
    const polite = await subscribe('-t', 'x', ...will, ...kept);
    await end(polite, 'SIGTERM');
    await clientsAre(1);
    const killed = await subscribe('-t', 'x', ...will, ...kept);
    await end(killed, 'SIGKILL');
    await hears(listener, [said]);
    const silent = await subscribe('-t', 'x', '-k', '5', ...will, ...kept);
    silent.child.kill('SIGSTOP');
    await hears(listener, [said, said]);
    await hears(await subscribe('-t', 'caretaker/gate/fault', '-q', '2'), [
      'r1 q1 caretaker/gate/fault true',
    ]);
    // A will at QoS 2 goes the same way as any message, into the journal.
    await end(await subscribe('-t', 'x', ...will, '--will-qos', '2'), 'SIGKILL');
    await hears(listener, [said, said, 'r0 q2 caretaker/gate/fault true']);
    expect(await journalled()).toEqual([true, true, true]);
  });

  it('keeps commands at QoS 1 and 2 for a relay that is away, over a restart of the gateway too', async () => {
    await start();
    const session = ['-i', 'relay', '-c', '-t', 'relays/1', '-q', '2'];
    await end(await subscribe(...session), 'SIGTERM');
    await clientsAre(0);
    await publish('relays/1', 'lost', '-q', '0');
    await publish('relays/1', 'on', '-q', '1');
    await publish('relays/1', 'off', '-q', '2');
    await publish('relays/2', 'kept', '-q', '1', '-r');
    await stop();
    await start();
    const commands = ['r0 q1 relays/1 on', 'r0 q2 relays/1 off'];
    const back = await subscribe(...session);
    await hears(back, commands);
    await publish('relays/1', 'live', '-q', '1');
    await hears(back, [...commands, 'r0 q1 relays/1 live']);
    await end(back, 'SIGTERM');
    // Confirmed, so it is not said again; nor does a clean session begin with what the one before missed.
    const again = await subscribe(...session);
    await end(again, 'SIGTERM');
    expect(again.heard).toEqual([]);
    await publish('relays/1', 'missed', '-q', '1');
    const clean = await subscribe('-i', 'relay', '-t', 'relays/#', '-q', '1');
    await hears(clean, ['r1 q1 relays/2 kept']);
  });

  it('tells a client whether it has a session for it', async () => {
    await start();
    const raw = async (...more: string[]) => {
      const { stdout } = await run('mosquitto_sub', [
        ...at(),
        ...['-d', '-i', 'relay', '-t', 'relays/1', '-q', '1', '-E', ...more],
      ]);
      return stdout;
    };
    expect(await raw('-c')).toMatch(/CONNACK \(0\)/);
    // Mosquitto's client prints the flags only at its highest level: what it does with them is what counts.
    await publish('relays/1', 'waits', '-q', '1');
    await hears(await subscribe('-c', '-i', 'relay', '-t', 'relays/1', '-q', '1'), [
      'r0 q1 relays/1 waits',
    ]);
  });

  it('lets the newer connection take over a client id', async () => {
    await start();
    const first = await subscribe('-i', 'panel', '-t', 'caretaker/#');
    const gone = once(first.child, 'close');
    const second = await subscribe('-i', 'panel', '-t', 'caretaker/#');
    await vi.waitFor(async () => {
      // It tries again and would take over in its turn.
      first.child.kill('SIGKILL');
      await gone;
    }, patient);
    await clientsAre(1);
    await publish('caretaker/bin/fill_pct', '50', '-q', '1');
    await hears(second, ['r0 q0 caretaker/bin/fill_pct 50']);
    expect(first.heard).toEqual([]);
  });

  it("guards the broker's own topics and its size of packets", async () => {
    await start();
    const listener = await subscribe('-t', '#', '-t', '$SYS/#', '-q', '1');
    await expect(publish('$SYS/broker/uptime', '1', '-q', '1')).rejects.toThrow();
    const large = path.join(directory, 'large');
    await writeFile(large, 'x'.repeat(300_000));
    const sent = run('mosquitto_pub', [...at(), '-t', 'caretaker/gate', '-f', large, '-q', '1']);
    await expect(sent).rejects.toThrow();
    await publish('caretaker/bin/fill_pct', '50', '-q', '1');
    await hears(listener, ['r0 q1 caretaker/bin/fill_pct 50']);
    const { ingest, broker } = await statusOf(rigged as Rigged);
    expect([ingest.messages, broker.cutOff]).toEqual([1, 1]);
  });

  it('lets in by credentials only, and each hears its own', async () => {
    const store = new CredentialStore({
      directory: path.join(directory, 'edge'),
      clock: systemClock,
    });
    await store.start();
    const now = systemClock.now();
    const bin = await store.add('bin', { kind: 'device', assets: ['bin'] }, now);
    const gate = await store.add('gate', { kind: 'device', assets: ['gate'] }, now);
    store.stop();
    await start({ anonymous: false });
    const by = (name: string, secret: string) => ['-u', name, '-P', secret];
    await expect(publish('caretaker/bin/fill_pct', '1')).rejects.toThrow();
    await expect(
      publish('caretaker/bin/fill_pct', '1', ...by('bin', gate.secret)),
    ).rejects.toThrow();
    const own = await subscribe('-t', 'caretaker/gate/+', '-q', '1', ...by('gate', gate.secret));
    const refused = run('mosquitto_sub', [
      ...[...at(), '-t', '#', '-t', 'caretaker/+/fill_pct', '-q', '1'],
      ...by('gate', gate.secret),
    ]);
    expect((await refused).stderr).toMatch(/denied/);
    await publish('caretaker/bin/fill_pct', '60', '-q', '1', ...by('bin', bin.secret));
    await publish('caretaker/gate/door', 'open', '-q', '1', ...by('bin', bin.secret));
    await publish('caretaker/gate/door', 'closed', '-q', '1', ...by('gate', gate.secret));
    await hears(own, ['r0 q1 caretaker/gate/door closed']);
    expect(await journalled()).toEqual([60, 'closed']);
  });
});
