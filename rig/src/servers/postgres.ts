import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@caretaker/readings/testing/free-port';
import pg from 'pg';
import type { Running } from './influx1.ts';
import { serve, until } from './process.ts';

const run = promisify(execFile);

/** PostgreSQL refuses to run as root; Debian's package brings a user for it. */
function owner(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const ask = (flag: string) => Number(execFileSync('id', [flag, 'postgres']).toString());
  return { uid: ask('-u'), gid: ask('-g') };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * Starts a real PostgreSQL with its data under `folder`, without fsync: these tests kill our processes,
 * never the database.
 * @param binary path of `postgres`; `initdb` lies beside it.
 */
export async function startPostgres(binary: string, folder: string): Promise<Running> {
  const data = join(folder, 'pg');
  mkdirSync(data, { recursive: true });
  const user = owner();
  if (user !== null) {
    chmodSync(folder, 0o711);
    chownSync(data, user.uid, user.gid);
  }
  const as = { cwd: data, ...(user ?? {}) };
  const initdb = join(dirname(binary), 'initdb');
  await run(initdb, ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '-N'], as);
  const port = await freePort();
  const settings = ['fsync=off', 'listen_addresses=127.0.0.1', 'max_connections=200'];
  const served = serve(
    binary,
    ['-D', data, '-p', String(port), '-k', data, ...settings.flatMap((s) => ['-c', s])],
    as,
  );
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  try {
    await until('PostgreSQL answers', () => {
      if (served.child.exitCode !== null) throw new Error(`postgres ended:\n${served.output()}`);
      return answers(url);
    });
  } catch (error) {
    await served.stop('SIGKILL');
    throw error;
  }
  // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients to leave.
  return { url, stop: () => served.stop('SIGINT') };
}
