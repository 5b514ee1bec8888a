import { join } from 'node:path';
import type { Fault } from '@caretaker/readings/base';

/** Where the cloud keeps readings. */
export type ReadingsConfig =
  | { readonly store: 'sqlite'; readonly file: string }
  | {
      readonly store: 'influx2';
      readonly url: string;
      readonly token: string;
      readonly organisation: string;
      readonly bucket: string;
    };

const DEFAULT_BUCKET = 'caretaker';

interface Reader {
  text(name: string): string | null;
  url(name: string, protocols: readonly string[]): string | null;
}

/**
 * InfluxDB 2.x when `INFLUX2_URL` names one, or else the file in the cloud's folder.
 * @param faults gets every fault; the token is in none of them
 */
export function readReadings(
  { text, url }: Reader,
  folder: string,
  faults: Fault[],
): ReadingsConfig {
  const embedded = { store: 'sqlite', file: join(folder, 'readings.db') } as const;
  const before = faults.length;
  const address = url('INFLUX2_URL', ['http:', 'https:']);
  const [token, organisation] = [text('INFLUX2_TOKEN'), text('INFLUX2_ORG')];
  const bucket = text('INFLUX2_BUCKET');
  const isWrong = faults.length > before;
  if (address === null && !isWrong) {
    const given = { INFLUX2_TOKEN: token, INFLUX2_ORG: organisation, INFLUX2_BUCKET: bucket };
    for (const [name, value] of Object.entries(given)) {
      if (value !== null) faults.push(withoutUrl(name));
    }
    return embedded;
  }
  if (token === null) faults.push(missing('INFLUX2_TOKEN', 'an API token of InfluxDB'));
  if (organisation === null)
    faults.push(missing('INFLUX2_ORG', 'the name or id of the organisation'));
  if (address !== null && new URL(address).username !== '') faults.push(userInUrl);
  if (bucket?.startsWith('_')) faults.push(systemBucket);
  if (address === null || token === null || organisation === null) return embedded;
  return { store: 'influx2', url: address, token, organisation, bucket: bucket ?? DEFAULT_BUCKET };
}

function missing(name: string, what: string): Fault {
  return {
    code: 'CLOUD_INFLUX_INCOMPLETE',
    where: name,
    message: 'INFLUX2_URL is set, and this is not.',
    next: `Give ${what}, or leave INFLUX2_URL out to use the built-in store.`,
  };
}

function withoutUrl(name: string): Fault {
  return {
    code: 'CLOUD_INFLUX_INCOMPLETE',
    where: name,
    message: 'It does nothing without INFLUX2_URL.',
    next: 'Set INFLUX2_URL as well, or leave it out.',
  };
}

const userInUrl: Fault = {
  code: 'CLOUD_URL_INVALID',
  where: 'INFLUX2_URL',
  message: 'InfluxDB 2.x knows no user in its address.',
  next: 'Leave user and password out; INFLUX2_TOKEN lets Caretaker in.',
};

const systemBucket: Fault = {
  code: 'CLOUD_SETTING_INVALID',
  where: 'INFLUX2_BUCKET',
  message: 'Names that begin with "_" are those of InfluxDB itself.',
  next: 'Give another name.',
};
