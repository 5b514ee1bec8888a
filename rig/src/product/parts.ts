import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { patienceMs } from '../servers/process.ts';
import type { Sandbox } from './sandbox.ts';
import type { Turns } from './turns.ts';

/** Where a part is killed: at the nth passing of a named place in its code. */
export interface KillAt {
  readonly place: string;
  readonly nth: number;
  /** Instead of dying there it stands still there for ever, while the rest of the process goes on. */
  readonly stall?: boolean;
}

/** A running process of the product. */
export interface Part {
  readonly pid: number;
  /** Resolves with the signal when the process is gone; null when it ended by itself. */
  readonly gone: Promise<NodeJS.Signals | null>;
  /** Resolves when it stands still where it was told to. */
  readonly stalled: Promise<void>;
  /** The end of what it printed. */
  output(): string;
  /** How long turns of its event loop kept the processor since it was last asked. */
  turns(): Promise<Turns>;
  /** Lets it die at a place that it has still to pass. */
  arm(killAt: KillAt): void;
  /** Sets its wall clock to so many milliseconds ahead of this machine's. */
  setClock(ahead: number): void;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** A part that was gone before it was ready. */
export class PartGoneError extends Error {
  readonly signal: NodeJS.Signals | null;

  constructor(name: string, signal: NodeJS.Signals | null, output: string) {
    super(`${name} ended before it was ready:\n${output}`);
    this.signal = signal;
  }
}

const keptCharacters = 20_000;

function specOf({ place, nth, stall = false }: KillAt): string {
  return `${place}#${nth}${stall ? '#stall' : ''}`;
}

/**
 * Starts the edge or the cloud as a process of its own and resolves when it is ready.
 * @param kill aborts with kill -9 while it starts
 * @throws PartGoneError when it ends before it is ready
 */
export function startPart(
  name: 'edge' | 'cloud',
  sandbox: Sandbox,
  killAt?: KillAt,
  limitMs = patienceMs,
  kill?: AbortSignal,
): Promise<Part> {
  const env = {
    ...process.env,
    ...sandbox.environment,
    ...(killAt === undefined ? {} : { RIG_KILL_AT: specOf(killAt) }),
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'part-main.ts'), name], {
    env,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let tail = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString()).slice(-keptCharacters);
  });
  const gone = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once('close', (_code, signal) => resolve(signal));
  });
  const stalled = new Promise<void>((resolve) => {
    child.on('message', (message) => {
      if (typeof message === 'object' && message !== null && 'stalled' in message) resolve();
    });
  });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await gone;
  };
  const abort = () => void child.kill('SIGKILL');
  kill?.addEventListener('abort', abort);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${name} was not ready in time:\n${tail}`));
    }, limitMs);
    void gone.then((signal) => {
      clearTimeout(timer);
      reject(new PartGoneError(name, signal, tail));
    });
    child.once('message', () => {
      clearTimeout(timer);
      kill?.removeEventListener('abort', abort);
      resolve({
        pid: child.pid ?? 0,
        gone,
        stalled,
        output: () => tail,
        turns: () => askTurns(child),
        // It may be gone in this very moment.
        arm: (at) => void child.send({ killAt: specOf(at) }, () => {}),
        setClock: (ahead) => void child.send({ ahead }, () => {}),
        kill: () => end('SIGKILL'),
        stop: () => end('SIGTERM'),
      });
    });
  });
}

function askTurns(child: ChildProcess): Promise<Turns> {
  return new Promise((resolve) => {
    const hear = (message: unknown) => {
      if (typeof message !== 'object' || message === null || !('turns' in message)) return;
      child.off('message', hear);
      resolve(message.turns as Turns);
    };
    child.on('message', hear);
    child.send({ asked: 'turns' });
  });
}
