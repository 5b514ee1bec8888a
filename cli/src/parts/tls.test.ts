import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCloud, openStoredGateways, readCloudConfig } from '@caretaker/cloud';
import { createEdge, readEdgeConfig } from '@caretaker/edge';
import { CloudClient } from '@caretaker/edge/uplink';
import { type Log, silentLog, systemClock } from '@caretaker/readings/base';
import { patient } from '@caretaker/readings/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'caretaker-tls-'));
const clock = systemClock;
const base = {
  CARETAKER_TLS: 'self-signed',
  CARETAKER_HTTP_PORT: '0',
  CARETAKER_CLOUD_MQTT_PORT: '0',
  CARETAKER_MQTT_PORT: '0',
  CARETAKER_EDGE_HTTP_PORT: '0',
};
const cloudEnv = { ...base, CARETAKER_DATA: join(folder, 'here') };
const cloud = createCloud(readCloudConfig(cloudEnv), { clock, log: silentLog });
const ends: (() => Promise<void>)[] = [];
let ports: { httpPort: number; mqttPort: number };
let ca: string;

beforeAll(async () => {
  ports = await cloud.start();
  ca = readFileSync(join(folder, 'here/tls/certificate.pem'), 'utf8');
});
afterAll(async () => {
  for (const end of ends) await end();
  await cloud.stop();
  rmSync(folder, { recursive: true });
});

/** A gateway on another machine: its data folder is its own, and so is the certificate that it makes. */
function elsewhere(name: string, env: Record<string, string>) {
  return {
    ...base,
    CARETAKER_DATA: join(folder, name),
    CARETAKER_CLOUD_URL: `https://127.0.0.1:${ports.httpPort}`,
    CARETAKER_UPLINK_URL: `mqtts://127.0.0.1:${ports.mqttPort}`,
    ...env,
  };
}

async function newCode(): Promise<string> {
  const stored = await openStoredGateways(readCloudConfig(cloudEnv), clock);
  const { gateway } = readEdgeConfig(base);
  const { code } = await stored.code(gateway, { actor: 'operator:0', at: clock.now() });
  await stored.close();
  return code;
}

async function start(env: Record<string, string>) {
  const said: string[] = [];
  const note = (_fields: unknown, text: string) => said.push(text);
  const log: Log = { ...silentLog, info: note, error: note, warn: note, child: () => log };
  const edge = createEdge(readEdgeConfig(env), { clock, log });
  await edge.start();
  ends.push(() => edge.stop());
  return { edge, said };
}

const connected = (said: string[]) =>
  vi.waitFor(() => expect(said).toContain('connected to the cloud'), patient);

describe('a cloud with TLS', () => {
  it('answers by https with its certificate, and to nothing in the clear', async () => {
    const url = `https://127.0.0.1:${ports.httpPort}/healthz`;
    const answer = await new Promise<{ status?: number; hsts?: string }>((resolve, reject) => {
      const asked = request(url, { ca, agent: false }, ({ statusCode, headers, ...rest }) => {
        resolve({ status: statusCode ?? 0, hsts: headers['strict-transport-security'] ?? '' });
        void rest;
      });
      asked.on('error', reject).end();
    });
    expect(answer).toEqual({ status: 200, hsts: 'max-age=31536000' });
    await expect(fetch(`http://127.0.0.1:${ports.httpPort}/healthz`)).rejects.toThrow();
    const heard = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(ports.mqttPort, '127.0.0.1');
      socket.on('data', (part) => {
        text += part.toString('latin1');
      });
      socket.on('error', () => {}).on('close', () => resolve(text));
      // CONNECT of MQTT 3.1.1 with the client id "a".
      socket.write(Buffer.from('100d00044d515454040200' + '3c000161', 'hex'));
    });
    // CONNACK would begin with 0x20.
    expect(heard.startsWith('\x20')).toBe(false);
  });

  it('takes in gateways that know its fingerprint, or what vouches for it', async () => {
    const { fingerprint256 } = new X509Certificate(ca);
    const pinned = { CARETAKER_UPLINK_FINGERPRINT: fingerprint256 };
    const code = { CARETAKER_ENROL_CODE: await newCode() };
    const one = await start(elsewhere('pinned', { ...pinned, ...code }));
    await connected(one.said);
    await one.edge.stop();
    const file = { CARETAKER_UPLINK_CA: join(folder, 'here/tls/certificate.pem') };
    const other = await start(
      elsewhere('vouched', { ...file, CARETAKER_ENROL_CODE: await newCode() }),
    );
    await connected(other.said);
    await other.edge.stop();
  });

  it('is not spoken to by a gateway that expects another certificate', async () => {
    const wrong = { CARETAKER_UPLINK_FINGERPRINT: '0'.repeat(64) };
    const env = elsewhere('wrong', wrong);
    const { gateway, trust, enrolment, dataDirectory } = readEdgeConfig(env);
    const code = await newCode();
    mkdirSync(dataDirectory, { recursive: true });
    await expect(
      new CloudClient(enrolment.cloudUrl, clock, trust).enrol(dataDirectory, gateway, code),
    ).rejects.toThrow(/shows another certificate than CARETAKER_UPLINK_FINGERPRINT/);
    // With a key, so that it would connect: one that enrolled while it still believed in the cloud.
    const right = elsewhere('pinned', { CARETAKER_UPLINK_FINGERPRINT: '0'.repeat(64) });
    const { edge, said } = await start(right);
    await vi.waitFor(() => expect(said.join()).toMatch(/shows another certificate than/), patient);
    expect(said).not.toContain('connected to the cloud');
    await edge.stop();
  });

  it('is believed by the gateway of the same machine, which has the same key', async () => {
    const env = { ...elsewhere('here', {}), CARETAKER_ENROL_CODE: await newCode() };
    const { said, edge } = await start(env);
    await connected(said);
    await edge.stop();
  });
});
