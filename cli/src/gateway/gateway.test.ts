import { createPublicKey } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Cloud, createCloud, exportStoredAudit, readCloudConfig } from '@caretaker/cloud';
import { demoEstate } from '@caretaker/devices/simulate';
import { silentLog, systemClock } from '@caretaker/readings/base';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgram } from '../program.ts';

const { gateway: id, id: estate } = demoEstate();
let folder = '';
let output = '';
let cloud: Cloud | null = null;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'caretaker-gateway-'));
  vi.stubEnv('CARETAKER_DATA', folder);
  for (const name of ['ESTATE', 'ENROL_CODE', 'ENROL_CODE_FILE']) {
    vi.stubEnv(`CARETAKER_${name}`, '');
  }
  vi.stubEnv('DATABASE_URL', '');
  vi.stubEnv('CARETAKER_HTTP_PORT', '0');
  vi.stubEnv('CARETAKER_CLOUD_MQTT_PORT', '0');
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output += text.toString();
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await cloud?.stop();
  cloud = null;
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** What `caretaker gateway …` prints. */
async function gateway(...args: string[]): Promise<string> {
  output = '';
  await createProgram().parseAsync(['node', 'caretaker', 'gateway', ...args]);
  return output;
}

const config = () => readCloudConfig(process.env);

async function startCloud(): Promise<string> {
  cloud = createCloud(config(), { clock: systemClock, log: silentLog });
  const { httpPort } = await cloud.start();
  return `http://127.0.0.1:${httpPort}`;
}

describe('caretaker gateway', () => {
  it('gives a code, enrols with it, replaces the key and revokes it; the log tells of all', async () => {
    const url = await startCloud();
    const { code, ...made } = JSON.parse(await gateway('code', id, '--json'));
    expect(made).toMatchObject({ gateway: id, estate });
    expect(await gateway('list')).toMatch(new RegExp(`${id} +${estate} +new\n`));
    vi.stubEnv('CARETAKER_ENROL_CODE', code.toUpperCase());
    const enrolled = JSON.parse(await gateway('enrol', '--cloud', url, '--json'));
    expect(enrolled).toMatchObject({ gateway: id, estate });
    const file = path.join(folder, 'edge/gateway-key.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ key: enrolled.key });
    expect(await gateway('list')).toMatch(new RegExp(`${id} +${estate} +enrolled +2`));
    const rotated = JSON.parse(await gateway('rotate', '--cloud', url, '--json'));
    expect(rotated).toMatchObject({ gateway: id, former: enrolled.key });
    expect(JSON.parse(await gateway('list', '--json'))).toMatchObject({
      state: 'enrolled',
      keys: 2,
      publicKeys: [
        { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid: rotated.key },
        { kid: enrolled.key },
      ],
    });
    expect(await gateway('revoke', id)).toContain('Revoked');
    expect(JSON.parse(await gateway('list', '--json'))).toMatchObject({
      state: 'revoked',
      keys: 0,
      publicKeys: [],
    });
    await expect(gateway('rotate', '--cloud', url)).rejects.toMatchObject({
      code: 'EDGE_ENROLMENT_REFUSED',
    });
    const rows: string[] = [];
    for await (const text of exportStoredAudit(config(), 'jsonl', {})) {
      rows.push(...text.trim().split('\n'));
    }
    const log = rows.map((row) => JSON.parse(row));
    const operator = `operator:${process.getuid?.()}`;
    expect(
      log.filter(({ object }) => object === `gateway:${id}`).map((row) => [row.actor, row.action]),
    ).toEqual([
      [operator, 'gateway.code'],
      [`gateway:${id}`, 'gateway.enrol'],
      [`gateway:${id}`, 'gateway.rotate'],
      [operator, 'gateway.revoke'],
    ]);
    expect(rows.join()).not.toContain(code);
  });

  it('prints for a person what to do with the code', async () => {
    await startCloud();
    await cloud?.stop();
    const text = await gateway('code', id);
    expect(text).toMatch(/\n {2}([0-9a-z]{4}-){4}[0-9a-z]{4}\n/);
    expect(text).toContain('caretaker gateway enrol');
  });

  it('takes the code from a file, too, and not as an argument, which all read in the list of processes', async () => {
    const url = await startCloud();
    const { code } = JSON.parse(await gateway('code', id, '--json'));
    const enrol = createProgram().commands.flatMap((command) => command.commands);
    const options = enrol.find((command) => command.name() === 'enrol')?.options ?? [];
    expect(options.map(({ long }) => long)).toEqual(['--cloud', '--json']);
    const file = path.join(folder, 'code');
    vi.stubEnv('CARETAKER_ENROL_CODE_FILE', file);
    await expect(gateway('enrol', '--cloud', url)).rejects.toMatchObject({
      code: 'CLI_GATEWAY_CODE_FILE',
    });
    await writeFile(file, `${code}\n`);
    expect(await gateway('enrol', '--cloud', url)).toContain(`Enrolled as "${id}"`);
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
    const { privateKey } = JSON.parse(
      await readFile(path.join(folder, 'edge/gateway-key.json'), 'utf8'),
    );
    const { publicKeys } = JSON.parse(await gateway('list', '--json'));
    expect(publicKeys).toMatchObject([createPublicKey(privateKey).export({ format: 'jwk' })]);
  });

  it('says what is wrong', async () => {
    await expect(gateway('list')).rejects.toMatchObject({ code: 'CLOUD_DATABASE_NONE' });
    const url = await startCloud();
    vi.stubEnv('CARETAKER_ENROL_CODE', 'aaaa');
    const refusals: [string[], string][] = [
      [['code', 'nowhere'], 'CLOUD_GATEWAY_UNKNOWN'],
      [['revoke', 'nowhere'], 'CLOUD_GATEWAY_UNKNOWN'],
      [['enrol', '--cloud', url], 'EDGE_ENROLMENT_REFUSED'],
      [['enrol', '--cloud', 'http://127.0.0.1:9'], 'EDGE_CLOUD_UNREACHABLE'],
      [['rotate', '--cloud', url], 'CLI_GATEWAY_NO_KEY'],
    ];
    for (const [args, code] of refusals) {
      await expect(gateway(...args), args.join(' ')).rejects.toMatchObject({ code });
    }
  });
});
