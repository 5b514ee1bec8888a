import { Turns } from '../host/turns.ts';

/**
 * Runs tasks strictly one after another, with a bound on what may wait: a sender waits for room before it
 * brings more, so memory stays bounded whatever the rate.
 */
export class Lane {
  readonly #bound: number;
  readonly #waiting: (() => void)[] = [];
  #held = 0;
  readonly #turns = new Turns();

  /** @param bound bytes that may wait before senders do */
  constructor(bound: number) {
    this.#bound = bound;
  }

  /** Bytes that wait or are being worked on. */
  get held(): number {
    return this.#held;
  }

  /**
   * Queues a task of `weight` bytes in the order of the calls.
   * @returns when there is room for another one; the task itself may still be waiting
   */
  push(weight: number, task: () => Promise<void>): Promise<void> {
    this.#held += weight;
    const settled = () => {
      this.#held -= weight;
      if (this.#held < this.#bound) for (const go of this.#waiting.splice(0)) go();
    };
    this.run(task).then(settled, settled);
    if (this.#held < this.#bound) return Promise.resolve();
    return new Promise((go) => this.#waiting.push(go));
  }

  /** Queues a task and gives its result. */
  run<T>(task: () => Promise<T>): Promise<T> {
    return this.#turns.run(task);
  }

  /** Settles when everything queued so far is done. */
  idle(): Promise<void> {
    return this.#turns.idle();
  }
}
