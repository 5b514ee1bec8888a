import type { Clock } from '@caretaker/readings/base';
import type { MqttClient } from 'mqtt';

const retryMs = 500;

/** A message that must arrive. */
export interface Outgoing {
  readonly topic: string;
  readonly payload: string;
}

/** Publishes with QoS 1 and a bounded number of messages that are not yet acknowledged. */
export interface Publisher {
  /** Resolves when the message is on its way and there is room for the next. */
  send(message: Outgoing): Promise<void>;
  /** Resolves when every message sent so far is acknowledged. */
  settled(): Promise<void>;
  /** Messages acknowledged so far. */
  readonly acknowledged: number;
}

/**
 * A publisher that repeats every message until it is acknowledged, across any number of broken connections.
 * A message may arrive more than once; readings carry their time, so a copy changes nothing.
 */
export function createPublisher(client: MqttClient, clock: Clock, window: number): Publisher {
  let waiting = 0;
  let acknowledged = 0;
  let wake: () => void = () => {};
  let woken = new Promise<void>((resolve) => {
    wake = resolve;
  });

  const attempt = (message: Outgoing): void => {
    client.publish(message.topic, message.payload, { qos: 1 }, (error) => {
      // mqtt.js gives up a message when the connection breaks while it resends; a retry at once would
      // loop inside its store for ever.
      if (error) {
        clock.after(retryMs, () => attempt(message));
        return;
      }
      waiting -= 1;
      acknowledged += 1;
      wake();
    });
  };
  const below = async (limit: number): Promise<void> => {
    while (waiting >= limit) {
      await woken;
      woken = new Promise((resolve) => {
        wake = resolve;
      });
    }
  };
  return {
    async send(message) {
      await below(window);
      waiting += 1;
      attempt(message);
    },
    settled: () => below(1),
    get acknowledged() {
      return acknowledged;
    },
  };
}
