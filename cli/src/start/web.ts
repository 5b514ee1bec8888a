import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CaretakerError } from '@caretaker/readings/base';

/** The root of the repository. */
export const root = resolve(import.meta.dirname, '../../..');
const web = join(root, 'dashboards/web');
const sources = [
  join(web, 'src'),
  join(web, 'build'),
  join(web, 'public'),
  join(web, 'index.html'),
  join(web, 'vite.config.ts'),
  join(web, 'package.json'),
  join(root, 'cloud/src/contract'),
];

/** Newest change below `path`, milliseconds; 0 when there is nothing. */
function newest(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Whether the built web app is missing or older than its sources. */
export function webIsStale(): boolean {
  const built = statSync(join(web, 'dist/index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return sources.some((path) => newest(path) > built);
}

/**
 * Builds the web app into `dashboards/web/dist`.
 * @throws CaretakerError `CLI_WEB_BUILD_FAILED` with what the build printed.
 */
export async function buildWeb(): Promise<void> {
  const vite = join(web, 'node_modules/vite/bin/vite.js');
  // Whatever this process runs for, what people load is the production build.
  const env = { ...process.env, NODE_ENV: 'production' };
  const child = spawn(process.execPath, [vite, 'build'], { cwd: web, env });
  let output = '';
  const keep = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const code = await new Promise((done, reject) => {
    child.once('error', reject);
    child.once('close', done);
  });
  if (code === 0) return;
  throw new CaretakerError({
    code: 'CLI_WEB_BUILD_FAILED',
    message: `The web app could not be built.\n${output.trim()}`,
    next: 'Run "npx pnpm@12 install" and try again.',
  });
}
