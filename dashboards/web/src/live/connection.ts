import type { LiveEvents } from '@caretaker/cloud/contract';
import { type StreamMessage, StreamParser } from './sse.ts';
import type { LiveEvent } from './store.ts';

/** How the stream is doing; `heardAt` is on the monotonic clock. */
export interface StreamStatus {
  readonly heardAt: number;
  /** Null while it works; else what last went wrong. */
  readonly error: unknown;
}

export interface ConnectionParts {
  readonly url: string;
  /** Fetches the snapshot; called when a stream starts anew or the service asks for it. */
  readonly loadSnapshot: (signal: AbortSignal) => Promise<void>;
  readonly onEvent: (event: LiveEvent) => void;
  readonly onStatus: (status: StreamStatus) => void;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds that never step. */
  readonly monotonic: () => number;
  /** Resolves after so many milliseconds, or at once when aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A heartbeat comes every 2 s; a stream this long without one is dead. */
const deadAfter = 10_000;
const retryAfter = [500, 1000, 2000, 5000] as const;

const known: ReadonlySet<string> = new Set<keyof LiveEvents>([
  'state',
  'episode',
  'ticket',
  'gateway',
  'reset',
]);

/**
 * Keeps one event stream open for as long as it runs: resumes by the last event id after a break, and
 * takes a new snapshot when there is no id yet or the service says `reset`. Events that arrive while a
 * snapshot loads wait for it, so nothing is lost between the two.
 */
export class LiveConnection {
  readonly #parts: ConnectionParts;
  readonly #stop = new AbortController();
  #lastId = '';
  #waiting: LiveEvent[] | null = null;
  #heardAt: number;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#heardAt = parts.monotonic();
  }

  /** Resolves when stopped. */
  async run(): Promise<void> {
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      const heardBefore = this.#heardAt;
      try {
        await this.#once();
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#parts.onStatus({ heardAt: this.#heardAt, error });
      }
      failures = this.#heardAt > heardBefore ? 1 : failures + 1;
      const wait = retryAfter[Math.min(failures, retryAfter.length) - 1] ?? 5000;
      await this.#parts.pause(wait, this.#stop.signal);
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  async #once(): Promise<void> {
    const attempt = new AbortController();
    const signal = AbortSignal.any([attempt.signal, this.#stop.signal]);
    const headers: Record<string, string> = { accept: 'text/event-stream' };
    if (this.#lastId !== '') headers['last-event-id'] = this.#lastId;
    const answer = await this.#parts.fetch(this.#parts.url, { headers, signal, cache: 'no-store' });
    if (!answer.ok || answer.body === null) throw new Error(`stream answered ${answer.status}`);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    try {
      const reading = this.#read(reader, attempt, signal);
      if (this.#lastId === '') await Promise.race([this.#load(signal), reading]);
      await reading;
    } finally {
      attempt.abort();
    }
  }

  async #read(
    reader: ReadableStreamDefaultReader<string>,
    attempt: AbortController,
    signal: AbortSignal,
  ): Promise<void> {
    const parser = new StreamParser();
    for (;;) {
      const guard = new AbortController();
      const silence = this.#parts.pause(deadAfter, guard.signal).then(() => {
        if (!guard.signal.aborted) attempt.abort(new Error('stream went silent'));
      });
      const { done, value } = await reader.read().finally(() => guard.abort());
      await silence;
      if (done) return;
      this.#heard();
      for (const message of parser.push(value)) {
        if (known.has(message.event)) this.#take(message, attempt, signal);
      }
    }
  }

  #take(message: StreamMessage, attempt: AbortController, signal: AbortSignal): void {
    const event = { event: message.event, data: JSON.parse(message.data) } as LiveEvent;
    if (event.event === 'reset') {
      this.#parts.onEvent(event);
      this.#load(signal).catch((error: unknown) => attempt.abort(error));
    } else if (this.#waiting !== null) {
      this.#waiting.push(event);
    } else {
      this.#parts.onEvent(event);
    }
    if (message.id !== '') this.#lastId = message.id;
  }

  async #load(signal: AbortSignal): Promise<void> {
    const waiting: LiveEvent[] = [];
    this.#waiting = waiting;
    try {
      await this.#parts.loadSnapshot(signal);
      for (const event of waiting) this.#parts.onEvent(event);
    } catch (error) {
      // Without its snapshot the id is worth nothing: the next stream starts anew.
      this.#lastId = '';
      throw error;
    } finally {
      this.#waiting = null;
    }
  }

  #heard(): void {
    this.#heardAt = this.#parts.monotonic();
    this.#parts.onStatus({ heardAt: this.#heardAt, error: null });
  }
}
