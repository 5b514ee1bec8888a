import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';

/** How long to wait for what comes in a second or two: far longer, because a busy machine proves nothing. */
export const patienceMs = 120_000;

/** Resolves once `holds` does; polls, because the things waited for cannot call back. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  limitMs = patienceMs,
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
