import type { Clock } from '@caretaker/readings/base';
import type { EventRing, LiveEvent } from './ring.ts';

/** The writing side of one HTTP response; `http.ServerResponse` satisfies it. */
export interface Sink {
  write(chunk: string): boolean;
  once(event: 'drain', listener: () => void): unknown;
  destroy(): unknown;
}

/** Who hears a stream. */
export interface Audience {
  readonly hears: (estate: string) => boolean;
  /** Asked at every heartbeat: what they may hear now; null when they may hear no more. */
  readonly renew: () => Promise<((estate: string) => boolean) | null>;
}

const heartbeatEvery = 2000;
/** A client that takes nothing for this long is cut off; it comes back and resumes. */
const stallLimit = 15_000;

interface Stream {
  readonly sink: Sink;
  readonly audience: Audience;
  hears: Audience['hears'];
  next: number;
  /** Monotonic time since which the sink has been full; null while it takes more. */
  stalledSince: number | null;
}

/**
 * Server-sent events to many clients. Each reads the one ring at its own pace, so a slow client costs no
 * memory: it falls out of the ring, or stalls, and is cut off.
 */
export class LiveStreams {
  readonly #ring: EventRing;
  readonly #clock: Clock;
  readonly #streams = new Set<Stream>();
  #cancel: (() => void) | null = null;

  constructor(ring: EventRing, clock: Clock) {
    this.#ring = ring;
    this.#clock = clock;
  }

  get count(): number {
    return this.#streams.size;
  }

  start(): void {
    this.#cancel = this.#clock.every(heartbeatEvery, () => this.#beat());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    for (const stream of [...this.#streams]) this.#drop(stream);
  }

  /**
   * Begins a stream.
   * @param lastEventId what the client saw last; null for a new one, which begins with the next event
   * @returns to be called when the client is gone
   */
  open(sink: Sink, audience: Audience, lastEventId: string | null): () => void {
    const resumed = lastEventId === null ? null : this.#ring.resume(lastEventId);
    const next = resumed !== null && 'next' in resumed ? resumed.next : this.#ring.last + 1;
    const stream: Stream = {
      ...{ sink, audience, hears: audience.hears },
      ...{ next, stalledSince: null },
    };
    this.#streams.add(stream);
    // An id without data sets where the client resumes, even if it breaks off before the first event.
    const position = `id: ${this.#ring.idOf(next - 1)}\n`;
    if (resumed !== null && 'reason' in resumed) {
      sink.write(`${position}event: reset\ndata: ${JSON.stringify(resumed)}\n\n`);
    } else sink.write(`retry: 1000\n${position}\n`);
    this.#pump(stream);
    return () => this.#streams.delete(stream);
  }

  /** Sends what the ring has got since. */
  flush(): void {
    for (const stream of [...this.#streams]) this.#pump(stream);
  }

  #pump(stream: Stream): void {
    while (stream.stalledSince === null && stream.next <= this.#ring.last) {
      const event = this.#ring.at(stream.next);
      if (event === undefined) {
        this.#drop(stream);
        return;
      }
      stream.next += 1;
      if (stream.hears(event.estate)) this.#write(stream, this.#format(event));
    }
  }

  #format({ sequence, type, data }: LiveEvent): string {
    return `id: ${this.#ring.idOf(sequence)}\nevent: ${type}\ndata: ${data}\n\n`;
  }

  #write(stream: Stream, chunk: string): void {
    if (stream.sink.write(chunk)) return;
    stream.stalledSince = this.#clock.monotonic();
    stream.sink.once('drain', () => {
      stream.stalledSince = null;
      if (this.#streams.has(stream)) this.#pump(stream);
    });
  }

  #beat(): void {
    const now = this.#clock.monotonic();
    for (const stream of [...this.#streams]) {
      void this.#renew(stream);
      if (stream.stalledSince === null) this.#write(stream, ': alive\n\n');
      else if (now - stream.stalledSince > stallLimit) this.#drop(stream);
    }
  }

  async #renew(stream: Stream): Promise<void> {
    try {
      const hears = await stream.audience.renew();
      if (hears === null) this.#drop(stream);
      else stream.hears = hears;
    } catch {
      // A database that does not answer takes nobody's rights away, and gives none.
    }
  }

  #drop(stream: Stream): void {
    this.#streams.delete(stream);
    stream.sink.destroy();
  }
}
