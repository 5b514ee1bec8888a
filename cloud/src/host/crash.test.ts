import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Reading } from '@caretaker/readings';
import { systemClock } from '@caretaker/readings/base';
import { patient } from '@caretaker/readings/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  adminToken,
  type CloudClient,
  clientOf,
  configFor,
  estateFile,
  runCloud,
  temporaryFolder,
} from '../testing/cloud.ts';
import { enrolGateways, type Uplink } from '../testing/enrolled.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';

const t0 = Date.UTC(2026, 5, 1, 8);
const minute = 60_000;
const perFrame = 4;

/** A morning with a fire, an overflow, an entrapment, and late readings that change what was said. */
function morning(): Reading[] {
  const at = (n: number) => t0 + n * minute;
  const received = (n: number, r: Reading) => ({ ...r, received: at(n) });
  const fills = [40, 82, 84, 96, 97, 98, 30, 20];
  return [
    reading('bin-1/temp_c', at(0), 20),
    reading('bin-1/temp_c', at(5), 70),
    reading('bin-1/temp_c', at(10), 74),
    ...fills.map((fill, i) => reading('bin-2/fill_pct', at(11 + i), fill)),
    reading('bin-1/temp_c', at(20), 30),
    reading('lift-1/door', at(21), 'closed'),
    reading('lift-1/trapped', at(22), true),
    // Splits the fire: it had cooled for more than the clear hold in between.
    received(30, reading('bin-1/temp_c', at(6), 25)),
    reading('lift-1/trapped', at(31), false),
    reading('bin-1/temp_c', at(60), 30),
    reading('bin-1/temp_c', at(70), 66),
    // One fire more, all of it late.
    received(75, reading('bin-1/temp_c', at(-90), 63)),
    received(75, reading('bin-1/temp_c', at(-80), 21)),
    reading('bin-2/fill_pct', at(80), 97),
    reading('bin-2/fill_pct', at(81), 99),
    reading('bin-1/temp_c', at(90), 20),
    reading('bin-1/temp_c', at(125), 20),
  ];
}

const readings = morning();
const framesOf = (size: number) =>
  Array.from({ length: Math.ceil(readings.length / size) }, (_, i) =>
    readings.slice(i * size, (i + 1) * size),
  );

/**
 * Sends from where the cloud is until all is accepted.
 * @returns where the cloud said it was, and whether all was accepted before it died
 */
async function drive(
  uplink: Uplink,
  alive: () => boolean = () => true,
  size = perFrame,
): Promise<{ from: number; done: boolean }> {
  const gateway = await GatewayPlayer.connect(uplink);
  const known = () => Math.max(-1, ...gateway.acks.map((ack) => ack.accepted));
  const settled = async (accepted: number) => {
    await vi.waitUntil(() => known() >= accepted || !alive(), patient);
    return alive();
  };
  const hello = { journal: 'journal-a', oldest: 1, newest: readings.length, version: 't', at: t0 };
  try {
    await gateway.status({ type: 'hello', ...hello });
    if (!(await settled(0))) return { from: -1, done: false };
    const from = known();
    for (const [index, frame] of framesOf(size).entries()) {
      const first = index * size + 1;
      const last = first + frame.length - 1;
      if (last <= known()) continue;
      await gateway.send(first, frame);
      if (!(await settled(last))) return { from, done: false };
    }
    return { from, done: true };
  } finally {
    await gateway.leave();
  }
}

interface Child {
  readonly process: ChildProcess;
  readonly ports: Uplink & { readonly httpPort: number };
}

async function spawn(folder: string, killAt: string): Promise<Child> {
  const token = await enrolGateways(configFor(folder), systemClock);
  const child = fork(join(import.meta.dirname, '../testing/child.ts'), {
    env: {
      ...process.env,
      CARETAKER_DATA: folder,
      CARETAKER_HTTP_PORT: '0',
      CARETAKER_CLOUD_MQTT_PORT: '0',
      CARETAKER_ESTATE: estateFile,
      CARETAKER_LOCAL_ACCESS: '1',
      KILL_AT: killAt,
    },
    execArgv: [],
  });
  const [ports] = await once(child, 'message');
  return { process: child, ports: { ...ports, token } };
}

async function counts(client: CloudClient): Promise<number[]> {
  const from = t0 - 24 * 60 * minute;
  const to = t0 + 24 * 60 * minute;
  const points = ['bin-1/temp_c', 'bin-2/fill_pct', 'lift-1/trapped'];
  const found = points.map(async (point) => {
    const path = `/api/readings?point=court/${point}&from=${from}&to=${to}&buckets=1`;
    const { series } = await client.get<{ series: { buckets: { n: number }[] } }>(path);
    return series.buckets[0]!.n;
  });
  return Promise.all(found);
}

describe('a cloud that is killed', () => {
  let reference: Awaited<ReturnType<CloudClient['standing']>>;
  let referenceCounts: number[];

  beforeAll(async () => {
    const folder = await temporaryFolder();
    const run = await runCloud(configFor(folder.path));
    await drive(run);
    reference = await run.standing();
    referenceCounts = await counts(run);
    await run.cloud.stop();
    await folder.remove();
  });

  it('has something to compare', () => {
    expect(reference.episodes.length).toBeGreaterThanOrEqual(5);
    expect(reference.tickets.length).toBeGreaterThanOrEqual(4);
    expect(referenceCounts).toEqual([11, 10, 2]);
  });

  // The fourth and fifth frames bring late readings: between store and commit they are the hard case.
  const rounds = [
    ['cloud.frame-received#3', 8],
    ['cloud.after-store-write#4', 12],
    ['cloud.after-store-write#5', 16],
    ['cloud.before-ack#5', 20],
  ] as const;
  const children: ChildProcess[] = [];
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  it.each(rounds)('at %s comes back to the same work', async (killAt, committed) => {
    const folder = await temporaryFolder();
    const first = await spawn(folder.path, killAt);
    children.push(first.process);
    const gone = once(first.process, 'exit');
    let alive = true;
    first.process.once('exit', () => {
      alive = false;
    });
    expect((await drive(first.ports, () => alive)).done).toBe(false);
    expect((await gone)[1]).toBe('SIGKILL');

    const second = await spawn(folder.path, '');
    children.push(second.process);
    const client = clientOf(second.ports.httpPort, await adminToken(configFor(folder.path)));
    expect(await drive(second.ports)).toEqual({ from: committed, done: true });
    expect(await client.standing()).toEqual(reference);
    expect(await counts(client)).toEqual(referenceCounts);
    second.process.kill('SIGKILL');
    await once(second.process, 'exit');
    await folder.remove();
  });
});

describe('a cloud that is killed with a frame in its store that it had not come to', () => {
  it.each([3, 5])('comes back to the same work with frames of %i', async (size) => {
    const quiet = await temporaryFolder();
    const plain = await runCloud(configFor(quiet.path));
    await drive(plain);
    const folder = await temporaryFolder();
    const first = await spawn(folder.path, 'cloud.before-ack#2#stall');
    const client = clientOf(first.ports.httpPort, await adminToken(configFor(folder.path)));
    // The second frame is committed by then, whatever the store has of those behind it.
    const stalled = once(first.process, 'message');
    const gateway = await GatewayPlayer.connect(first.ports);
    await gateway.hello(readings.length);
    for (const [index, frame] of framesOf(perFrame).entries()) {
      await gateway.send(index * perFrame + 1, frame);
    }
    // The fourth brings the first reading of a point, of which nothing is known.
    const ahead = readings.slice(0, 3 * perFrame);
    const counted = ['bin-1/temp_c', 'bin-2/fill_pct', 'lift-1/trapped'].map(
      (point) => ahead.filter((r) => r.point === point).length,
    );
    await vi.waitUntil(
      async () => JSON.stringify(await counts(client)) === JSON.stringify(counted),
      patient,
    );
    expect((await stalled)[0]).toEqual({ stalled: 'cloud.before-ack' });
    expect(Math.max(...gateway.acks.map((ack) => ack.accepted))).toBe(perFrame);
    first.process.kill('SIGKILL');
    await once(first.process, 'exit');
    await gateway.leave();

    const second = await runCloud(configFor(folder.path));
    expect(await drive(second, undefined, size)).toEqual({ from: 2 * perFrame, done: true });
    expect(await second.standing()).toEqual(await plain.standing());
    expect(await counts(second)).toEqual(await counts(plain));
    for (const one of [second, plain]) await one.cloud.stop();
    for (const one of [folder, quiet]) await one.remove();
  });
});

describe('a cloud whose step fails', () => {
  it('tries again from where the database is, and loses nothing', async () => {
    const folder = await temporaryFolder();
    let passings = 0;
    const reach = (place: string) => {
      if (place === 'cloud.frame-received') return;
      passings += 1;
      if (passings % 3 === 0) throw new Error('the disk is full');
    };
    const run = await runCloud(configFor(folder.path), { reach });
    await drive(run);
    const quiet = await temporaryFolder();
    const plain = await runCloud(configFor(quiet.path));
    await drive(plain);
    expect(await run.standing()).toEqual(await plain.standing());
    expect(run.log).toContain('a frame could not be stored and judged; trying again');
    for (const one of [run, plain]) await one.cloud.stop();
    for (const one of [folder, quiet]) await one.remove();
  });

  it('builds the engine anew when the commit fails that it was ahead of', async () => {
    const folder = await temporaryFolder();
    const config = configFor(folder.path);
    const run = await runCloud(config);
    const gateway = await GatewayPlayer.connect(run);
    await gateway.hello();
    await gateway.send(1, readings.slice(0, 8));
    await gateway.untilAccepted(8);
    // The database refuses the next commits, as a full disk would.
    const file = config.database.engine === 'sqlite' ? config.database.file : '';
    const database = new DatabaseSync(file);
    database.exec(
      "create trigger full before insert on inbox begin select raise(abort, 'disk full'); end",
    );
    await gateway.send(9, readings.slice(8, 18));
    const failed = () => run.log.filter((line) => line.includes('trying again')).length > 1;
    await vi.waitUntil(failed, patient);
    expect(Math.max(...gateway.acks.map((ack) => ack.accepted))).toBe(8);
    expect((await fetch(`${run.url}/readyz`)).status).toBe(503);
    database.exec('drop trigger full');
    database.close();
    await gateway.untilAccepted(18);
    await gateway.leave();
    await drive(run);
    const quiet = await temporaryFolder();
    const plain = await runCloud(configFor(quiet.path));
    await drive(plain);
    expect(await run.standing()).toEqual(await plain.standing());
    for (const one of [run, plain]) await one.cloud.stop();
    for (const one of [folder, quiet]) await one.remove();
  });

  it('goes on after a clean stop with the tickets that people have acted on', async () => {
    const folder = await temporaryFolder();
    const run = await runCloud(configFor(folder.path));
    await drive(run);
    const [open] = await run.tickets('open');
    await run.command(open!.id, { type: 'acknowledge', revision: open!.revision });
    const before = await run.standing();
    await run.cloud.stop();
    const again = await runCloud(configFor(folder.path));
    expect(await again.standing()).toEqual(before);
    expect(await drive(again)).toEqual({ from: readings.length, done: true });
    expect(await again.standing()).toEqual(before);
    await again.cloud.stop();
    await folder.remove();
  });
});
