import path from 'node:path';
import type { Clock, Log } from '@caretaker/readings/base';
import type { Tls } from '@caretaker/readings/tls';
import type { Access } from './access/index.ts';
import { Broker, type BrokerCounts, type PublishOptions } from './broker/index.ts';
import type { EdgeConfig } from './config.ts';
import { ExternalBroker, type ExternalStatus } from './external/index.ts';
import type { Ingest } from './ingest/index.ts';
import { farewell } from './outward/index.ts';

/** What devices speak to: our broker, or one that somebody else runs. */
export interface DeviceBroker {
  /** 0 with one of somebody else. */
  readonly port: number;
  readonly counts: BrokerCounts;
  /** Grows when whatever was published has to be said again, for somebody else's broker may have lost it. */
  readonly connections: number;
  /** Null with our own. */
  readonly external: ExternalStatus | null;
  /** Says something of the gateway's own to who has subscribed; resolves when the broker has it. */
  publish(topic: string, payload: string | Uint8Array, options: PublishOptions): Promise<void>;
  /**
   * Opens our own to programs of this machine.
   * @returns the port; 0 with one of somebody else
   */
  startInside(): Promise<number>;
  stop(): Promise<void>;
}

interface Parts {
  readonly ingest: Ingest;
  readonly access: Access;
  readonly tls: Tls | null;
  readonly clock: Clock;
  readonly log: Log;
}

/** @throws CaretakerError `EDGE_PORT_UNAVAILABLE`; a broker of somebody else may still be away */
export async function startDeviceBroker(config: EdgeConfig, parts: Parts): Promise<DeviceBroker> {
  const broker = await startBroker(config, parts);
  parts.ingest.onRequest(({ topic, payload }) => {
    // What a device does not hear is asked again when it next speaks.
    broker.publish(topic, payload, { qos: 0, retain: false }).catch((error: unknown) => {
      parts.log.warn({ topic, error }, 'a device could not be asked');
    });
  });
  return broker;
}

async function startBroker(
  { host, mqttPort, external, gateway, estate, outward, trust, dataDirectory }: EdgeConfig,
  { ingest, access, tls, clock, log }: Parts,
): Promise<DeviceBroker> {
  if (external === null) {
    const broker = new Broker({
      host,
      port: mqttPort,
      ingest,
      access,
      tls,
      sessionsFile: path.join(dataDirectory, 'sessions.sqlite'),
      clock,
      log,
    });
    let port = 0;
    try {
      port = await broker.start();
    } catch (error) {
      await broker.stop();
      throw error;
    }
    return {
      port,
      get counts() {
        return broker.counts;
      },
      connections: 0,
      external: null,
      publish: (...message) => broker.publish(...message),
      startInside: () => broker.startInside(),
      stop: () => broker.stop(),
    };
  }
  const will = outward === null ? null : farewell(estate.id, gateway, clock.now());
  const broker = new ExternalBroker({ ...external, gateway, will, trust, ingest, clock, log });
  broker.start();
  return {
    port: 0,
    counts: { ...noClients, refusals: access.refusals },
    get connections() {
      return broker.status.connections;
    },
    get external() {
      return broker.status;
    },
    publish: (...message) => broker.publish(...message),
    startInside: () => Promise.resolve(0),
    stop: () => broker.stop(),
  };
}

const noClients = { clients: 0, cutOff: 0, dropped: 0, sessions: { lost: 0, unretained: 0 } };
