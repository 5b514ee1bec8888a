import path from 'node:path';
import type { Estate } from '@caretaker/devices/model';
import type { Clock, Log } from '@caretaker/readings/base';
import type { OwnCredential } from '../access/index.ts';
import type { RunLimits } from './run.ts';
import { type BrokerAccess, NodeRed } from './supervisor.ts';

interface Wanted {
  readonly megabytes: number;
  readonly mqttUrl: string | null;
  readonly confined: boolean;
  readonly limits?: Partial<RunLimits>;
}

export interface StartOptions {
  /** Null when it is switched off. */
  readonly nodeRed: Wanted | null;
  /** By which its flows come to the broker; null when it is switched off. */
  readonly own: OwnCredential | null;
  /** Opens the broker to programs of this machine. @returns the port */
  readonly inside: () => Promise<number>;
  /** Of the gateway. */
  readonly dataDirectory: string;
  readonly gateway: string;
  readonly estate: Estate;
  readonly clock: Clock;
  readonly log: Log;
}

/** Begins to run Node-RED beside the device broker. @returns null when it is switched off */
export async function startNodeRed(options: StartOptions): Promise<NodeRed | null> {
  const { nodeRed: wanted, own, inside, dataDirectory, gateway, estate, clock, log } = options;
  if (wanted === null || own === null) return null;
  const { mqttUrl, ...given } = wanted;
  const port = mqttUrl === null ? await inside() : 0;
  const url = `mqtt://127.0.0.1:${port}`;
  const nodeRed = new NodeRed({
    ...{ gateway, estate: estate.id, clock, log: log.child({ part: 'node-red' }) },
    ...{ ...given, directory: path.join(dataDirectory, 'node-red') },
    grant: () =>
      mqttUrl === null ? { url, user: own.id, password: own.renew() } : accessOf(mqttUrl),
    revoke: () => own.end(),
  });
  nodeRed.start();
  return nodeRed;
}

/** An address with user and password, taken apart. */
function accessOf(address: string): BrokerAccess {
  const { protocol, hostname, port, username, password } = new URL(address);
  const standard = protocol === 'mqtts:' ? '8883' : '1883';
  return {
    url: `${protocol}//${hostname}:${port === '' ? standard : port}`,
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
}
