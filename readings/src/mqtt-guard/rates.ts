/** So much a second on average, and so much at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** What one client may send; a client over its rate is read more slowly, never dropped from. */
export interface MessageLimits {
  readonly messages: Rate;
  readonly bytes: Rate;
  /** Bytes of topic and payload in one message. */
  readonly messageBytes: number;
}

/** A client that would have to be held up for longer than this sends without end: it is cut off. */
const LONGEST_WAIT_MS = 30_000;

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
    return this.#debt();
  }

  /** Milliseconds until the debt is paid; 0 without one. */
  wait(now: number): number {
    this.#fill(now);
    return this.#debt();
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

  #debt(): number {
    return this.#held >= 0 ? 0 : Math.ceil((-this.#held / this.#rate.perSecond) * 1_000);
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
  readonly #limits: MessageLimits;
  readonly #messages: TokenBucket;
  readonly #bytes: TokenBucket;

  constructor(limits: MessageLimits, now: number) {
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

  /** Milliseconds until the client may be read again. */
  wait(now: number): number {
    return Math.max(this.#messages.wait(now), this.#bytes.wait(now));
  }

  /** Nothing sent that still counts: as good as new. */
  isFull(now: number): boolean {
    return this.#messages.isFull(now) && this.#bytes.isFull(now);
  }
}
