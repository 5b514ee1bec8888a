import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** A port that was free a moment ago, for programs that cannot report the one they chose. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

/** Resolves once `holds` does; polls, because the things waited for cannot call back. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  limitMs = 60_000,
  everyMs = 50,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    if (await holds()) return;
    if (performance.now() > deadline) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
    await wait(everyMs);
  }
}

/** A server process of a test run with the end of what it printed. */
export interface Served {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Asks it to end, and ends it after 5 s. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a program that dies with this process at the latest. */
export function serve(file: string, args: readonly string[], options: SpawnOptions = {}): Served {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let tail = '';
  const keep = (chunk: Buffer) => {
    tail = (tail + chunk.toString()).slice(-8000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    child,
    output: () => tail,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const timer = setTimeout(kill, 5000);
      await gone;
      clearTimeout(timer);
      process.off('exit', kill);
    },
  };
}
