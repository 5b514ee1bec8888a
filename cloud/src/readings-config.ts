import { join } from 'node:path';
import type { RawRetention } from '@caretaker/readings';
import type { Fault } from '@caretaker/readings/base';
import { horizon } from './host/engine-state.ts';

/** Where readings lie. */
export type ReadingsPlace =
  | { readonly store: 'sqlite'; readonly file: string }
  | {
      readonly store: 'influx2';
      readonly url: string;
      readonly token: string;
      readonly organisation: string;
      readonly bucket: string;
    };

/** Where the cloud keeps readings. */
export type ReadingsConfig = ReadingsPlace & {
  /** For how long raw readings stay; null for ever. Sums of hours always do. */
  readonly rawRetentionMs: RawRetention;
};

const DEFAULT_BUCKET = 'caretaker';
const DAY_MS = 86_400_000;
/** What lies within the horizon may be judged again, and a window of a rule may be as long before it. */
const LEAST_DAYS = (2 * horizon) / DAY_MS;

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
  const rawRetentionMs = readRetention(text('CARETAKER_RAW_DAYS'), faults);
  const file = join(folder, 'readings.db');
  const embedded = { store: 'sqlite', file, rawRetentionMs } as const;
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
  return {
    store: 'influx2',
    url: address,
    token,
    organisation,
    bucket: bucket ?? DEFAULT_BUCKET,
    rawRetentionMs,
  };
}

function readRetention(days: string | null, faults: Fault[]): RawRetention {
  if (days === null) return null;
  if (/^\d{1,5}$/.test(days) && Number(days) >= LEAST_DAYS) return Number(days) * DAY_MS;
  faults.push({
    code: 'CLOUD_SETTING_INVALID',
    where: 'CARETAKER_RAW_DAYS',
    message: `"${days}" is no number of days from ${LEAST_DAYS} on.`,
    next: `Give ${LEAST_DAYS} or more, or leave it out to keep readings for ever.`,
  });
  return null;
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
