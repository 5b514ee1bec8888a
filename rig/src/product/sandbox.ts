import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@caretaker/readings/testing/free-port';

/** A place of its own for one run of the product: a data folder and four ports. */
export interface Sandbox {
  readonly folder: string;
  readonly httpUrl: string;
  readonly mqttUrl: string;
  readonly mqttPort: number;
  readonly edgeUrl: string;
  /** What the product's processes are started with, over this process's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Removes the folder. */
  dispose(): void;
}

/**
 * @param estateFile YAML of the estate; the demo estate when absent.
 * @param more settings beyond folder, ports and estate.
 */
export async function createSandbox(
  estateFile?: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Sandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'caretaker-rig-'));
  const [http, mqtt, edgeHttp, cloudMqtt] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  return {
    folder,
    httpUrl: `http://127.0.0.1:${http}`,
    mqttUrl: `mqtt://127.0.0.1:${mqtt}`,
    mqttPort: mqtt,
    edgeUrl: `http://127.0.0.1:${edgeHttp}`,
    environment: {
      CARETAKER_DATA: folder,
      CARETAKER_HOST: '127.0.0.1',
      // Scripts of a test get their token as whoever runs it all on this machine does.
      CARETAKER_LOCAL_ACCESS: '1',
      // What most suites are about is not who may say something.
      CARETAKER_MQTT_ANONYMOUS: '1',
      CARETAKER_HTTP_PORT: String(http),
      CARETAKER_MQTT_PORT: String(mqtt),
      CARETAKER_EDGE_HTTP_PORT: String(edgeHttp),
      CARETAKER_CLOUD_MQTT_PORT: String(cloudMqtt),
      CARETAKER_UPLINK_URL: `mqtt://127.0.0.1:${cloudMqtt}`,
      CARETAKER_CLOUD_URL: `http://127.0.0.1:${http}`,
      ...(estateFile === undefined ? {} : { CARETAKER_ESTATE: estateFile }),
      ...more,
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
