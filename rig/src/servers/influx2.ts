import { randomUUID } from 'node:crypto';
import { startContainer } from './docker.ts';
import type { Running } from './influx1.ts';
import { until } from './process.ts';

/** A real InfluxDB 2.x and what a suite needs to make its own buckets there. */
export interface Influx2Access {
  readonly url: string;
  /** May do everything in the organisation. */
  readonly token: string;
  readonly organisation: string;
}

/** A server that somebody runs for our tests; null unless all three variables are set. */
export function influx2Given(
  env: Readonly<Record<string, string | undefined>>,
): Influx2Access | null {
  const url = env.CARETAKER_TEST_INFLUX2_URL;
  const token = env.CARETAKER_TEST_INFLUX2_TOKEN;
  const organisation = env.CARETAKER_TEST_INFLUX2_ORG;
  return url && token && organisation ? { url, token, organisation } : null;
}

/** Starts a container that sets itself up as its documentation says: `DOCKER_INFLUXDB_INIT_*`. */
export async function containInflux2(): Promise<Running & { readonly access: Influx2Access }> {
  const [organisation, token] = ['rig', randomUUID()];
  const environment = {
    DOCKER_INFLUXDB_INIT_MODE: 'setup',
    DOCKER_INFLUXDB_INIT_USERNAME: 'rig',
    DOCKER_INFLUXDB_INIT_PASSWORD: randomUUID(),
    DOCKER_INFLUXDB_INIT_ORG: organisation,
    DOCKER_INFLUXDB_INIT_BUCKET: 'rig',
    DOCKER_INFLUXDB_INIT_ADMIN_TOKEN: token,
    INFLUXD_REPORTING_DISABLED: 'true',
  };
  const running = await startContainer(
    'influxdb:2.7',
    8086,
    environment,
    (host, port) => `http://${host}:${port}`,
  );
  const access = { url: running.url, token, organisation };
  // It answers on the same port while it sets itself up, and stops in between.
  await until('InfluxDB 2.x knows our token', () => knows(access));
  return { ...running, access };
}

async function knows({ url, token }: Influx2Access): Promise<boolean> {
  return await fetch(`${url}/api/v2/buckets`, {
    headers: { authorization: `Token ${token}` },
  }).then(
    (answer) => answer.ok,
    () => false,
  );
}
