import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, serve, until } from './process.ts';

/** A server that tests may use, and how to end it. */
export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a real InfluxDB 1.x with its data under `folder`. */
export async function startInflux1(binary: string, folder: string): Promise<Running> {
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
  return { url, stop: () => served.stop() };
}
