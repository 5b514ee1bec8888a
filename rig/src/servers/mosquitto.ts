import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '@caretaker/readings/testing/free-port';
import { serve, until } from './process.ts';

export interface Mosquitto {
  readonly port: number;
  stop(): Promise<void>;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => socket.end(() => resolve(true)));
    socket.once('error', () => resolve(false));
  });
}

/** Starts Mosquitto without the limits by which it drops messages for a subscriber that is behind. */
export async function startMosquitto(binary: string): Promise<Mosquitto> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'caretaker-mosquitto-'));
  const port = await freePort();
  const file = path.join(folder, 'mosquitto.conf');
  await writeFile(
    file,
    [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      'max_queued_messages 0',
      'max_inflight_messages 0',
      'set_tcp_nodelay true',
      'log_type error',
      ...(process.getuid?.() === 0 ? ['user root'] : []),
      '',
    ].join('\n'),
  );
  const served = serve(binary, ['-c', file]);
  const stop = async () => {
    await served.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until('Mosquitto answers', () => {
      if (served.child.exitCode !== null) throw new Error(`mosquitto ended:\n${served.output()}`);
      return answers(port);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
}
