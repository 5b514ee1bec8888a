import type { Aedes } from 'aedes';
import { isDropped, matches } from '../access/index.ts';

/** Beyond this many filters aedes's own index finds subscribers faster than we rule them out. */
const MOST_FILTERS = 64;

/** Knows every filter that anybody ever subscribed to; sessions may outlive their connection. */
export class Listeners {
  readonly #filters = new Set<string>();

  add(filter: string): void {
    if (this.#filters.size <= MOST_FILTERS) this.#filters.add(filter);
  }

  /** False only when certainly nobody listens. */
  mayHear(topic: string): boolean {
    if (this.#filters.size > MOST_FILTERS) return true;
    for (const filter of this.#filters) if (matches(filter, topic)) return true;
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
  readonly mq: { emit: (packet: unknown, done?: () => void) => unknown };
}

/** One message after the other, from its number to the moment when it is handed to those who hear it. */
class Queue {
  readonly #waiting: ((over: () => void) => void)[] = [];
  #busy = false;

  /** @param begin calls `over` when the next one may begin; calling it again changes nothing */
  run(begin: (over: () => void) => void): void {
    this.#waiting.push(begin);
    if (!this.#busy) this.#go();
  }

  #go(): void {
    this.#busy = true;
    // Most are over at once: a loop, because calls within calls would end the process.
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const turn = { over: false, left: false };
      next(() => {
        if (turn.over) return;
        turn.over = true;
        if (turn.left) this.#go();
      });
      turn.left = !turn.over;
      if (turn.left) return;
    }
    this.#busy = false;
  }
}

/**
 * Spares aedes the search for subscribers where there certainly are none, as for most of what devices send, and
 * devices the wait until everybody has got what they sent: a subscriber that does not read would hold up all who
 * publish. Measured with `pnpm bench edge` at 8x200: the first of them from 0.45 to 0.75 of a bare aedes, and 100 MB
 * less memory.
 *
 * And keeps messages in order: aedes numbers them when they are published, hands those at QoS 1 and 2 and retained
 * ones on a little later, and takes a lower number than the one before for a repeat, which a subscriber never gets.
 */
export function routeEarly(broker: Aedes, listeners: Listeners): void {
  const routed = broker as unknown as Router;
  const publish = routed.publish.bind(broker);
  const queue = new Queue();
  let handedOn: () => void = () => {};
  const emit = routed.mq.emit.bind(routed.mq);
  routed.mq.emit = (packet, done) => {
    const result = emit(packet, done);
    handedOn();
    return result;
  };
  const inOrder: Publish = (packet, client, done) =>
    queue.run((over) => {
      handedOn = over;
      publish(packet, client, (error) => {
        // Only when it failed has it not been handed on before.
        over();
        done?.(error);
      });
    });
  routed.publish = (packet, client, done) => {
    if (typeof client === 'function') {
      inOrder(packet, null, client as typeof done);
      return;
    }
    const silent =
      packet.retain !== true &&
      (isDropped(packet) || (!packet.topic.startsWith('$') && !listeners.mayHear(packet.topic)));
    if (!silent) inOrder(packet, client, ignored);
    done?.(null);
  };
}

function ignored(): void {}
