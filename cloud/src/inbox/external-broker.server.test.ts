import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mosquitto, patient, TestBroker } from '@caretaker/readings/testing';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Quarantine } from '../contract/index.ts';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { revokeGateway } from '../testing/enrolled.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';

const t0 = Date.UTC(2026, 5, 1, 8);

describe.skipIf(mosquitto === undefined)('behind a real Mosquitto', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let broker: TestBroker;
  let run: RunningCloud;

  beforeEach(async () => {
    folder = await temporaryFolder();
    broker = await new TestBroker().start();
    run = await runCloud(configFor(folder.path, { CLOUD_MQTT_URL: broker.url }));
  });
  afterEach(async () => {
    await run.cloud.stop();
    await broker.remove();
    await folder.remove();
  });

  /** A gateway that has said hello; said again until the cloud has subscribed. */
  async function introduced(newest: number): Promise<GatewayPlayer> {
    const gateway = await GatewayPlayer.connect({ mqttPort: broker.port, token: run.token });
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
    await broker.kill();
    await broker.start();
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

describe.skipIf(mosquitto === undefined)(
  'behind a Mosquitto set up as docs/external-broker.md says',
  () => {
    const [cloudUser, cloudPassword] = ['caretaker-cloud', 'cloud-password'];
    let folder: Awaited<ReturnType<typeof temporaryFolder>>;
    let broker: TestBroker;
    let run: RunningCloud;

    beforeEach(async () => {
      folder = await temporaryFolder();
      broker = await documentedBroker({
        [cloudUser]: cloudPassword,
        'court-1': 'a',
        'court-9': 'b',
      });
      const url = broker.url.replace('//', `//${cloudUser}:${cloudPassword}@`);
      run = await runCloud(configFor(folder.path, { CLOUD_MQTT_URL: url }));
    });
    afterEach(async () => {
      await run.cloud.stop();
      await broker.remove();
      await folder.remove();
    });

    const passwords: Readonly<Record<string, string>> = { 'court-1': 'a', 'court-9': 'b' };
    const token = (gateway: string) => passwords[gateway] ?? '';
    const quarantined = async () =>
      (await run.list<Quarantine>('/api/quarantine')).map(({ gateway, code }) => [gateway, code]);

    async function introduced(): Promise<GatewayPlayer> {
      const player = await GatewayPlayer.connect({ mqttPort: broker.port, token });
      const hello = { journal: player.journal, oldest: 1, newest: 0, version: 't', at: 0 };
      await vi.waitUntil(async () => {
        await player.status({ type: 'hello', ...hello });
        return player.acks.length > 0;
      }, patient);
      return player;
    }

    it('carries frames of a gateway, and none that another says in its name', async () => {
      const gateway = await introduced();
      await gateway.send(1, [reading('bin-1/temp_c', t0, 71)]);
      await gateway.untilAccepted(1);
      const other = await connectAsync(broker.url, { username: 'court-9', password: 'b' });
      const heard = vi.fn();
      other.on('message', heard);
      await other.subscribeAsync(['#', 'ctk/1/court-1/acks']).catch(() => {});
      const more = gateway.frame(2, [reading('bin-1/temp_c', t0 + 1_000, 99)]);
      await other.publishAsync('ctk/1/court-1/frames', Buffer.from(more), { qos: 1 });
      await other.publishAsync('ctk/1/court-1/acks', '{}', { qos: 1 });
      // On its own topic it is heard, and refused by the cloud: no estate names it.
      await other.publishAsync('ctk/1/court-9/frames', Buffer.from(more), { qos: 1 });
      await vi.waitUntil(async () => (await quarantined()).length > 0, patient);
      expect(await quarantined()).toEqual([['court-9', 'CLOUD_GATEWAY_UNKNOWN']]);
      await gateway.send(2, [reading('bin-1/temp_c', t0 + 2_000, 72)]);
      await gateway.untilAccepted(2);
      expect((await run.episodes())[0]?.worst).toBe(72);
      expect(heard.mock.calls.filter(([topic]) => topic !== 'ctk/1/court-9/acks')).toEqual([]);
      await other.endAsync(true);
      await gateway.leave();
    });

    it('takes nothing more from a revoked gateway, although the broker lets it in', async () => {
      const gateway = await introduced();
      await revokeGateway(run.url, folder.path, 'court-1');
      await gateway.send(1, [reading('bin-1/temp_c', t0, 71)]);
      await vi.waitUntil(async () => (await quarantined()).length > 0, patient);
      expect(await quarantined()).toEqual([['court-1', 'CLOUD_GATEWAY_REVOKED']]);
      expect(await run.tickets()).toEqual([]);
      await gateway.leave();
    });
  },
);

/** Starts one with the files of the documentation, and these users. */
async function documentedBroker(users: Readonly<Record<string, string>>): Promise<TestBroker> {
  const page = await readFile(
    join(import.meta.dirname, '../../../docs/external-broker.md'),
    'utf8',
  );
  const block = (name: string) => page.split(`\`\`\`text ${name}\n`)[1]?.split('```')[0] ?? '';
  const passwords = Object.entries(users).map(([name, password]) => `${name}:${password}\n`);
  const files = { acl: block('acl'), passwords: passwords.join('') };
  const broker = new TestBroker(block('mosquitto.conf').trim().split('\n'), files);
  await broker.hashPasswords('passwords');
  return broker.start();
}
