import type { Clock } from '@caretaker/readings/base';
import type { Uplink } from '../uplink/index.ts';
import { Confirmation } from './confirmation.ts';

/** Looking up what is pending reads the journal. */
const LOOK_MS = 500;

/** Asks the uplink from time to time up to when the cloud has confirmed what the gateway received. */
export class Confirming {
  readonly #uplink: Pick<Uplink, 'synced' | 'backlog'>;
  readonly #clock: Clock;
  #confirmation: Confirmation;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(uplink: Pick<Uplink, 'synced' | 'backlog'>, clock: Clock) {
    this.#uplink = uplink;
    this.#clock = clock;
    this.#confirmation = new Confirmation(this.#moment(), null);
  }

  /** With a backlog from before the start, the cloud has not confirmed for as long as that is old. */
  async start(): Promise<void> {
    const { oldestPendingAt } = await this.#uplink.backlog();
    this.#confirmation = new Confirmation(this.#moment(), oldestPendingAt);
  }

  async look(): Promise<void> {
    const moment = this.#moment();
    if (!this.#uplink.synced || moment.monotonic - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = moment.monotonic;
    const { pending, oldestPendingAt } = await this.#uplink.backlog();
    // Those that wait for their time say nothing yet.
    if (pending > 0 && oldestPendingAt === null) return;
    // It may have gone while this was looked up.
    this.#confirmation.note(moment, { synced: this.#uplink.synced, oldestPendingAt });
  }

  /** All that was received until then is judged in the cloud, gateway clock. */
  get to(): number {
    return this.#confirmation.to;
  }

  /** Milliseconds since the cloud last confirmed anything. */
  get age(): number {
    return this.#confirmation.age(this.#clock.monotonic());
  }

  #moment() {
    return { now: this.#clock.now(), monotonic: this.#clock.monotonic() };
  }
}
