import { readFileSync } from 'node:fs';
import path from 'node:path';
import { demoEstate } from '@caretaker/devices/demo';
import { type Estate, loadEstate } from '@caretaker/devices/model';
import { CaretakerError, type Fault, FaultsError, systemClock } from '@caretaker/readings/base';
import { type Exposure, readExposure, readTrust, type Trust } from '@caretaker/readings/tls';
import { allowAnonymous, isFilter } from './access/index.ts';
import type { ClockMode } from './clock/index.ts';
import type { RunLimits } from './node-red/index.ts';
import { type OutwardConfig, outwardOf } from './outward/index.ts';
import type { EnrolmentConfig } from './uplink/index.ts';

/** Everything a gateway must know to start. */
export interface EdgeConfig extends Exposure {
  readonly gateway: string;
  readonly estate: Estate;
  /** Other than loopback only with TLS, its own or that of a proxy. */
  readonly host: string;
  /** Address under which people reach it through a proxy; null without. */
  readonly publicUrl: string | null;
  /** 0 takes a free port. */
  readonly mqttPort: number;
  /** Broker of somebody else that the devices speak to, in place of our own; null without. */
  readonly external: ExternalConfig | null;
  readonly httpPort: number;
  /** Where frames go. */
  readonly uplinkUrl: string;
  /** Kilobits per second that frames to the cloud may take; null for as much as there is. */
  readonly uplinkKilobits: number | null;
  /** Whom to believe at the addresses of the cloud. */
  readonly trust: Trust;
  /** Devices may come without a credential. */
  readonly anonymous: boolean;
  readonly enrolment: EnrolmentConfig;
  /** Signs the webhooks of actions; null sends them unsigned. */
  readonly webhookSecret: string | null;
  /** Local history in InfluxDB 1.x; null without. */
  readonly influxUrl: string | null;
  /** Days that it keeps raw readings. */
  readonly historyDays: number;
  /** What to make of the machine's clock. */
  readonly clock: ClockMode;
  readonly dataDirectory: string;
  /** Folder of the standard in YAML; null for the built-in catalogue. */
  readonly standardFolder: string | null;
  readonly journal: JournalLimits;
  /** What it publishes for other programs; null for nothing. */
  readonly outward: OutwardConfig | null;
  /** Null without Node-RED. */
  readonly nodeRed: NodeRedConfig | null;
}

export interface NodeRedConfig {
  /** What its heap may take. */
  readonly megabytes: number;
  /** Broker of its flows, with user and password; null for the gateway's own, by a credential of its own. */
  readonly mqttUrl: string | null;
  /** Its process reads and writes its own folder only, and starts no program. */
  readonly confined: boolean;
  /** Others than its own; for tests, which cannot wait as long. */
  readonly limits?: Partial<RunLimits>;
}

/** Where devices speak to a broker that is not ours. */
export interface ExternalConfig {
  /** Of `mqtt:` or `mqtts:`, with user and password. */
  readonly url: string;
  /** What is read there. */
  readonly topics: readonly string[];
}

/** How much the journal keeps while the cloud is away. */
export interface JournalLimits {
  /** Nearly so full, it thins its readings; so full, it takes none. */
  readonly maxBytes: number;
  readonly segmentBytes: number;
  /** Older readings are thinned to their days. */
  readonly maxDays: number;
  /** It thins its readings when the disk has less left, bytes. */
  readonly minFreeBytes: number;
}

const MEGABYTE = 1024 * 1024;
/** So many segments at least, so that thinning and forgetting go in small steps. */
const SEGMENTS = 16;
const LARGEST_SEGMENT = 8 * MEGABYTE;
const MIN_FREE = 128 * MEGABYTE;
/** With less Node-RED does not even start. */
const FEWEST_MEGABYTES = 64;
const MOST_MEGABYTES = 16_384;
const ID = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/**
 * Reads a gateway's settings from the environment; every setting may also be given as `NAME_FILE`.
 * @param now when certificates are to be good, UTC epoch milliseconds
 * @throws FaultsError `EDGE_CONFIG` with everything that is wrong, not only the first.
 */
export function readEdgeConfig(
  env: Readonly<Record<string, string | undefined>>,
  now = systemClock.now(),
): EdgeConfig {
  const faults: Fault[] = [];
  const get = (name: string): string | undefined => setting(env, name, faults);
  const estate = estateOf(get('CARETAKER_ESTATE'), faults);
  const host = get('CARETAKER_HOST') ?? '127.0.0.1';
  const data = get('CARETAKER_DATA') ?? './data';
  const publicUrl = publicUrlOf(get('CARETAKER_PUBLIC_URL'), faults);
  const config = {
    ...readExposure({ text: get, data, host, publicUrl, now }, faults),
    publicUrl,
    gateway: get('CARETAKER_GATEWAY') ?? estate?.gateway ?? '',
    host,
    anonymous: anonymousOn(host, get('CARETAKER_MQTT_ANONYMOUS') ?? '0', faults),
    mqttPort: port('CARETAKER_MQTT_PORT', get('CARETAKER_MQTT_PORT') ?? '1883', faults),
    httpPort: port('CARETAKER_EDGE_HTTP_PORT', get('CARETAKER_EDGE_HTTP_PORT') ?? '8081', faults),
    uplinkUrl: get('CARETAKER_UPLINK_URL') ?? 'mqtt://127.0.0.1:1884',
    uplinkKilobits: kilobitsOf(get('CARETAKER_UPLINK_KBPS'), faults),
    trust: readTrust(get, faults),
    enrolment: {
      cloudUrl: get('CARETAKER_CLOUD_URL') ?? `http://127.0.0.1:${env.CARETAKER_HTTP_PORT || 8080}`,
      code: env.CARETAKER_ENROL_CODE || null,
      // Not read here: it may still come, and is gone once the gateway has enrolled.
      codeFile: env.CARETAKER_ENROL_CODE_FILE || null,
    },
    webhookSecret: webhookSecretOf(get('CARETAKER_WEBHOOK_SECRET'), faults),
    ...historyOf(get, faults),
    external: externalOf(get, faults),
    clock: clockModeOf(get('CARETAKER_CLOCK') ?? 'check', faults),
    dataDirectory: path.resolve(data, 'edge'),
    standardFolder: orNull(get('CARETAKER_STANDARD')),
    journal: journalLimits(get, faults),
    nodeRed: nodeRedOf(get, faults),
    outward: outwardOf(get, faults),
  };
  if (config.anonymous && config.proxies.length > 0) faults.push(anonymousBehindProxy);
  if (estate !== null && !ID.test(config.gateway)) faults.push(badGateway(config.gateway));
  checkUrl('CARETAKER_UPLINK_URL', config.uplinkUrl, ['mqtt:', 'mqtts:'], faults);
  checkUrl('CARETAKER_CLOUD_URL', config.enrolment.cloudUrl, ['http:', 'https:'], faults);
  if (faults.length > 0 || estate === null) {
    throw new FaultsError('EDGE_CONFIG', 'The gateway cannot start with these settings:', faults);
  }
  return { ...config, estate };
}

function historyOf(
  get: (name: string) => string | undefined,
  faults: Fault[],
): Pick<EdgeConfig, 'influxUrl' | 'historyDays'> {
  const influxUrl = get('INFLUX_URL') ?? null;
  if (influxUrl !== null) checkUrl('INFLUX_URL', influxUrl, ['http:', 'https:'], faults);
  const days = get('CARETAKER_HISTORY_DAYS') ?? '30';
  if (!/^[1-9]\d{0,3}$/.test(days)) {
    faults.push({
      code: 'EDGE_DAYS_INVALID',
      message: `"${days}" is no number of days`,
      next: 'give a whole number from 1 to 9999, or leave it out for 30',
      where: 'CARETAKER_HISTORY_DAYS',
    });
  }
  return { influxUrl, historyDays: Number(days) };
}

function externalOf(
  get: (name: string) => string | undefined,
  faults: Fault[],
): ExternalConfig | null {
  const url = get('EDGE_MQTT_URL');
  if (url === undefined) return null;
  checkUrl('EDGE_MQTT_URL', url, ['mqtt:', 'mqtts:'], faults);
  const topics = (get('EDGE_MQTT_TOPICS') ?? '#').split(',').map((topic) => topic.trim());
  for (const topic of topics) {
    if (isFilter(topic)) continue;
    faults.push({
      code: 'EDGE_TOPICS_INVALID',
      message: `"${topic.slice(0, 64)}" is no topic filter`,
      next: 'give filters such as zigbee2mqtt/#, with commas between them, or leave it out for all',
      where: 'EDGE_MQTT_TOPICS',
    });
  }
  return { url, topics };
}

function clockModeOf(text: string, faults: Fault[]): ClockMode {
  if (text === 'check' || text === 'wait' || text === 'trust') return text;
  faults.push({
    code: 'EDGE_CLOCK_INVALID',
    message: `"${text}" is none of check, wait and trust`,
    where: 'CARETAKER_CLOCK',
  });
  return 'check';
}

/** Slower lines would not carry a frame before the cloud takes the gateway for silent. */
const FEWEST_KILOBITS = 16;

function kilobitsOf(text: string | undefined, faults: Fault[]): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= FEWEST_KILOBITS) return value;
  faults.push({
    code: 'EDGE_KILOBITS_INVALID',
    message: `"${text}" is no whole number of kilobits per second from ${FEWEST_KILOBITS} up`,
    where: 'CARETAKER_UPLINK_KBPS',
  });
  return null;
}

/** Shorter ones can be guessed from what they sign. */
const SECRET_CHARACTERS = 16;

function webhookSecretOf(text: string | undefined, faults: Fault[]): string | null {
  if (text === undefined || text.length >= SECRET_CHARACTERS) return text ?? null;
  faults.push({
    code: 'EDGE_SECRET_SHORT',
    message: `The secret has fewer than ${SECRET_CHARACTERS} characters`,
    next: 'take one at random: openssl rand -hex 32',
    where: 'CARETAKER_WEBHOOK_SECRET',
  });
  return null;
}

const orNull = (text: string | undefined) => text ?? null;

function setting(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  faults: Fault[],
): string | undefined {
  const file = env[`${name}_FILE`];
  if (file === undefined || file === '') return env[name] === '' ? undefined : env[name];
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    faults.push({
      code: 'EDGE_FILE_UNREADABLE',
      message: `The file ${file} cannot be read: ${messageOf(error)}`,
      where: `${name}_FILE`,
    });
    return undefined;
  }
}

function estateOf(file: string | undefined, faults: Fault[]): Estate | null {
  if (file === undefined) return demoEstate();
  try {
    return loadEstate(readFileSync(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof FaultsError) faults.push(...error.faults);
    else if (error instanceof CaretakerError) faults.push(error);
    else {
      faults.push({
        code: 'EDGE_FILE_UNREADABLE',
        message: `The file ${file} cannot be read: ${messageOf(error)}`,
        where: 'CARETAKER_ESTATE',
      });
    }
    return null;
  }
}

function anonymousOn(host: string, text: string, faults: Fault[]): boolean {
  const where = 'CARETAKER_MQTT_ANONYMOUS';
  const asked = isOn(where, text, faults);
  try {
    return allowAnonymous(asked, host);
  } catch (error) {
    if (!(error instanceof CaretakerError)) throw error;
    const { code, message, next } = error;
    faults.push({ code, message, ...(next === undefined ? {} : { next }), where });
    return false;
  }
}

/** Whoever comes through a proxy on this machine comes from loopback, as it seems. */
const anonymousBehindProxy: Fault = {
  code: 'EDGE_ANONYMOUS_NOT_LOOPBACK',
  message: 'devices without a credential were allowed, and a proxy brings in other machines',
  next: 'leave it out and give each device a credential with "caretaker device add"',
  where: 'CARETAKER_MQTT_ANONYMOUS',
};

function port(name: string, text: string, faults: Fault[]): number {
  const value = Number(text);
  if (/^\d{1,5}$/.test(text) && value <= 65_535) return value;
  faults.push({
    code: 'EDGE_PORT_INVALID',
    message: `"${text}" is not a port`,
    next: 'give a number from 0 to 65535; 0 takes a free port',
    where: name,
  });
  return 0;
}

function whole(
  name: string,
  text: string,
  [least, most]: readonly [number, number],
  faults: Fault[],
): number {
  const value = Number(text);
  if (/^\d{1,7}$/.test(text) && value >= least && value <= most) return value;
  faults.push({
    code: 'EDGE_JOURNAL_LIMIT_INVALID',
    message: `"${text}" is not a whole number from ${least} to ${most}`,
    where: name,
  });
  return least;
}

function journalLimits(get: (name: string) => string | undefined, faults: Fault[]): JournalLimits {
  const size = get('CARETAKER_JOURNAL_MB') ?? '2048';
  const days = get('CARETAKER_JOURNAL_DAYS') ?? '30';
  const maxBytes = whole('CARETAKER_JOURNAL_MB', size, [16, 1_048_576], faults) * MEGABYTE;
  const maxDays = whole('CARETAKER_JOURNAL_DAYS', days, [1, 3_650], faults);
  const segmentBytes = Math.min(LARGEST_SEGMENT, maxBytes / SEGMENTS);
  return { maxBytes, segmentBytes, maxDays, minFreeBytes: MIN_FREE };
}

function nodeRedOf(
  get: (name: string) => string | undefined,
  faults: Fault[],
): NodeRedConfig | null {
  const on = isOn('CARETAKER_NODE_RED', get('CARETAKER_NODE_RED') ?? '0', faults);
  const where = 'CARETAKER_NODE_RED_MB';
  const size = get(where) ?? '256';
  const megabytes = Number(size);
  if (!/^\d{1,5}$/.test(size) || megabytes < FEWEST_MEGABYTES || megabytes > MOST_MEGABYTES) {
    faults.push({
      code: 'EDGE_NODE_RED_MEMORY_INVALID',
      message: `"${size}" is not a whole number from ${FEWEST_MEGABYTES} to ${MOST_MEGABYTES}`,
      next: 'give megabytes, or leave it out for 256',
      where,
    });
  }
  const own = get('CARETAKER_NODE_RED_MQTT_URL');
  if (on && own !== undefined) {
    checkUrl('CARETAKER_NODE_RED_MQTT_URL', own, ['mqtt:', 'mqtts:'], faults);
  }
  const mqttUrl = own ?? get('EDGE_MQTT_URL') ?? null;
  const confined = isOn(
    'CARETAKER_NODE_RED_CONFINED',
    get('CARETAKER_NODE_RED_CONFINED') ?? '1',
    faults,
  );
  return on ? { megabytes, mqttUrl, confined } : null;
}

function isOn(where: string, text: string, faults: Fault[]): boolean {
  if (text !== '0' && text !== '1') {
    faults.push({ code: 'EDGE_SWITCH_INVALID', message: `"${text}" is neither 0 nor 1`, where });
  }
  return text === '1';
}

function checkUrl(name: string, text: string, protocols: readonly string[], faults: Fault[]) {
  if (protocols.includes(URL.parse(text)?.protocol ?? '')) return;
  faults.push({
    code: 'EDGE_URL_INVALID',
    // The text itself may hold a password.
    message: `The address is not one of ${protocols.map((p) => `${p}//…`).join(' or ')}`,
    where: name,
  });
}

function publicUrlOf(text: string | undefined, faults: Fault[]): string | null {
  if (text === undefined) return null;
  const before = faults.length;
  checkUrl('CARETAKER_PUBLIC_URL', text, ['http:', 'https:'], faults);
  return faults.length > before ? null : text;
}

function badGateway(id: string): Fault {
  return {
    code: 'EDGE_GATEWAY_INVALID',
    message: `"${id}" is not a gateway id`,
    next: 'use small letters, digits, "-" and "_", at most 63',
    where: 'CARETAKER_GATEWAY',
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
