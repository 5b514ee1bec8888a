import type { LiveEvents } from '../contract/index.ts';

export type LiveType = keyof LiveEvents;

export interface LiveEvent {
  readonly sequence: number;
  readonly type: LiveType;
  readonly estate: string;
  /** JSON of the event's data. */
  readonly data: string;
}

/** The newest events of all streams in one bounded log, so that a stream can go on where it broke off. */
export class EventRing {
  /** Distinguishes this process's log from an earlier one's. */
  readonly boot: string;
  readonly #maxEvents: number;
  readonly #maxBytes: number;
  readonly #events = new Map<number, LiveEvent>();
  /** Sequence of the oldest event that is held. */
  #oldest = 1;
  #bytes = 0;
  #last = 0;

  constructor(boot: string, maxEvents = 10_000, maxBytes = 16 * 1024 * 1024) {
    this.boot = boot;
    this.#maxEvents = maxEvents;
    this.#maxBytes = maxBytes;
  }

  /** Sequence of the newest event; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  append<T extends LiveType>(type: T, estate: string, data: LiveEvents[T]): void {
    this.#last += 1;
    const event = { sequence: this.#last, type, estate, data: JSON.stringify(data) };
    this.#events.set(event.sequence, event);
    this.#bytes += event.data.length;
    while (
      this.#events.size > 1 &&
      (this.#events.size > this.#maxEvents || this.#bytes > this.#maxBytes)
    ) {
      this.#bytes -= this.#events.get(this.#oldest)?.data.length ?? 0;
      this.#events.delete(this.#oldest);
      this.#oldest += 1;
    }
  }

  /** The event with this sequence; undefined when it is no longer or not yet here. */
  at(sequence: number): LiveEvent | undefined {
    return this.#events.get(sequence);
  }

  idOf(sequence: number): string {
    return `${this.boot}-${sequence}`;
  }

  /**
   * Where a stream goes on after the event it names.
   * @returns the next sequence, or the reason why it has to begin anew
   */
  resume(id: string): { readonly next: number } | { readonly reason: string } {
    const [boot, digits = ''] = id.split('-');
    const seen = /^\d{1,15}$/.test(digits) ? Number(digits) : Number.NaN;
    if (boot !== this.boot) return { reason: 'The cloud has restarted since.' };
    if (!(seen <= this.#last)) return { reason: 'This event is not known.' };
    if (seen + 1 < this.#oldest) return { reason: 'Too much has happened since.' };
    return { next: seen + 1 };
  }
}
