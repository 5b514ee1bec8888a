import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { freePort } from './free-port.ts';
import { patient } from './patient.ts';

/** Debian keeps it off the path of most people. */
export const mosquitto = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto'].find(existsSync);

/** A real Mosquitto in a folder of its own. It can be killed and started again, at the same address. */
export class TestBroker {
  readonly #settings: readonly string[];
  readonly #files: Readonly<Record<string, string>>;
  #folder = '';
  #port = 0;
  #child: ChildProcess | null = null;

  /** @param settings lines of its configuration beside the listener */
  constructor(settings: readonly string[] = [], files: Readonly<Record<string, string>> = {}) {
    this.#settings = settings;
    this.#files = files;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  async start(): Promise<this> {
    await this.#prepare();
    const options = { cwd: this.#folder, stdio: 'ignore' } as const;
    this.#child = spawn(mosquitto ?? '', ['-c', 'mosquitto.conf'], options);
    await vi.waitUntil(() => answers(this.#port), patient);
    return this;
  }

  /** Replaces `user:password` lines of a file by what Mosquitto reads. */
  async hashPasswords(name: string): Promise<void> {
    await this.#prepare();
    await promisify(execFile)('mosquitto_passwd', ['-U', path.join(this.#folder, name)]);
  }

  async #prepare(): Promise<void> {
    if (this.#folder !== '') return;
    this.#folder = await mkdtemp(path.join(tmpdir(), 'caretaker-mosquitto-'));
    this.#port = await freePort();
    for (const [name, text] of Object.entries(this.#files)) {
      await writeFile(path.join(this.#folder, name), text, { mode: 0o600 });
    }
    const lines = [
      ...(this.#settings.some((line) => line.startsWith('allow_anonymous'))
        ? []
        : ['allow_anonymous true']),
      `persistence_location ${this.#folder}/`,
      ...this.#settings,
      // As root it would give up its rights, and with them those to the folder.
      `user ${userInfo().username}`,
      `listener ${this.#port} 127.0.0.1`,
    ];
    await writeFile(path.join(this.#folder, 'mosquitto.conf'), `${lines.join('\n')}\n`);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  async remove(): Promise<void> {
    await this.kill();
    if (this.#folder !== '') await rm(this.#folder, { recursive: true, force: true });
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => socket.end(() => resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
