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

/** aedes by the form of `publish` that it uses itself, with a client: its types leave it out. */
export interface Router {
  publish: Publish;
}

/**
 * Spares aedes the search for subscribers where there certainly are none, as for most of what devices send, and
 * devices the wait until everybody has got what they sent: a subscriber that does not read would hold up all who
 * publish. Measured with `pnpm bench edge` at 8x200: the first of them from 0.45 to 0.75 of a bare aedes, and 100 MB
 * less memory.
 */
export function routeEarly(broker: Aedes, listeners: Listeners): void {
  const routed = broker as unknown as Router;
  const publish = routed.publish.bind(broker);
  routed.publish = (packet, client, done) => {
    if (typeof client === 'function') {
      publish(packet, client);
      return;
    }
    const silent =
      packet.retain !== true &&
      (isDropped(packet) || (!packet.topic.startsWith('$') && !listeners.mayHear(packet.topic)));
    if (!silent) publish(packet, client, ignored);
    done?.(null);
  };
}

function ignored(): void {}
