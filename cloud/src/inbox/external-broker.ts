import type { Log } from '@caretaker/readings/base';
import { connect, type MqttClient } from 'mqtt';
import { type Arrivals, dispatch, type Transport } from './transport.ts';

/**
 * Receives frames through a broker that somebody else runs. What that broker drops the gateway sends again,
 * because only our own acknowledgement lets it forget.
 */
export class ExternalBroker implements Transport {
  readonly #url: string;
  readonly #log: Log;
  #client: MqttClient | null = null;

  constructor(url: string, log: Log) {
    this.#url = url;
    this.#log = log;
  }

  async start(arrivals: Arrivals): Promise<number> {
    // The broker may come up after us: connecting goes on in the background and never gives up.
    const client = connect(this.#url, { clean: true, reconnectPeriod: 1000, resubscribe: false });
    this.#client = client;
    client.on('error', (error) => {
      this.#log.warn({ error: error.message }, 'the uplink broker cannot be reached');
    });
    client.on('connect', () => {
      client.subscribe({ 'ctk/1/+/frames': { qos: 0 }, 'ctk/1/+/status': { qos: 1 } }, (error) => {
        if (error === null) this.#log.info({}, 'subscribed to the gateways');
        else this.#log.error({ error: error.message }, 'the uplink broker refuses us');
      });
    });
    // Strictly one at a time: the next message is read when this one has its place in a queue.
    client.handleMessage = (packet, done) => {
      const payload = Buffer.from(packet.payload);
      dispatch(arrivals, packet.topic, payload).then(
        () => done(),
        (error: Error) => done(error),
      );
    };
    return 0;
  }

  connected(): null {
    return null;
  }

  send(topic: string, payload: string): void {
    this.#client?.publish(topic, payload, { qos: 0 });
  }

  async stop(): Promise<void> {
    await this.#client?.endAsync(true);
    this.#client = null;
  }
}
