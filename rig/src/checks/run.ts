import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

/** The root of the repository. */
export const root = resolve(import.meta.dirname, '../../..');

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Runs a program at the root and gathers what it prints. */
export function run(file: string, args: readonly string[], cwd = root): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env: { ...process.env, NO_COLOR: '1' } });
    let output = '';
    const keep = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output: output.trim() }));
  });
}

/** A program that our dependencies bring, by the name of its command. */
export function tool(name: string): string {
  return join(root, 'node_modules/.bin', name);
}

/** How to call the pnpm that runs us; it need not be on PATH. */
export function pnpm(...args: string[]): [file: string, args: string[]] {
  const file = process.env.npm_execpath;
  if (file === undefined) return ['pnpm', args];
  return /\.[cm]?js$/.test(file) ? [process.execPath, [file, ...args]] : [file, args];
}
