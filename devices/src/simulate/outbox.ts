import type { Clock } from '@caretaker/readings/base';
import type { Wire } from './encode.ts';

/** Sends one message at QoS 1; resolves when it was acknowledged, rejects when that cannot be known. */
export type Send = (wire: Wire) => Promise<unknown>;

/** An entry waits, is under way, or waits again; it leaves only when it was acknowledged. */
interface Entry {
  readonly wire: Wire;
  readonly acknowledged: () => void;
}

/**
 * Retrying from a timer and not from the failed send: a client that is replaying its own store fails at
 * once, and would be asked again without end.
 */
const retryAfter = 500;

/** Keeps every message until it is acknowledged, with a bounded number of them under way. */
export class Outbox {
  private readonly send: Send;
  private readonly clock: Clock;
  private readonly window: number;
  private waiting: Entry[] = [];
  private next = 0;
  private readonly failed: Entry[] = [];
  private underWay = 0;
  private closed = false;
  private cancelRetry: (() => void) | undefined;
  private watchers: (() => void)[] = [];

  constructor(send: Send, clock: Clock, window: number) {
    this.send = send;
    this.clock = clock;
    this.window = window;
  }

  /** Messages that are not acknowledged yet. */
  get pending(): number {
    return this.waiting.length - this.next + this.failed.length + this.underWay;
  }

  /** @param acknowledged called once, when the broker has taken the message. */
  push(wire: Wire, acknowledged: () => void): void {
    if (this.closed) return;
    this.waiting.push({ wire, acknowledged });
    this.pump();
  }

  /** Resolves when at most `count` messages are pending, or when the outbox was closed. */
  async below(count: number): Promise<void> {
    while (this.pending > count) {
      await new Promise<void>((resolve) => this.watchers.push(resolve));
    }
  }

  /** Forgets everything that is not under way, and lets go whoever waits. */
  close(): void {
    this.closed = true;
    this.cancelRetry?.();
    this.waiting = [];
    this.next = 0;
    this.failed.length = 0;
    this.underWay = 0;
    this.wake();
  }

  private pump(): void {
    while (this.underWay < this.window) {
      const entry = this.waiting[this.next];
      if (entry === undefined) break;
      this.next += 1;
      this.start(entry);
    }
    if (this.next < 1_024 || this.next * 2 < this.waiting.length) return;
    this.waiting = this.waiting.slice(this.next);
    this.next = 0;
  }

  private start(entry: Entry): void {
    this.underWay += 1;
    this.send(entry.wire).then(
      () => {
        if (this.closed) return;
        this.underWay -= 1;
        entry.acknowledged();
        this.pump();
        this.wake();
      },
      () => {
        if (this.closed) return;
        this.underWay -= 1;
        this.failed.push(entry);
        this.cancelRetry ??= this.clock.after(retryAfter, () => this.retry());
      },
    );
  }

  /** What failed goes first, in the order in which it was sent. */
  private retry(): void {
    this.cancelRetry = undefined;
    this.waiting = [...this.failed.splice(0), ...this.waiting.slice(this.next)];
    this.next = 0;
    this.pump();
  }

  private wake(): void {
    const watchers = this.watchers;
    this.watchers = [];
    for (const watcher of watchers) watcher();
  }
}
