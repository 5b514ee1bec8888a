import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../checks/run.ts';
import { until } from '../servers/process.ts';
import type { Sandbox } from './sandbox.ts';

/** A running `caretaker` command. */
export interface Command {
  readonly pid: number;
  /** Everything it printed so far. */
  output(): string;
  /** Sends Ctrl-C and resolves with the exit code. */
  interrupt(): Promise<number | null>;
  /** Ends it by force. */
  kill(): Promise<void>;
  readonly gone: Promise<number | null>;
}

/** Runs `caretaker <args>` as a person would, in its own process group. */
export function runCommand(args: readonly string[], env: Record<string, string> = {}): Command {
  const child = spawn(process.execPath, [join(root, 'cli/src/main.ts'), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const gone = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code));
  });
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return gone;
  };
  return {
    pid: child.pid ?? 0,
    output: () => output,
    interrupt: () => end('SIGINT'),
    kill: async () => {
      await end('SIGKILL');
    },
    gone,
  };
}

/** Runs `caretaker start` and resolves when it has printed its address. */
export async function startCaretaker(
  sandbox: Sandbox,
  env: Record<string, string> = {},
): Promise<Command> {
  const command = runCommand(['start'], { ...sandbox.environment, ...env });
  let ended = false;
  void command.gone.then(() => {
    ended = true;
  });
  try {
    await until('the address is printed', () => {
      if (ended) throw new Error(`caretaker start ended:\n${command.output()}`);
      return command.output().includes(sandbox.httpUrl);
    });
  } catch (error) {
    await command.interrupt();
    throw error;
  }
  return command;
}

/** The process of one part below a running `caretaker start`, or null while it is not there. */
export function partOf(command: Command, part: string): number | null {
  const children = readFileSync(`/proc/${command.pid}/task/${command.pid}/children`, 'utf8');
  for (const pid of children.trim().split(' ')) {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    if (words.includes(part)) return Number(pid);
  }
  return null;
}
