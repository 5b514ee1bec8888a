import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Fault, FaultsError, systemClock } from '@caretaker/readings/base';
import { type Exposure, readExposure } from '@caretaker/readings/tls';
import type { DatabaseConfig } from './db/database.ts';
import { type FilesConfig, readFiles } from './files/config.ts';
import { settleAfterAbsence } from './gateways/settling.ts';
import { type OidcSettings, readOidc } from './identity/oidc/settings.ts';
import { type ReadingsConfig, readReadings } from './readings-config.ts';

export interface CloudConfig extends Exposure {
  /** Other than loopback only with TLS, its own or that of a proxy. */
  readonly host: string;
  readonly httpPort: number;
  /** Port of the embedded broker; unused with `brokerUrl`. */
  readonly mqttPort: number;
  /** External broker between gateways and cloud; null for the embedded one. */
  readonly brokerUrl: string | null;
  /** Folder of everything the cloud keeps on disk. */
  readonly folder: string;
  readonly database: DatabaseConfig;
  readonly readings: ReadingsConfig;
  readonly files: FilesConfig;
  /** YAML of an estate that is taken in unless one of its id is known; null for the demo estate. */
  readonly estateFile: string | null;
  /** Folder of the standard in YAML; null for the built-in catalogue. */
  readonly standardFolder: string | null;
  /** Origin under which people reach the cloud when it is not loopback, such as behind a proxy. */
  readonly publicUrl: string | null;
  /** Sign-in with the company's own accounts; null for passwords alone. */
  readonly oidc: OidcSettings | null;
  /** Folder of the built web app. */
  readonly webRoot: string;
  /** Whether whoever starts the cloud on this machine gets a way in of their own; see `localAccess`. */
  readonly localAccess: boolean;
  /** How long devices get to deliver after their gateway was away, milliseconds; see `Settling`. */
  readonly settleAfterAbsence: number;
}

/** Reached from this machine alone. */
const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the cloud's settings (names in design: outer contracts). Secrets may come as `NAME_FILE`.
 * @param now when certificates are to be good, UTC epoch milliseconds
 * @throws FaultsError `CLOUD_CONFIG_INVALID` with every fault at once
 */
export function readCloudConfig(env: Environment, now = systemClock.now()): CloudConfig {
  const faults: Fault[] = [];
  const reader = readerOf(env, faults);
  const host = reader.text('CARETAKER_HOST') ?? '127.0.0.1';
  const data = reader.text('CARETAKER_DATA') ?? './data';
  const folder = resolve(data, 'cloud');
  const databaseUrl = reader.url('DATABASE_URL', ['postgres:', 'postgresql:']);
  const estateFile = reader.text('CARETAKER_ESTATE');
  if (estateFile !== null && !existsSync(estateFile)) faults.push(noEstate(estateFile));
  const standardFolder = reader.text('CARETAKER_STANDARD');
  const publicUrl = reader.url('CARETAKER_PUBLIC_URL', ['http:', 'https:']);
  const { text } = reader;
  const exposure = readExposure({ text, data, host, publicUrl, now }, faults);
  const config: CloudConfig = {
    ...exposure,
    host,
    httpPort: reader.port('CARETAKER_HTTP_PORT', 8080),
    mqttPort: reader.port('CARETAKER_CLOUD_MQTT_PORT', 1884),
    brokerUrl: reader.url('CLOUD_MQTT_URL', ['mqtt:', 'mqtts:', 'ws:', 'wss:']),
    folder,
    database:
      databaseUrl === null
        ? { engine: 'sqlite', file: join(folder, 'cloud.db') }
        : { engine: 'postgres', url: databaseUrl },
    readings: readReadings(reader, folder, faults),
    files: readFiles(reader, faults),
    estateFile: estateFile === null ? null : resolve(estateFile),
    standardFolder: standardFolder === null ? null : resolve(standardFolder),
    publicUrl,
    oidc: readOidc(text, { host, publicUrl }, faults),
    webRoot: resolve(import.meta.dirname, '../../dashboards/web/dist'),
    localAccess: reader.flag('CARETAKER_LOCAL_ACCESS') && isAlone(host, publicUrl, exposure),
    settleAfterAbsence,
  };
  if (faults.length > 0) {
    throw new FaultsError(
      'CLOUD_CONFIG_INVALID',
      'The cloud cannot start with this setup:',
      faults,
    );
  }
  return Object.freeze(config);
}

/** Whether only this machine comes; through a proxy, or at a public address, others come from loopback, too. */
function isAlone(host: string, publicUrl: string | null, { proxies }: Exposure): boolean {
  const shown = publicUrl === null ? host : new URL(publicUrl).hostname.replace(/^\[|\]$/g, '');
  return loopback.has(host) && loopback.has(shown) && proxies.length === 0;
}

function readerOf(env: Environment, faults: Fault[]) {
  function text(name: string): string | null {
    const file = env[`${name}_FILE`];
    if (file === undefined || file === '') return env[name] === '' ? null : (env[name] ?? null);
    try {
      return readFileSync(file, 'utf8').trim();
    } catch {
      faults.push({
        code: 'CLOUD_SECRET_UNREADABLE',
        where: `${name}_FILE`,
        message: `The file ${file} cannot be read.`,
        next: 'Check the path and its rights.',
      });
      return null;
    }
  }
  return {
    text,
    flag(name: string): boolean {
      const given = text(name) ?? '0';
      if (given === '0' || given === '1') return given === '1';
      faults.push({
        code: 'CLOUD_SETTING_INVALID',
        where: name,
        message: `"${given}" is neither 0 nor 1.`,
        next: 'Give 1 to switch it on, or leave it out.',
      });
      return false;
    },
    port(name: string, otherwise: number): number {
      const given = text(name);
      if (given === null) return otherwise;
      if (/^\d{1,5}$/.test(given) && Number(given) <= 65_535) return Number(given);
      faults.push({
        code: 'CLOUD_PORT_INVALID',
        where: name,
        message: `${given} is not a port.`,
        next: 'Give a whole number from 0 to 65535; 0 takes a free one.',
      });
      return otherwise;
    },
    url(name: string, protocols: readonly string[]): string | null {
      const given = text(name);
      if (given === null) return null;
      if (URL.canParse(given) && protocols.includes(new URL(given).protocol)) return given;
      // The value may hold a password, so it is not repeated.
      faults.push({
        code: 'CLOUD_URL_INVALID',
        where: name,
        message: 'This is not an address of the kind needed.',
        next: `Begin it with ${protocols.map((p) => `${p}//`).join(' or ')}.`,
      });
      return null;
    },
  };
}

function noEstate(file: string): Fault {
  return {
    code: 'CLOUD_ESTATE_NOT_FOUND',
    where: 'CARETAKER_ESTATE',
    message: `There is no file ${file}.`,
    next: 'Give the path of an estate in YAML, or leave it out for the demo estate.',
  };
}
