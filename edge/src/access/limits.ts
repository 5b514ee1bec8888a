/** So much a second on average, and so much at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** What one client may do; a client over its rate is read more slowly, never dropped from. */
export interface ClientLimits {
  readonly messages: Rate;
  readonly bytes: Rate;
  /** Bytes of topic and payload in one message. */
  readonly messageBytes: number;
  /** Filters subscribed to at a time. */
  readonly subscriptions: number;
}

/**
 * A device: a vibration meter that says ten values a second is the busiest we know; the burst is what one with
 * memory sends after an hour without network at one message a second.
 */
const device: ClientLimits = {
  messages: { perSecond: 50, burst: 3_600 },
  bytes: { perSecond: 64_000, burst: 4_000_000 },
  messageBytes: 64_000,
  subscriptions: 8,
};

/**
 * A bridge speaks for all devices of a network: 2,000 messages a second are a thousand lamps switched within
 * half a second. Zigbee2MQTT subscribes for each group and device, hence the many filters, and sends its list
 * of devices in one message of some 100 kB.
 */
const bridge: ClientLimits = {
  messages: { perSecond: 2_000, burst: 50_000 },
  bytes: { perSecond: 2_000_000, burst: 50_000_000 },
  messageBytes: 250_000,
  subscriptions: 1_000,
};

export const clientLimits = { device, bridge } as const;

/** A client that would have to be held up for longer than this sends without end: it is cut off. */
export const LONGEST_WAIT_MS = 30_000;

/**
 * Connections from one address. A router may hide every device of an estate: a thousand come back at once
 * after a power cut, and what is beyond comes back within seconds, because devices try again.
 */
export const connectionRate: Rate = { perSecond: 50, burst: 1_000 };

/** Refusals of one kind and name that are told: a device that tries an old secret each second fills no log. */
export const reportRate: Rate = { perSecond: 1 / 60, burst: 5 };

/**
 * Connections at a time with one credential: the device, somebody who tries it out by hand, and two half-dead
 * lines after a power cut.
 */
export const mostSessions = 4;

/** Fills at a steady rate, up to its burst. Times are milliseconds of a clock that never steps. */
export class TokenBucket {
  readonly #rate: Rate;
  #held: number;
  #at: number;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#held = rate.burst;
    this.#at = now;
  }

  /**
   * Takes, into debt if need be.
   * @returns milliseconds until the debt is paid; 0 without one
   */
  take(amount: number, now: number): number {
    this.#fill(now);
    this.#held -= amount;
    return this.#held >= 0 ? 0 : Math.ceil((-this.#held / this.#rate.perSecond) * 1_000);
  }

  /** Takes only what is there. */
  tryTake(amount: number, now: number): boolean {
    if (!this.has(amount, now)) return false;
    this.#held -= amount;
    return true;
  }

  has(amount: number, now: number): boolean {
    this.#fill(now);
    return this.#held >= amount;
  }

  /** Nothing taken that has not come back: as good as new. */
  isFull(now: number): boolean {
    return this.has(this.#rate.burst, now);
  }

  #fill(now: number): void {
    const passed = Math.max(0, now - this.#at) / 1_000;
    this.#held = Math.min(this.#rate.burst, this.#held + passed * this.#rate.perSecond);
    this.#at = Math.max(this.#at, now);
  }
}

/** One bucket a key, for at most so many keys. */
export class KeyedBuckets {
  readonly #rate: Rate;
  readonly #most: number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(rate: Rate, most = 20_000) {
    this.#rate = rate;
    this.#most = most;
  }

  tryTake(key: string, now: number): boolean {
    return this.#of(key, now).tryTake(1, now);
  }

  has(key: string, now: number): boolean {
    return this.#buckets.get(key)?.has(1, now) ?? true;
  }

  get size(): number {
    return this.#buckets.size;
  }

  #of(key: string, now: number): TokenBucket {
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    if (this.#buckets.size >= this.#most) this.#makeRoom(now);
    const fresh = new TokenBucket(this.#rate, now);
    this.#buckets.set(key, fresh);
    return fresh;
  }

  /** Full buckets say nothing; if none is full, the oldest one goes. */
  #makeRoom(now: number): void {
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(key);
    if (this.#buckets.size < this.#most) return;
    const oldest = this.#buckets.keys().next();
    if (oldest.done !== true) this.#buckets.delete(oldest.value);
  }
}

/** What one client sends, against its limits. */
export class ClientMeter {
  readonly #limits: ClientLimits;
  readonly #messages: TokenBucket;
  readonly #bytes: TokenBucket;

  constructor(limits: ClientLimits, now: number) {
    this.#limits = limits;
    this.#messages = new TokenBucket(limits.messages, now);
    this.#bytes = new TokenBucket(limits.bytes, now);
  }

  /** @returns milliseconds to hold the message up; null when the client is to be cut off */
  message(bytes: number, now: number): number | null {
    if (bytes > this.#limits.messageBytes) return null;
    const wait = Math.max(this.#messages.take(1, now), this.#bytes.take(bytes, now));
    return wait > LONGEST_WAIT_MS ? null : wait;
  }
}
