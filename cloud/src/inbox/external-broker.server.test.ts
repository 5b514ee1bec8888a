import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { patient } from '@caretaker/readings/testing';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';

const mosquitto = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto'].find(existsSync);
const t0 = Date.UTC(2026, 5, 1, 8);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe.skipIf(mosquitto === undefined)('behind a real Mosquitto', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let port: number;
  let broker: ChildProcess;
  let run: RunningCloud;

  async function startBroker(): Promise<void> {
    broker = spawn(mosquitto ?? '', ['-p', String(port)], { stdio: 'ignore' });
    await vi.waitUntil(
      () =>
        connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 }).then(
          (client) => client.endAsync(true).then(() => true),
          () => false,
        ),
      patient,
    );
  }

  async function stopBroker(): Promise<void> {
    const gone = new Promise((done) => broker.once('exit', done));
    broker.kill('SIGKILL');
    await gone;
  }

  beforeEach(async () => {
    folder = await temporaryFolder();
    port = await freePort();
    await startBroker();
    run = await runCloud(configFor(folder.path, { CLOUD_MQTT_URL: `mqtt://127.0.0.1:${port}` }));
  });
  afterEach(async () => {
    await run.cloud.stop();
    await stopBroker();
    await folder.remove();
  });

  /** A gateway that has said hello; said again until the cloud has subscribed. */
  async function introduced(newest: number): Promise<GatewayPlayer> {
    const gateway = await GatewayPlayer.connect({ mqttPort: port, token: run.token });
    const hello = { journal: gateway.journal, oldest: 1, newest, version: 't', at: 0 };
    await vi.waitUntil(async () => {
      await gateway.status({ type: 'hello', ...hello });
      return gateway.acks.length > 0;
    }, patient);
    return gateway;
  }

  it('takes frames, and goes on when the broker comes back', async () => {
    expect(run.mqttPort).toBe(0);
    const first = await introduced(0);
    await first.send(1, [reading('bin-1/temp_c', t0, 71)]);
    await first.untilAccepted(1);
    expect(await run.tickets('open')).toHaveLength(1);
    await first.leave();
    await stopBroker();
    await startBroker();
    const second = await introduced(1);
    expect(second.acks.at(-1)).toMatchObject({ accepted: 1 });
    await second.send(2, [reading('bin-2/temp_c', t0 + 1000, 71)]);
    await second.untilAccepted(2);
    expect(await run.tickets('open')).toHaveLength(2);
    await second.leave();
  });

  it('takes a journal that never introduced itself from its beginning, or asks for it once', async () => {
    const gateway = await introduced(0);
    gateway.journal = 'unheard';
    await gateway.send(3, [reading('bin-1/temp_c', t0 + 2000, 20)]);
    await vi.waitUntil(
      () => gateway.acks.some((ack) => ack.journal === 'unheard' && ack.rewind),
      patient,
    );
    await gateway.send(1, [
      reading('bin-1/temp_c', t0, 71),
      reading('bin-1/temp_c', t0 + 1000, 72),
    ]);
    await gateway.untilAccepted(2);
    gateway.journal = 'cut';
    await gateway.send(8, [reading('bin-2/temp_c', t0, 20)]);
    await vi.waitUntil(
      () => gateway.acks.some((ack) => ack.journal === 'cut' && ack.rewind),
      patient,
    );
    await gateway.send(8, [reading('bin-2/temp_c', t0, 20)]);
    await gateway.untilAccepted(8);
    await gateway.leave();
  });
});
