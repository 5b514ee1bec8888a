import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '@caretaker/readings/testing/free-port';
import { serve, until } from '../servers/process.ts';
import { estateText } from './edge-estate.ts';

const main = path.join(import.meta.dirname, '../../../cli/src/main.ts');
const nowhere = '127.0.0.1:9';

/** `caretaker edge` as whoever installs it runs it. */
export interface GatewayProcess {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts it without a cloud: what is measured is how it does by itself.
 * @param flows of Node-RED beside it, which is not run without
 */
export async function startGateway(
  devices: number,
  flows: readonly object[] | null = null,
): Promise<GatewayProcess> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'caretaker-bench-'));
  const estate = path.join(folder, 'estate.yaml');
  await writeFile(estate, estateText(devices));
  if (flows !== null) {
    await mkdir(path.join(folder, 'edge/node-red'), { recursive: true, mode: 0o700 });
    await writeFile(path.join(folder, 'edge/node-red/flows.json'), JSON.stringify(flows));
  }
  const [port, page] = [await freePort(), await freePort()];
  const served = serve(process.execPath, [main, 'edge'], {
    env: {
      ...process.env,
      CARETAKER_DATA: folder,
      CARETAKER_ESTATE: estate,
      CARETAKER_HOST: '127.0.0.1',
      CARETAKER_MQTT_PORT: String(port),
      CARETAKER_EDGE_HTTP_PORT: String(page),
      CARETAKER_MQTT_ANONYMOUS: '1',
      CARETAKER_NODE_RED: flows === null ? '0' : '1',
      CARETAKER_UPLINK_URL: `mqtt://${nowhere}`,
      CARETAKER_CLOUD_URL: `http://${nowhere}`,
      CARETAKER_LOG_LEVEL: 'warn',
    },
  });
  const stop = async () => {
    await served.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until('the gateway is ready', () => {
      if (served.child.exitCode !== null) throw new Error(`it ended:\n${served.output()}`);
      return fetch(`http://127.0.0.1:${page}/readyz`).then(
        () => true,
        () => false,
      );
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: served.child.pid ?? 0, port, stop };
}
