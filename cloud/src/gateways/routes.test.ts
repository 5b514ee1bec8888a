import { systemClock } from '@caretaker/readings/base';
import { patient } from '@caretaker/readings/testing';
import {
  type EnrolAnswer,
  enrolRequest,
  newGatewayKey,
  type ReportedCredential,
  rotationRequest,
  uplinkToken,
} from '@caretaker/readings/uplink';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GatewayAccess, GatewayCode, Problem } from '../contract/index.ts';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer } from '../testing/gateway.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: RunningCloud;

beforeEach(async () => {
  folder = await temporaryFolder();
  run = await runCloud(configFor(folder.path));
});
afterEach(async () => {
  await run.cloud.stop();
  await folder.remove();
});

async function post<T>(path: string, body: object): Promise<{ status: number; body: T & Problem }> {
  const answer = await run.ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
}

const gateways = () => run.list<GatewayAccess>('/api/gateways');
const code = async () =>
  (await post<GatewayCode>('/api/gateways/court-1/code', { estate: 'court' })).body.code;

async function enrolled() {
  const pair = newGatewayKey();
  const { body } = await post<EnrolAnswer>('/api/gateways/enrol', enrolRequest(await code(), pair));
  return { gateway: body.gateway, key: body.key, privateKey: pair.privateKey };
}

describe('enrolling over HTTP', () => {
  it('gives a code once, a key for it once, and shows the key and never the code', async () => {
    const given = await post<GatewayCode>('/api/gateways/court-1/code', { estate: 'court' });
    expect(given.status).toBe(201);
    const request = enrolRequest(given.body.code, newGatewayKey());
    const answer = await post<EnrolAnswer>('/api/gateways/enrol', request);
    expect([answer.status, answer.body]).toMatchObject([200, { gateway: 'court-1' }]);
    const other = enrolRequest(given.body.code, newGatewayKey());
    const again = await post('/api/gateways/enrol', other);
    expect([again.status, again.body.code]).toEqual([403, 'CLOUD_ENROLMENT_REFUSED']);
    const [court] = await gateways();
    expect(court).toMatchObject({ id: 'court-1', estate: 'court', connected: false });
    const [newest, earlier] = court?.keys ?? [];
    expect(newest).toMatchObject({ id: answer.body.key, until: null, revoked: null });
    expect(earlier?.revoked).not.toBeNull();
    expect(JSON.stringify(court)).not.toContain(given.body.code);
  });

  it('knows only gateways of estates, each of its own', async () => {
    for (const [id, estate, code] of [
      ['court-9', 'court', 'CLOUD_GATEWAY_UNKNOWN'],
      ['court-1', 'park', 'CLOUD_ESTATE_UNKNOWN'],
    ]) {
      const { status, body } = await post(`/api/gateways/${id}/code`, { estate });
      expect([status, body.code]).toEqual([404, code]);
    }
    expect((await post('/api/gateways/court-9/revoke', {})).status).toBe(404);
  });

  it('lets whoever guesses at codes wait', async () => {
    const guess = () => post('/api/gateways/enrol', enrolRequest('aaaa-bbbb', newGatewayKey()));
    const statuses: number[] = [];
    for (let i = 0; i < 22; i += 1) statuses.push((await guess()).status);
    expect(statuses.slice(0, 20)).toEqual(Array(20).fill(403));
    expect(statuses).toContain(429);
    const right = enrolRequest(await code(), newGatewayKey());
    expect((await post('/api/gateways/enrol', right)).body.code).toBe('CLOUD_SIGN_IN_WAIT');
  });

  it('replaces a key by one that the gateway proves, and says the same when asked again', async () => {
    const signer = await enrolled();
    const next = newGatewayKey();
    const rotate = (request = rotationRequest('court-1', next)) => {
      const token = uplinkToken(signer, systemClock.now());
      return post<EnrolAnswer>('/api/gateways/rotate', { ...request, token });
    };
    const first = await rotate();
    expect(first.status).toBe(200);
    expect((await rotate()).body.key).toBe(first.body.key);
    // The old key is good for another hour, but not to make keys with.
    const other = rotationRequest('court-1', newGatewayKey());
    expect((await rotate(other)).status).toBe(403);
    const stolen = { ...rotationRequest('court-1', next), token: 'x.y.z' };
    expect((await post('/api/gateways/rotate', stolen)).status).toBe(403);
    const keys = (await gateways())[0]?.keys ?? [];
    expect(keys.slice(0, 2).map(({ until }) => until === null)).toEqual([true, false]);
  });

  it('ends all keys and codes of a revoked gateway', async () => {
    const signer = await enrolled();
    const open = await code();
    expect((await post('/api/gateways/court-1/revoke', {})).status).toBe(204);
    const keys = (await gateways())[0]?.keys ?? [];
    expect(keys.filter(({ revoked }) => revoked === null)).toEqual([]);
    expect((await post('/api/gateways/enrol', enrolRequest(open, newGatewayKey()))).status).toBe(
      403,
    );
    const token = uplinkToken(signer, systemClock.now());
    const request = { ...rotationRequest('court-1', newGatewayKey()), token };
    expect((await post('/api/gateways/rotate', request)).status).toBe(403);
  });
});

it('shows what a gateway tells of itself, also when it is away', async () => {
  const gateway = await GatewayPlayer.connect(run);
  await gateway.hello();
  await vi.waitFor(
    async () => expect((await gateways())[0]).toMatchObject({ version: 't', credentials: null }),
    patient,
  );
  const common = { created: 5, revoked: null, lastUsed: null };
  const bin: ReportedCredential = { kind: 'device', id: 'bin-1', ...common, assets: ['bin-1'] };
  const zigbee: ReportedCredential = {
    kind: 'bridge',
    id: 'zigbee',
    ...common,
    prefix: 'zigbee2mqtt',
  };
  const part = (first: number, entries: ReportedCredential[]) =>
    gateway.status({ type: 'credentials', at: 0, first, total: 2, entries });
  await part(1, [zigbee]);
  await part(0, [bin]);
  expect((await gateways())[0]?.credentials).toBeNull();
  await part(1, [zigbee]);
  await vi.waitFor(
    async () => expect((await gateways())[0]?.credentials).toEqual([bin, zigbee]),
    patient,
  );
  await gateway.leave();
  await run.cloud.stop();
  run = await runCloud(configFor(folder.path));
  expect((await gateways())[0]).toMatchObject({ version: 't', credentials: [bin, zigbee] });
});
