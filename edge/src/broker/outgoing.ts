import type { Client } from 'aedes';

/** Below this nobody is counted as slow: what a panel on a poor radio has on the way. */
const EASY_BYTES = 64 * 1024;
/** What waits in this process for one subscriber that does not read, and for all of them. */
const CLIENT_BYTES = 512 * 1024;
const ALL_BYTES = 8 * 1024 * 1024;

/** What is to become of a message for a subscriber. */
export type Verdict = 'send' | 'drop' | 'cut';

/**
 * Keeps what waits for slow subscribers within bounds, so that those who publish need not wait for them: a message
 * at QoS 0 is dropped and counted, as MQTT allows; who asked for more is cut off, because it may miss none that it
 * will not get again. The broker itself cuts off who reads nothing at all for a while.
 */
export class Outgoing {
  readonly #slow = new Set<Client>();
  #dropped = 0;

  /** Messages at QoS 0 that slow subscribers did not get, since start. */
  get dropped(): number {
    return this.#dropped;
  }

  judge(client: Client): Verdict {
    const { conn } = client;
    if (conn.writableLength < EASY_BYTES) return 'send';
    this.#note(client);
    if (conn.writableLength < Math.min(CLIENT_BYTES, ALL_BYTES / this.#slow.size)) return 'send';
    if (wantsAll(client)) return 'cut';
    this.#dropped += 1;
    return 'drop';
  }

  #note(client: Client): void {
    if (this.#slow.has(client)) return;
    this.#slow.add(client);
    const forget = () => this.#slow.delete(client);
    client.conn.once('drain', forget);
    client.conn.once('close', forget);
  }
}

/** Whether it has a subscription at QoS 1 or 2. */
function wantsAll(client: Client): boolean {
  return Object.values(subscriptionsOf(client)).some(({ qos }) => qos > 0);
}

/** What a connected client was granted, by filter. */
export function subscriptionsOf(
  client: Client,
): Readonly<Record<string, { readonly qos: number }>> {
  // Its types leave it out.
  const { subscriptions } = client as unknown as {
    readonly subscriptions: Readonly<Record<string, { readonly qos: number }>>;
  };
  return subscriptions;
}
