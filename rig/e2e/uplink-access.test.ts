import { execFile, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApi } from '../src/product/api.ts';
import { runCommand } from '../src/product/command.ts';
import { playedPassword } from '../src/product/enrolment.ts';
import { describeWith } from '../src/product/needs.ts';
import { type Part, startPart } from '../src/product/parts.ts';
import { createSandbox, type Sandbox } from '../src/product/sandbox.ts';
import { findBinary } from '../src/servers/binary.ts';
import { patienceMs, until } from '../src/servers/process.ts';
import { smallEstate } from './small.ts';

describeWith(
  { binaries: ['mosquitto_pub', 'mosquitto_sub', 'stdbuf'] },
  'the uplink broker',
  () => {
    let sandbox: Sandbox;
    let cloud: Part;

    beforeAll(async () => {
      sandbox = await createSandbox(smallEstate);
      // A cloud keeps the estates that it was started with: this one knows three, each with a gateway.
      for (const estate of ['park', 'yard']) {
        const file = join(sandbox.folder, `${estate}.yaml`);
        writeFileSync(file, readFileSync(smallEstate, 'utf8').replaceAll('court', estate));
        const environment = { ...sandbox.environment, CARETAKER_ESTATE: file };
        await (await startPart('cloud', { ...sandbox, environment })).stop();
      }
      cloud = await startPart('cloud', sandbox);
    });
    afterAll(async () => {
      await (cloud as Part | undefined)?.kill();
      sandbox.dispose();
    });

    const where = () => {
      const { CARETAKER_CLOUD_MQTT_PORT: port = '' } = sandbox.environment;
      return ['-h', '127.0.0.1', '-p', port];
    };
    const as = async (gateway: string) => [
      ...['-u', gateway, '-P', await playedPassword(sandbox, gateway)],
    ];

    /** Runs a program of Mosquitto to its end. */
    const run = (name: string, args: readonly string[]) =>
      new Promise<{ code: number; said: string }>((resolve) => {
        const binary = findBinary(name) ?? name;
        execFile(binary, [...where(), ...args], { timeout: patienceMs }, (error, out, err) =>
          resolve({ code: error === null ? 0 : Number(error.code ?? 1), said: out + err }),
        );
      });
    const gone = JSON.stringify({ type: 'gone', at: 0 });
    const status = (gateway: string) => ['-t', `ctk/1/${gateway}/status`, '-q', '1', '-m', gone];

    it('lets in a gateway, and nobody without a token or with that of another', async () => {
      const own = await as('court-1');
      expect(await run('mosquitto_pub', [...own, ...status('court-1')])).toMatchObject({ code: 0 });
      const [, , , token = ''] = await as('park-1');
      for (const wrong of [
        [],
        ['-u', 'court-1'],
        ['-u', 'court-1', '-P', 'guess'],
        ['-u', 'court-1', '-P', token],
        // Used before.
        own,
      ]) {
        const { code, said } = await run('mosquitto_pub', [...wrong, ...status('court-1')]);
        expect([code === 0, said], wrong[1]).toEqual([
          false,
          expect.stringMatching(/not authori[sz]ed/i),
        ]);
      }
    });

    it('takes nothing from a gateway that another is to have said', async () => {
      const frame = ['-q', '1', '-m', 'no frame'];
      for (const topic of [
        'ctk/1/park-1/frames',
        'ctk/1/park-1/status',
        'ctk/1/court-1/acks',
        'x',
      ]) {
        const { code } = await run('mosquitto_pub', [
          ...(await as('court-1')),
          '-t',
          topic,
          ...frame,
        ]);
        expect(code, topic).not.toBe(0);
      }
      // The same from the gateway itself is noted, so it would have been.
      await run('mosquitto_pub', [...(await as('park-1')), '-t', 'ctk/1/park-1/frames', ...frame]);
      const api = createApi(sandbox);
      await until('the frame is noted', async () => (await api.quarantine()).length > 0);
      expect((await api.quarantine()).map(({ gateway, count }) => [gateway, count])).toEqual([
        ['park-1', 1],
      ]);
    });

    it.each(['#', 'ctk/#', 'ctk/1/+/acks', 'ctk/1/court-1/acks', 'ctk/1/park-1/frames'])(
      'lets a gateway not hear %s',
      async (filter) => {
        const { said } = await run('mosquitto_sub', [...(await as('park-1')), '-t', filter]);
        expect(said).toMatch(/denied/i);
      },
    );

    it('cuts off a connected gateway when an operator has revoked it', async () => {
      const topic = ['-t', 'ctk/1/yard-1/acks', '-d'];
      const binary = findBinary('mosquitto_sub') ?? '';
      // It would tell us only at its end.
      const line = ['-oL', binary, ...where(), ...(await as('yard-1')), ...topic];
      const child = spawn(findBinary('stdbuf') ?? '', line);
      let said = '';
      let ended = false;
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          said += chunk.toString();
        });
      }
      child.once('close', () => {
        ended = true;
      });
      await until('it listens', () => said.includes('SUBACK'));
      const revoke = runCommand(['gateway', 'revoke', 'yard-1'], { ...sandbox.environment });
      expect(await revoke.gone).toBe(0);
      // It comes back with its token by itself, and is refused.
      await until('it is out', () => ended || /not authori[sz]ed/i.test(said));
      if (!ended) child.kill('SIGKILL');
      const later = await run('mosquitto_pub', [...(await as('yard-1')), ...status('yard-1')]);
      expect(later.code).not.toBe(0);
    });
  },
);
