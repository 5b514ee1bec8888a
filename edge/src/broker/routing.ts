import type { Aedes } from 'aedes';
import { isDropped } from '../access/index.ts';

/** Beyond this many filters aedes's own index finds subscribers faster than we rule them out. */
const MOST_FILTERS = 64;

/** Whether a topic filter takes a topic [MQTT-4.7.1]. */
export function takes(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  for (const [index, name] of wanted.entries()) {
    if (name === '#') return true;
    const level = levels[index];
    if (level === undefined || (name !== '+' && name !== level)) return false;
  }
  return wanted.length === levels.length;
}

/** Knows every filter that anybody ever subscribed to; sessions may outlive their connection. */
export class Listeners {
  readonly #filters = new Set<string>();

  add(filter: string): void {
    if (this.#filters.size <= MOST_FILTERS) this.#filters.add(filter);
  }

  /** False only when certainly nobody listens. */
  mayHear(topic: string): boolean {
    if (this.#filters.size > MOST_FILTERS) return true;
    for (const filter of this.#filters) if (takes(filter, topic)) return true;
    return false;
  }
}

interface Routed {
  readonly topic: string;
  readonly retain?: boolean;
}

type Publish = (packet: Routed, client: unknown, done?: (error?: Error | null) => void) => void;

/**
 * Spares aedes the search for subscribers where there certainly are none, as for most of what devices send.
 * Measured with `bench ingest` at 8x200: from 0.45 to 0.75 of a bare aedes, and 100 MB less memory.
 */
export function skipUnheard(broker: Aedes, listeners: Listeners): void {
  // Its types leave out the form with a client, which aedes uses itself.
  const routed = broker as unknown as { publish: Publish };
  const publish = routed.publish.bind(broker);
  routed.publish = (packet, client, done) => {
    const silent =
      typeof client !== 'function' &&
      packet.retain !== true &&
      (isDropped(packet) || (!packet.topic.startsWith('$') && !listeners.mayHear(packet.topic)));
    if (silent) done?.(null);
    else publish(packet, client, done);
  };
}
