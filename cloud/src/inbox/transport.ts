import { parseTopic } from '../policy/topics.ts';

/** What arrives from gateways. Both may be called again before an earlier call has settled. */
export interface Arrivals {
  /**
   * A frame as received. Settles when there is room for the next one: until then the transport reads no more
   * from this gateway.
   */
  frame(gateway: string, bytes: Uint8Array): Promise<void>;
  /** A status message as received. */
  status(gateway: string, bytes: Uint8Array): Promise<void>;
}

/** The MQTT side of the inbox: a broker of our own, or a client of somebody else's. */
export interface Transport {
  /** @returns the port it listens on; 0 when it listens on none */
  start(arrivals: Arrivals): Promise<number>;
  /** Whether a gateway's connection stands; null where somebody else's broker knows. */
  connected(gateway: string): boolean | null;
  /** Best effort: a gateway that misses it asks again. */
  send(topic: string, payload: string): void;
  stop(): Promise<void>;
}

/** The gateway and channel of a topic that gateways publish on; null for any other topic. */
export function parseUplinkTopic(
  topic: string,
): { readonly gateway: string; readonly channel: 'frames' | 'status' } | null {
  const named = parseTopic(topic);
  if (named === null) return null;
  const { gateway, channel } = named;
  return channel === 'frames' || channel === 'status' ? { gateway, channel } : null;
}

/** Hands a message to the side that takes it; messages on other topics are nobody's. */
export async function dispatch(
  arrivals: Arrivals,
  topic: string,
  payload: Uint8Array,
): Promise<void> {
  const parsed = parseUplinkTopic(topic);
  if (parsed === null) return;
  if (parsed.channel === 'frames') await arrivals.frame(parsed.gateway, payload);
  else await arrivals.status(parsed.gateway, payload);
}
