import type { Reading, ReadingStore } from '@caretaker/readings';
import { CaretakerError, type Clock, type Fault, type Log } from '@caretaker/readings/base';
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
const TIDY_MS = 3_600_000;

/** Why nothing can be stored, and since when. */
export interface HistoryTrouble extends Fault {
  /** UTC epoch milliseconds. */
  readonly since: number;
}

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
  #trouble: HistoryTrouble | null = null;
  #cancelTidying: (() => void) | null = null;
  #tidying: Promise<void> = Promise.resolve();

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#reader = options.journal.reader();
  }

  /** Null when the store took everything at the last try. */
  get trouble(): HistoryTrouble | null {
    return this.#trouble;
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
    const { clock, log } = this.#options;
    let retry: number | null = null;
    try {
      await this.#copy();
      if (this.#trouble !== null) log.info({}, 'the local history takes readings again');
      this.#trouble = null;
      this.#retryMs = FIRST_RETRY_MS;
    } catch (error) {
      retry = this.#retryMs;
      this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
      const before = this.#trouble;
      this.#trouble = troubleOf(error, before?.since ?? clock.now());
      if (before?.code !== this.#trouble.code) {
        log.warn({ error }, 'the local history cannot be written');
      }
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
      this.#tidy();
    }
    while (!this.#stopped) {
      const { id } = journal;
      const from = journal.position(historyConsumer) + 1;
      const { readings, next } = await this.#read(from);
      if (next === from) return;
      const full = readings.map((one) => ({ ...one, point: `${estate}/${one.point}` }));
      const { refused, conflicts } = await store.write(full);
      await Promise.all([
        ...refused.map(({ reading, ...fault }) => this.#setAside(reading, fault)),
        ...conflicts.map(({ offered }) => this.#setAside(offered, conflict)),
      ]);
      journal.finish(historyConsumer, id, next - 1);
    }
  }

  /** Sums up hours and lets go of what is too old; whatever goes wrong is tried again at the next time. */
  #tidy(): void {
    const { clock, store, log } = this.#options;
    this.#tidying = store
      .expire(clock.now())
      .catch((error: unknown) => log.warn({ error }, 'the local history cannot be tidied up now'))
      .then(() => {
        if (!this.#stopped) this.#cancelTidying = clock.after(TIDY_MS, () => this.#tidy());
      });
  }

  #setAside(reading: Reading, fault: Fault): Promise<void> {
    const { quarantine } = this.#options;
    const payload = Buffer.from(JSON.stringify(reading));
    const { received, point: topic } = reading;
    const refused = { client: 'history', topic, fault, payload, received };
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
    this.#cancelTidying?.();
    await this.#running;
    // Tidying ends with the store.
    if (this.#open) await this.#options.store.stop();
    await this.#tidying;
    await this.#reader.close();
  }
}

const conflict: Fault = {
  code: 'EDGE_HISTORY_CONFLICT',
  message: 'The local history has another value of this point at this time',
  next: 'Find out why the device says two values of one time.',
};

function troubleOf(error: unknown, since: number): HistoryTrouble {
  if (!(error instanceof CaretakerError)) {
    return { code: 'EDGE_HISTORY_FAILED', message: String(error), since };
  }
  const { code, message, next } = error;
  return { code, message, ...(next === undefined ? {} : { next }), since };
}
