import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Cloud, createCloud, exportStoredAudit, readCloudConfig } from '@caretaker/cloud';
import { silentLog, systemClock } from '@caretaker/readings/base';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgram } from '../program.ts';

let folder = '';
let output = '';
let cloud: Cloud | null = null;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'caretaker-person-'));
  vi.stubEnv('CARETAKER_DATA', folder);
  for (const name of ['CARETAKER_ESTATE', 'DATABASE_URL']) vi.stubEnv(name, '');
  vi.stubEnv('CARETAKER_LOCAL_ACCESS', '1');
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

/** What `caretaker person …` prints. */
async function person(...args: string[]): Promise<string> {
  output = '';
  await createProgram().parseAsync(['node', 'caretaker', 'person', ...args]);
  return output;
}

async function startCloud() {
  cloud = createCloud(readCloudConfig(process.env), { clock: systemClock, log: silentLog });
  const { httpPort, entry } = await cloud.start();
  const url = `http://127.0.0.1:${httpPort}`;
  const post = async (to: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    return fetch(url + to, { method: 'POST', headers, body: JSON.stringify(body) });
  };
  const stateOf = async (cookie: string) => {
    const answer = await fetch(`${url}/api/session`, { headers: { cookie } });
    return ((await answer.json()) as { state: string }).state;
  };
  return { post, stateOf, entry };
}

const cookieOf = (answer: Response) => answer.headers.get('set-cookie')?.split(';')[0] ?? '';

describe('caretaker person', () => {
  it('lets in again who cannot get in, ends what is open, and the log tells who did it', async () => {
    const { post, stateOf, entry } = await startCloud();
    const open = cookieOf(await post('/api/session/link', { code: entry?.code }));
    expect(await stateOf(open)).toBe('full');
    expect(await person('list')).toMatch(/^local +may sign in +- +administrator \(all\)\n$/);

    const { code } = JSON.parse(await person('reset', ' LOCAL ', '--json'));
    expect(await stateOf(open)).toBe('none');
    const password = 'violet anchor tin meadow';
    const taken = await post('/api/invite', { code, password });
    expect(await stateOf(cookieOf(taken))).toBe('full');
    expect((await post('/api/session', { login: 'local', password })).status).toBe(200);
    expect((await post('/api/invite', { code, password })).status).toBe(401);

    const rows: string[] = [];
    for await (const text of exportStoredAudit(readCloudConfig(process.env), 'jsonl', {})) {
      rows.push(...text.trim().split('\n'));
    }
    const invite = rows.map((row) => JSON.parse(row)).find((row) => row.action === 'person.invite');
    expect(invite.actor).toBe(`operator:${process.getuid?.()}`);
    expect(rows.join()).not.toContain(code);
  });

  it('works while the cloud is down, and prints for a person where the code is for', async () => {
    await startCloud();
    await cloud?.stop();
    cloud = null;
    const text = await person('reset', 'local', '--second-factor');
    expect(text).toMatch(/\n {2}([0-9a-z]{4}-)+[0-9a-z]{4}\n/);
    expect(text).toContain('/invite#code=');
    expect(JSON.parse(await person('list', '--json'))).toMatchObject({ login: 'local' });
  });

  it('says what is wrong', async () => {
    await expect(person('list')).rejects.toMatchObject({ code: 'CLOUD_DATABASE_NONE' });
    await startCloud();
    await expect(person('reset', 'nobody')).rejects.toMatchObject({ code: 'CLOUD_PERSON_UNKNOWN' });
  });
});
