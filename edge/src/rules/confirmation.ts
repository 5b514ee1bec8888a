/** How the uplink stands at one moment. */
export interface UplinkState {
  /** Connected, and the cloud has said where to go on. */
  readonly synced: boolean;
  /** Receipt of the oldest reading that the cloud has not accepted, gateway clock; null when there is none. */
  readonly oldestPendingAt: number | null;
}

/** An instant on the gateway's clock, and on the one that never steps. */
export interface Moment {
  readonly now: number;
  readonly monotonic: number;
}

/**
 * Up to when the cloud has confirmed what the gateway received. It does so while it is synchronised: up to now when it
 * has accepted everything, else up to the oldest reading that it has not. So it has not confirmed for long both when
 * it is away and while it is busy with a backlog.
 */
export class Confirmation {
  #to: number;
  /** The same on the monotonic clock, on which its age is counted. */
  #at: number;

  /** @param oldestPendingAt of what was left from before the start; without any, the cloud gets its time from now on */
  constructor({ now, monotonic }: Moment, oldestPendingAt: number | null) {
    const age = oldestPendingAt === null ? 0 : Math.max(0, now - oldestPendingAt);
    this.#to = now - age;
    this.#at = monotonic - age;
  }

  note({ now, monotonic }: Moment, { synced, oldestPendingAt }: UplinkState): void {
    if (!synced) return;
    const age = oldestPendingAt === null ? 0 : Math.max(0, now - oldestPendingAt);
    this.#to = Math.max(this.#to, now - age);
    this.#at = Math.max(this.#at, monotonic - age);
  }

  /** All that was received until then is judged in the cloud, gateway clock. */
  get to(): number {
    return this.#to;
  }

  /** Milliseconds since the cloud last confirmed anything. */
  age(monotonic: number): number {
    return monotonic - this.#at;
  }
}
