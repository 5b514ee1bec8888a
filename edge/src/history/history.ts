import type { ReadingStore, Refusal } from '@caretaker/readings';
import { CaretakerError, type Clock, type Log } from '@caretaker/readings/base';
import type { Journal, SegmentReader, Stretch } from '../journal/index.ts';
import type { Quarantine } from '../quarantine/index.ts';

export const historyConsumer = 'history';

export interface HistoryOptions {
  readonly estate: string;
  readonly journal: Journal;
  readonly store: ReadingStore;
  /** Where the readings go that the store will never keep. */
  readonly quarantine: Pick<Quarantine, 'add'>;
  readonly clock: Clock;
  readonly log: Log;
}

const BATCH = 5_000;
const GATHER_MS = 200;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/**
 * Copies the journal into the gateway's own store; its position passes only what is held there or in quarantine. A
 * store that is away is waited for with growing pauses; the journal keeps everything meanwhile.
 */
export class History {
  readonly #options: HistoryOptions;
  readonly #reader: SegmentReader;
  #cancel: (() => void) | null = null;
  #stopListening: (() => void) | null = null;
  #running: Promise<void> = Promise.resolve();
  #busy = false;
  #open = false;
  #stopped = false;
  #retryMs = FIRST_RETRY_MS;
  #failing = false;

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#reader = options.journal.reader();
  }

  /** The store took everything at the last try. */
  get healthy(): boolean {
    return !this.#failing;
  }

  start(): void {
    this.#stopListening = this.#options.journal.onDurable(() => this.#schedule(GATHER_MS));
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
    let retry: number | null = null;
    try {
      await this.#copy();
      if (this.#failing) this.#options.log.info({}, 'the local history takes readings again');
      this.#failing = false;
      this.#retryMs = FIRST_RETRY_MS;
    } catch (error) {
      retry = this.#retryMs;
      this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
      if (!this.#failing) this.#options.log.warn({ error }, 'the local history is not reachable');
      this.#failing = true;
    }
    this.#busy = false;
    const { journal } = this.#options;
    if (retry !== null) this.#schedule(retry);
    else if (journal.position(historyConsumer) < journal.newest) this.#schedule(GATHER_MS);
  }

  async #copy(): Promise<void> {
    const { journal, store, estate } = this.#options;
    if (!this.#open) {
      await store.start();
      this.#open = true;
    }
    while (!this.#stopped) {
      const { id } = journal;
      const from = journal.position(historyConsumer) + 1;
      const { readings, next } = await this.#read(from);
      if (next === from) return;
      const full = readings.map((one) => ({ ...one, point: `${estate}/${one.point}` }));
      const { refused } = await store.write(full);
      await Promise.all(refused.map((refusal) => this.#setAside(refusal)));
      journal.finish(historyConsumer, id, next - 1);
    }
  }

  #setAside({ reading, code, message }: Refusal): Promise<void> {
    const { quarantine } = this.#options;
    const payload = Buffer.from(JSON.stringify(reading));
    const { received, point: topic } = reading;
    const refused = { client: 'history', topic, fault: { code, message }, payload, received };
    return new Promise((done, fail) =>
      quarantine.add(refused, (error) => (error === null ? done() : fail(error))),
    );
  }

  async #read(from: number): Promise<Stretch> {
    try {
      return await this.#reader.read(from, BATCH);
    } catch (error) {
      if (error instanceof CaretakerError && error.code === 'EDGE_JOURNAL_DAMAGED') {
        await this.#options.journal.renew(error.message);
      }
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopListening?.();
    this.#cancel?.();
    await this.#running;
    if (this.#open) await this.#options.store.stop();
    await this.#reader.close();
  }
}
