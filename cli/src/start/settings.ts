import { resolve } from 'node:path';
import { type Fault, FaultsError, systemClock } from '@caretaker/readings/base';
import { readExposure, type TlsSettings } from '@caretaker/readings/tls';

type Environment = Readonly<Record<string, string | undefined>>;

/** Each port of the product, the variable that sets it, and its default. */
export const portVariables = {
  http: ['CARETAKER_HTTP_PORT', 8080],
  mqtt: ['CARETAKER_MQTT_PORT', 1883],
  edgeHttp: ['CARETAKER_EDGE_HTTP_PORT', 8081],
  cloudMqtt: ['CARETAKER_CLOUD_MQTT_PORT', 1884],
} as const satisfies Record<string, readonly [variable: string, preset: number]>;
export type PortName = keyof typeof portVariables;

/** What `caretaker start` itself needs to know; the parts read the rest of the environment. */
export interface Settings {
  readonly host: string;
  readonly ports: Readonly<Record<PortName, number>>;
  /** Absolute. */
  readonly dataFolder: string;
  readonly simulate: boolean;
  /** Devices may come without a credential: so on this machine unless set otherwise. */
  readonly anonymous: string;
  /** Devices speak to a broker that is not the gateway's. */
  readonly foreignBroker: boolean;
  /** Null when all is spoken in the clear. */
  readonly tls: TlsSettings | null;
  /** Address under which people reach the pages; null when it is that of the host. */
  readonly publicUrl: string | null;
}

function readPort(environment: Environment, name: PortName, faults: Fault[]): number {
  const [variable, preset] = portVariables[name];
  const text = environment[variable];
  if (text === undefined || text === '') return preset;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  faults.push({
    code: 'CLI_SETTING_INVALID',
    where: variable,
    message: `"${text}" is not a port`,
    next: 'a whole number from 1 to 65535',
  });
  return preset;
}

/** Simulated devices have no credentials: without devices that come so there are none either. */
function readSimulate(environment: Environment, anonymous: boolean, faults: Fault[]): boolean {
  const text = environment.CARETAKER_SIMULATE;
  const foreign = isForeign(environment);
  // An estate of one's own is real, and so is a broker: nothing invented goes into it unless asked for.
  if (text === undefined || text === '') {
    return environment.CARETAKER_ESTATE === undefined && anonymous && !foreign;
  }
  if (text === '1' && foreign) {
    faults.push({
      code: 'CLI_SETTING_INVALID',
      where: 'CARETAKER_SIMULATE',
      message:
        "simulated devices speak to the gateway's own broker, and EDGE_MQTT_URL names another",
      next: 'leave one of them out',
    });
    return false;
  }
  if (text === '1' && !anonymous) {
    faults.push({
      code: 'CLI_SETTING_INVALID',
      where: 'CARETAKER_SIMULATE',
      message: 'simulated devices have no credentials, and the gateway asks for them',
      next: 'leave it out, or listen on 127.0.0.1 with CARETAKER_MQTT_ANONYMOUS=1',
    });
    return false;
  }
  if (text === '0' || text === '1') return text === '1';
  faults.push({
    code: 'CLI_SETTING_INVALID',
    where: 'CARETAKER_SIMULATE',
    message: `"${text}" is neither 0 nor 1`,
  });
  return false;
}

function isForeign({ EDGE_MQTT_URL: url, EDGE_MQTT_URL_FILE: file }: Environment): boolean {
  return Boolean(url || file);
}

const loopback = /^(127(\.\d{1,3}){3}|::1|localhost)$/;

/**
 * @param now when certificates are to be good, UTC epoch milliseconds
 * @throws FaultsError `CLI_SETTINGS` with every fault of the environment.
 */
export function readSettings(environment: Environment, now = systemClock.now()): Settings {
  const faults: Fault[] = [];
  const host = environment.CARETAKER_HOST ?? '127.0.0.1';
  const port = (name: PortName) => readPort(environment, name, faults);
  const dataFolder = resolve(environment.CARETAKER_DATA ?? 'data');
  // An address that is none is told of by the parts.
  const publicUrl = URL.parse(environment.CARETAKER_PUBLIC_URL ?? '')?.href ?? null;
  const text = (name: string) => environment[name];
  const reach = { text, data: dataFolder, host, publicUrl, now };
  const { tls, proxies } = readExposure(reach, faults);
  // Through a proxy on this machine others come from loopback, too.
  const alone = loopback.test(host) && proxies.length === 0;
  const anonymous = environment.CARETAKER_MQTT_ANONYMOUS || (alone ? '1' : '0');
  const settings: Settings = {
    host,
    tls,
    publicUrl,
    ports: {
      http: port('http'),
      mqtt: port('mqtt'),
      edgeHttp: port('edgeHttp'),
      cloudMqtt: port('cloudMqtt'),
    },
    dataFolder,
    foreignBroker: isForeign(environment),
    simulate: readSimulate(environment, anonymous === '1', faults),
    anonymous,
  };
  if (faults.length > 0) {
    throw new FaultsError('CLI_SETTINGS', 'Some settings cannot be used:', faults);
  }
  return settings;
}
