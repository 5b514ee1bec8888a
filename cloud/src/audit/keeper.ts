import type { Clock, Log } from '@caretaker/readings/base';
import type { Database } from '../db/database.ts';
import { readHead } from './chain.ts';
import { noteHead } from './heads.ts';

interface Parts {
  readonly database: Pick<Database, 'read'>;
  /** `audit-heads.log` in the data folder. */
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Looked at so often whether a new day has begun, UTC. */
const lookEvery = 3_600_000;

/** Notes the last row of the log in a file at every start, every day and at every stop. */
export class HeadKeeper {
  readonly #parts: Parts;
  #day = '';
  #cancel = () => {};
  #work: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws what the file system says when the file cannot be written */
  async start(): Promise<void> {
    await this.#note();
    this.#cancel = this.#parts.clock.every(lookEvery, () => {
      if (dayOf(this.#parts.clock.now()) === this.#day) return;
      this.#work = this.#work
        .then(() => this.#note())
        .catch((error: unknown) =>
          this.#parts.log.error(
            { error: String(error), file: this.#parts.file },
            'the last row of the audit log could not be noted',
          ),
        );
    });
  }

  /** Ends once what is being noted is noted. */
  async idle(): Promise<void> {
    await this.#work;
  }

  async stop(): Promise<void> {
    this.#cancel();
    await this.#work;
    await this.#note();
  }

  async #note(): Promise<void> {
    const { database, file, clock } = this.#parts;
    const head = await readHead(database.read);
    const now = clock.now();
    await noteHead(file, head, now);
    this.#day = dayOf(now);
  }
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
