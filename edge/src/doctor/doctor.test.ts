import { createHash } from 'node:crypto';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { silentLog, systemClock } from '@caretaker/readings/base';
import { patient } from '@caretaker/readings/testing';
import { openTls } from '@caretaker/readings/tls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { device, FakeCloud, type Rigged, startEdge, statusOf, testEstateText } from '../testing.ts';
import { examine, verdictOf } from './doctor.ts';
import { certificateFindings } from './files.ts';
import type { Finding } from './finding.ts';

let directory: string;
let remove: () => Promise<void>;
let cloud: FakeCloud;
let env: Record<string, string>;
let rigged: Rigged | null = null;

beforeEach(async () => {
  ({ directory, remove } = await scratch());
  cloud = new FakeCloud();
  const estate = path.join(directory, 'yard.yaml');
  await writeFile(estate, testEstateText());
  env = {
    CARETAKER_DATA: directory,
    CARETAKER_ESTATE: estate,
    CARETAKER_UPLINK_URL: await cloud.start(),
    CARETAKER_CLOUD_URL: 'http://127.0.0.1:9',
    CARETAKER_EDGE_HTTP_PORT: '9',
  };
});
afterEach(async () => {
  await stop();
  await cloud.stop();
  await remove();
});

async function stop(): Promise<void> {
  await rigged?.edge.stop();
  rigged = null;
}

/** Runs a gateway and lets it take a few readings, each in a segment of its own. */
async function start(readings: number): Promise<Rigged> {
  const limits = { maxBytes: 1e9, maxDays: 30, minFreeBytes: 0, segmentBytes: 1 };
  rigged = await startEdge(directory, {
    uplinkUrl: env.CARETAKER_UPLINK_URL ?? '',
    journal: limits,
  });
  env.CARETAKER_EDGE_HTTP_PORT = String(rigged.httpPort);
  const client = await device(rigged.url);
  for (let n = 0; n < readings; n += 1) {
    const payload = JSON.stringify({ at: Date.now() - 10_000 + n, temp_c: n });
    await client.publishAsync('caretaker/hall', payload, { qos: 1 });
  }
  await client.endAsync();
  return rigged;
}

const found = () => examine(env, systemClock);
const codes = (findings: readonly Finding[], state: Finding['state']) =>
  findings.filter((one) => one.state === state).map(({ code }) => code);
const one = (findings: readonly Finding[], code: string) =>
  findings.find((finding) => finding.code === code);

/** Every file below the folder with its content. */
async function everything(): Promise<Map<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const all = new Map<string, string>();
  for (const { parentPath, name } of files) {
    const file = path.join(parentPath, name);
    all.set(
      file,
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    );
  }
  return all;
}

describe('the doctor', () => {
  it('finds a gateway that runs well, and what it is behind', async () => {
    await start(3);
    await vi.waitFor(async () => {
      expect(await statusOf(rigged!)).toMatchObject({
        uplink: { connected: true, pending: 0 },
        clock: { offsetMs: expect.any(Number) },
      });
    }, patient);
    const findings = await found();
    expect(codes(findings, 'bad')).toEqual([]);
    expect(codes(findings, 'warn')).toEqual(['API_UNREACHABLE']);
    const good = codes(findings, 'ok');
    expect(good).toEqual(
      expect.arrayContaining([
        ...['RUNNING', 'JOURNAL_WHOLE', 'JOURNAL_ROOM', 'DISK_ROOM', 'POSITION_UPLINK'],
        ...['LOSSES_NONE', 'THINNED_NONE', 'QUARANTINE_EMPTY', 'FILES_PRIVATE', 'ENROLLED'],
        ...['TLS_OFF', 'UPLINK_REACHED', 'UPLINK_UP', 'HISTORY_OFF', 'CLOCK_RIGHT'],
      ]),
    );
    expect(one(findings, 'POSITION_UPLINK')?.message).toBe('The cloud has all readings.');
    expect(verdictOf(findings)).toBe(1);
  });

  it('reads the data of one that is stopped, and changes not a byte of it', async () => {
    cloud.mood = () => 'lose';
    await start(3);
    await stop();
    await cloud.stop();
    const before = await everything();
    const findings = await found();
    expect(await everything()).toEqual(before);
    expect(one(findings, 'JOURNAL_WHOLE')?.state).toBe('ok');
    expect(one(findings, 'NOT_RUNNING')?.state).toBe('warn');
    expect(one(findings, 'CLOCK_UNKNOWN')?.state).toBe('ok');
    expect(one(findings, 'POSITION_UPLINK')?.message).toBe('The cloud is 3 readings behind.');
    const broker = one(findings, 'UPLINK_UNREACHABLE');
    const { host } = new URL(env.CARETAKER_UPLINK_URL ?? '');
    expect(broker).toMatchObject({ state: 'bad' });
    expect(broker?.message).toContain(`TCP to ${host}`);
    expect(verdictOf(findings)).toBe(2);
  });

  it('finds a cut journal with what is gone and when that was received, also after it was renewed', async () => {
    cloud.mood = () => 'lose';
    const { journal } = await start(5).then(statusOf);
    await stop();
    const folder = path.join(directory, 'edge', 'journal', journal.id);
    const file = path.join(folder, (await readdir(folder)).sort()[2] ?? '');
    const bytes = await readFile(file);
    bytes[50] = (bytes[50] ?? 0) ^ 0xff;
    await writeFile(file, bytes);
    const cut = one(await found(), 'JOURNAL_CUT');
    expect(cut?.state).toBe('bad');
    expect(cut?.message).toMatch(/places 3 to 3, received between 20\S+Z and 20\S+Z/);
    await start(0);
    expect(one(await found(), 'LOSSES_FOUND')?.message).toMatch(
      /places 3 to 3, received between 20\S+Z and 20\S+Z/,
    );
    await stop();
    expect(one(await found(), 'LOSSES_FOUND')?.state).toBe('warn');
  });

  it('finds files that others may read, bad messages, and a key of another gateway', async () => {
    const { url } = await start(0);
    const client = await device(url);
    await client.publishAsync('caretaker/hall', 'nonsense', { qos: 1 });
    await client.endAsync();
    await stop();
    await chmod(path.join(directory, 'edge', 'metrics-token'), 0o644);
    env.CARETAKER_GATEWAY = 'yard-2';
    const findings = await found();
    expect(one(findings, 'FILE_NOT_PRIVATE')?.next).toContain('chmod 600');
    expect(one(findings, 'QUARANTINE')?.message).toMatch(/^1 messages/);
    expect(one(findings, 'ENROLLED_AS_ANOTHER')?.state).toBe('bad');
  });

  it('says what is wrong with the settings, or that there is nothing', async () => {
    env.CARETAKER_JOURNAL_MB = 'much';
    expect(codes(await found(), 'bad')).toEqual(['EDGE_JOURNAL_LIMIT_INVALID']);
    delete env.CARETAKER_JOURNAL_MB;
    env.CARETAKER_DATA = path.join(directory, 'nothing');
    expect(codes(await found(), 'bad')).toEqual(['NO_DATA']);
  });

  it('tells how long a certificate is good', async () => {
    const tls = { from: 'self-signed', folder: path.join(directory, 'tls'), names: ['localhost'] };
    const settings = { tls: { ...tls, from: 'self-signed' as const } };
    const now = Date.now();
    const state = async (at: number) => (await certificateFindings(settings, at))[0]?.code;
    expect(await state(now)).toBe('CERTIFICATE_TO_COME');
    (await openTls(settings.tls, { clock: systemClock, log: silentLog }))?.stop();
    const year = 365 * 86_400_000;
    expect(await state(now)).toBe('CERTIFICATE_GOOD');
    expect(await state(now + 9.95 * year)).toBe('CERTIFICATE_ENDS');
    expect(await state(now + 11 * year)).toBe('CERTIFICATE_EXPIRED');
  });
});
