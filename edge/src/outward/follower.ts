import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Reading } from '@caretaker/readings';
import type { Clock, Log } from '@caretaker/readings/base';
import type { Journal, SegmentReader } from '../journal/index.ts';

/** A place in a journal. */
export interface Place {
  readonly journal: string;
  /** Sequence of the last reading that was taken. */
  readonly position: number;
}

export interface FollowerOptions {
  readonly journal: Pick<Journal, 'id' | 'oldest' | 'newest' | 'onDurable' | 'reader'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly take: (readings: readonly Reading[]) => void;
}

const BATCH = 2_000;
/** While much comes each look costs the same. */
const GATHER_MS = 250;
const RETRY_MS = 5_000;
/** Without a place to go on from, what a gateway receives within hours is looked through, not a long outage. */
const BACK = 100_000;

/**
 * Reads what the journal has on disk, as it comes. It is no consumer of it: the journal waits for nobody who only
 * shows values.
 */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #reader: SegmentReader;
  #journal = '';
  #position = 0;
  #cancel: (() => void) | null = null;
  #stopListening: () => void = () => {};
  #running: Promise<void> = Promise.resolve();
  #busy = false;
  #stopped = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#reader = options.journal.reader();
  }

  get place(): Place {
    return { journal: this.#journal, position: this.#position };
  }

  /** @param from null to look through what the journal holds */
  start(from: Place | null): void {
    const { journal } = this.#options;
    if (from !== null && from.journal === journal.id) {
      this.#journal = journal.id;
      this.#position = Math.min(from.position, journal.newest);
    }
    this.#stopListening = journal.onDurable(() => this.#schedule(GATHER_MS));
    this.#schedule(0);
  }

  #schedule(delayMs: number): void {
    if (this.#stopped || this.#busy || this.#cancel !== null) return;
    this.#cancel = this.#options.clock.after(delayMs, () => {
      this.#cancel = null;
      this.#running = this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#busy = true;
    let retry = false;
    try {
      await this.#read();
    } catch (error) {
      // Those who keep readings mend a damaged journal; it has another id then.
      this.#options.log.debug({ error }, 'the journal cannot be read for events now');
      retry = true;
    }
    this.#busy = false;
    if (retry) this.#schedule(RETRY_MS);
    else if (this.#position < this.#options.journal.newest) this.#schedule(GATHER_MS);
  }

  async #read(): Promise<void> {
    const { journal, take } = this.#options;
    while (!this.#stopped) {
      if (this.#journal !== journal.id) {
        this.#journal = journal.id;
        this.#position = Math.max(0, journal.newest - BACK);
      }
      const { id } = journal;
      const from = Math.max(this.#position + 1, journal.oldest);
      const { readings, next } = await this.#reader.read(from, BATCH);
      if (id !== journal.id) continue;
      // Also past what is gone, so that nobody waits for it.
      this.#position = next - 1;
      if (next === from) return;
      if (readings.length > 0) take(readings);
      await nextTurn();
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopListening();
    this.#cancel?.();
    await this.#running;
    await this.#reader.close();
  }
}
