import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import path from 'node:path';
import { type ConnectionOptions, connect } from 'node:tls';
import { promisify } from 'node:util';
import { patient } from '@caretaker/readings/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { scratch } from './journal/testing.ts';
import { device, type Rigged, startEdge, testEstate } from './testing.ts';

const run = promisify(execFile);
const installed = (process.env.PATH ?? '')
  .split(path.delimiter)
  .some((folder) => existsSync(path.join(folder, 'mosquitto_pub')));

let rigged: Rigged;
let ca: string;
let cafile: string;
let remove: () => Promise<void>;
beforeAll(async () => {
  const place = await scratch();
  remove = place.remove;
  const folder = path.join(place.directory, 'tls');
  cafile = path.join(folder, 'certificate.pem');
  rigged = await startEdge(place.directory, {
    estate: testEstate(),
    tls: { from: 'self-signed', folder, names: ['127.0.0.1', 'localhost'] },
    secure: true,
  });
  ca = readFileSync(cafile, 'utf8');
});
afterAll(async () => {
  await rigged.edge.stop();
  await remove();
});

function get(url: string): Promise<{ status: number; hsts: string | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { ca, agent: false }, (answer) => {
      let text = '';
      answer.on('data', (part) => {
        text += part;
      });
      answer.on('end', () => {
        const hsts = answer.headers['strict-transport-security'];
        resolve({ status: answer.statusCode ?? 0, hsts, text });
      });
    });
    asked.on('error', reject).end();
  });
}

/** Sends bytes by TLS and waits until the connection ends; with the error if it never began. */
function send(bytes: Uint8Array, options: ConnectionOptions = {}): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: rigged.mqttPort, ca, ...options });
    socket.on('secureConnect', () => socket.write(bytes));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on('close', () => resolve('closed'));
    socket.resume();
  });
}

const publish = (value: number, ...more: string[]) =>
  run('mosquitto_pub', [
    ...['-h', '127.0.0.1', '-p', String(rigged.mqttPort), '-q', '1'],
    ...['-t', 'caretaker/gate', '-m', `{"slam_db": ${value}}`, ...more],
  ]);

it.skipIf(!installed)(
  'takes what mosquitto_pub sends by TLS, and nothing in the clear',
  async () => {
    await publish(70, '--cafile', cafile);
    await expect(publish(71)).rejects.toThrow();
    await expect(publish(72, '--cafile', '/etc/ssl/certs/ca-certificates.crt')).rejects.toThrow();
  },
);

it('takes what an MQTT client of its own certificate sends, and refuses one that does not know it', async () => {
  const url = `mqtts://127.0.0.1:${rigged.mqttPort}`;
  const client = await device(url, { ca });
  await client.publishAsync('caretaker/hall', '{"temp_c": 20}', { qos: 1 });
  await client.endAsync();
  await expect(device(url, { reconnectPeriod: 0 })).rejects.toThrow(/self-signed/);
});

it('speaks no TLS older than 1.2', async () => {
  const old: ConnectionOptions = {
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'ALL:@SECLEVEL=0',
  };
  expect(await send(new Uint8Array(), old)).toMatch(/PROTOCOL|VERSION|HANDSHAKE/i);
  const answered = await get(`https://127.0.0.1:${rigged.httpPort}/healthz`);
  expect(answered.status).toBe(200);
});

it('still sees the packets themselves, and cuts off who does not speak MQTT or says too much', async () => {
  const notConnect = Uint8Array.of(0x30, 0x02, 0x00, 0x00);
  expect(await send(notConnect)).toMatch(/closed|ECONNRESET/);
  const hugeConnect = Uint8Array.of(0x10, 0xff, 0xff, 0x7f);
  expect(await send(hugeConnect)).toMatch(/closed|ECONNRESET/);
});

it('shows its page by https alone, and asks browsers to keep to it', async () => {
  const { httpPort } = rigged;
  expect(await get(`https://127.0.0.1:${httpPort}/healthz`)).toMatchObject({
    status: 200,
    hsts: expect.stringContaining('max-age='),
  });
  // Other programs on this machine use that name, and not all of them speak TLS.
  expect(await get(`https://localhost:${httpPort}/healthz`)).toMatchObject({
    status: 200,
    hsts: undefined,
  });
  await expect(fetch(`http://127.0.0.1:${httpPort}/healthz`)).rejects.toThrow();
});

it('stops while handshakes hang', async () => {
  const place = await scratch();
  const folder = path.join(place.directory, 'tls');
  const other = await startEdge(place.directory, {
    tls: { from: 'self-signed', folder, names: ['127.0.0.1'] },
  });
  const { connect: connectPlain } = await import('node:net');
  const silent = connectPlain(other.mqttPort, '127.0.0.1').on('error', () => {});
  await vi.waitFor(() => expect(silent.readyState).toBe('open'), patient);
  await other.edge.stop();
  await place.remove();
  silent.destroy();
});
