import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@caretaker/readings/testing/free-port';
import { type Served, serve, until } from './process.ts';

/** A server that tests may use, and how to end it. */
export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

/** A real InfluxDB 1.x that a test may stop, kill and start again on the same data and port. */
export interface PrivateInflux1 extends Running {
  /** In good order, or as a power cut would. */
  halt(how: 'stop' | 'kill'): Promise<void>;
  start(): Promise<void>;
}

/** Starts a real InfluxDB 1.x with its data under `folder`. */
export async function startInflux1(binary: string, folder: string): Promise<PrivateInflux1> {
  const port = await freePort();
  const file = join(folder, 'influxdb.conf');
  writeFileSync(
    file,
    [
      'reporting-disabled = true',
      'bind-address = "127.0.0.1:0"',
      `[meta]\ndir = "${join(folder, 'meta')}"`,
      `[data]\ndir = "${join(folder, 'data')}"\nwal-dir = "${join(folder, 'wal')}"`,
      `[http]\nbind-address = "127.0.0.1:${port}"\nlog-enabled = false`,
      '[monitor]\nstore-enabled = false',
    ].join('\n'),
  );
  const url = `http://127.0.0.1:${port}`;
  const run = () => runInflux1(binary, file, url);
  let served: Served | null = await run();
  const halt = async (signal?: NodeJS.Signals) => {
    await served?.stop(signal);
    served = null;
  };
  return {
    url,
    stop: () => halt(),
    halt: (how) => halt(how === 'kill' ? 'SIGKILL' : 'SIGTERM'),
    async start() {
      served ??= await run();
    },
  };
}

async function runInflux1(binary: string, file: string, url: string): Promise<Served> {
  const served = serve(binary, ['run', '-config', file]);
  try {
    await until('InfluxDB answers', async () => {
      if (served.child.exitCode !== null) throw new Error(`influxd ended:\n${served.output()}`);
      return fetch(`${url}/ping`).then(
        (answer) => answer.ok,
        () => false,
      );
    });
  } catch (error) {
    await served.stop('SIGKILL');
    throw error;
  }
  return served;
}
