import type { Clock, Log } from '@caretaker/readings/base';

/** Where events go: the gateway's own broker, or somebody else's. */
export interface Publisher {
  /** Grows when everything has to be said again. */
  readonly connections?: number;
  /** Resolves when the broker has it. */
  publish(
    topic: string,
    payload: string,
    options: { readonly qos: 0 | 1; readonly retain: boolean; readonly fleeting?: boolean },
  ): Promise<void>;
}

export interface OutletOptions {
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly log: Log;
}

/** Counts since start. */
export interface OutletCounts {
  readonly published: number;
  /** Topics that wait for their turn. */
  readonly waiting: number;
  /** Tries that the broker did not take; they are repeated. */
  readonly failed: number;
}

/** What a topic is to say when its turn comes: a payload, empty to take back what is retained; null for nothing. */
export type Say = () => string | null;

interface Waiting {
  readonly say: Say;
  readonly qos: 0 | 1;
}

/** A topic is said this often at most. */
const TOPIC_MS = 1_000;
/** Changes that come together are said together: the metrics of one message, mostly. */
const GATHER_MS = 100;
/** So many messages in `GATHER_MS`: a thousand a second hold nobody up. */
const BURST = 100;
const RETRY_MS = 5_000;

/**
 * Says what topics have to say, each at most once a second and then what holds at that moment, so that no storm of
 * readings becomes a storm of messages. Memory is bounded by the number of topics.
 */
export class Outlet {
  readonly #options: OutletOptions;
  /** What nobody may wait for: conditions, tickets, the gateway. */
  readonly #urgent = new Map<string, Waiting>();
  readonly #rest = new Map<string, Waiting>();
  /** When topics were last said, the oldest first; of the last second only. */
  readonly #said = new Map<string, number>();
  /** What was said last of each topic, so that nothing older is repeated. */
  readonly #last = new Map<string, Say>();
  #cancel: (() => void) | null = null;
  #runsAt = Number.POSITIVE_INFINITY;
  #published = 0;
  #failed = 0;
  #stopped = false;

  constructor(options: OutletOptions) {
    this.#options = options;
  }

  get counts(): OutletCounts {
    const waiting = this.#urgent.size + this.#rest.size;
    return { published: this.#published, waiting, failed: this.#failed };
  }

  /** A retained topic has something else to say. */
  touch(topic: string, say: Say, urgency: 'urgent' | 'rest' = 'rest'): void {
    if (this.#stopped) return;
    const urgent = urgency === 'urgent' || this.#urgent.has(topic);
    if (urgent) this.#rest.delete(topic);
    (urgent ? this.#urgent : this.#rest).set(topic, { say, qos: urgency === 'urgent' ? 1 : 0 });
    this.#schedule(urgent ? 0 : GATHER_MS);
  }

  /** Says something that happened, once, at once and unretained. */
  tell(topic: string, payload: string): void {
    if (this.#stopped) return;
    this.#published += 1;
    this.#options.publisher.publish(topic, payload, { qos: 1, retain: false }).catch((error) => {
      this.#failed += 1;
      this.#options.log.warn({ topic, error }, 'an event could not be published');
    });
  }

  /** Nothing more is said but these, which are waited for. */
  async stop(last: ReadonlyMap<string, string>): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    const said = [...last].map(([topic, payload]) => this.#publish(topic, payload, 1));
    await Promise.allSettled(said);
  }

  #schedule(delayMs: number): void {
    if (this.#stopped) return;
    const { clock } = this.#options;
    const at = clock.monotonic() + delayMs;
    if (at >= this.#runsAt) return;
    this.#cancel?.();
    this.#runsAt = at;
    this.#cancel = clock.after(delayMs, () => {
      this.#cancel = null;
      this.#runsAt = Number.POSITIVE_INFINITY;
      this.#run();
    });
  }

  #run(): void {
    const now = this.#options.clock.monotonic();
    for (const [topic, at] of this.#said) {
      if (now - at < TOPIC_MS) break;
      this.#said.delete(topic);
    }
    let left = BURST;
    for (const queue of [this.#urgent, this.#rest]) {
      for (const [topic, { say, qos }] of queue) {
        if (left === 0) break;
        if (this.#said.has(topic)) continue;
        queue.delete(topic);
        const payload = say();
        if (payload === null) continue;
        left -= 1;
        this.#said.set(topic, now);
        this.#send(topic, payload, say, qos);
      }
    }
    if (this.#urgent.size + this.#rest.size > 0) this.#schedule(GATHER_MS);
  }

  #send(topic: string, payload: string, say: Say, qos: 0 | 1): void {
    this.#published += 1;
    if (payload === '') this.#last.delete(topic);
    else this.#last.set(topic, say);
    const last = this.#last.get(topic);
    this.#publish(topic, payload, qos).catch((error: unknown) => {
      this.#failed += 1;
      this.#options.log.debug({ topic, error }, 'an event is published later');
      this.#options.clock.after(RETRY_MS, () => {
        const waits = this.#urgent.has(topic) || this.#rest.has(topic);
        if (waits || this.#last.get(topic) !== last) return;
        this.touch(topic, say, qos === 1 ? 'urgent' : 'rest');
      });
    });
  }

  #publish(topic: string, payload: string, qos: 0 | 1): Promise<void> {
    return this.#options.publisher.publish(topic, payload, { qos, retain: true, fleeting: true });
  }
}
