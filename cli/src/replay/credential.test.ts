import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Aedes } from 'aedes';
import { afterEach, expect, it, vi } from 'vitest';
import { runReplay } from './command.ts';

const sample = resolve(import.meta.dirname, '../../samples/filling-bin.jsonl');
const folder = mkdtempSync(join(tmpdir(), 'caretaker-replay-'));

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

it('brings the credential of the environment, its password from a file', async () => {
  const logins: string[] = [];
  const broker = await Aedes.createBroker({
    authenticate: (_client, name, password, done) => {
      logins.push(`${name} ${password}`);
      done(null, true);
    },
  });
  const server = createServer((socket) => broker.handle(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const file = join(folder, 'password');
  writeFileSync(file, 'a secret\n');
  chmodSync(file, 0o600);
  vi.stubEnv('CARETAKER_DEVICE', 'terrace-bin');
  vi.stubEnv('CARETAKER_DEVICE_PASSWORD_FILE', file);
  const said: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((text) => void said.push(String(text)));
  const url = `mqtt://127.0.0.1:${port}`;
  await runReplay(sample, { url, speed: 'max', shift: true });
  expect(logins).toEqual(['terrace-bin a secret']);
  expect(said.join('\n')).not.toContain('a secret');
  await new Promise<void>((done) => broker.close(() => done()));
  server.close();
});
