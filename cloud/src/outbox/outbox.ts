import type { Clock, Log } from '@caretaker/readings/base';
import { isOpen, type Ticket } from '../contract/index.ts';
import type { Database } from '../db/database.ts';
import { together } from '../db/together.ts';
import { type TicketRow, ticketOf } from '../tickets/rows.ts';

/** What a person is told. */
export interface Page {
  /** The same for every attempt at the same page, so that a repeat can be recognised. */
  readonly key: string;
  readonly ticket: Ticket;
}

/** Tells people. Called at least once for a page until it resolves; a rejection is tried again. */
export interface Notifier {
  page(page: Page): Promise<void>;
}

/** The notifier for as long as no other is set up: one readable line in the log. */
export function logNotifier(log: Log): Notifier {
  return {
    async page({ key, ticket }) {
      const { ref, severity, subject, subjectName, title, why } = ticket;
      const what = `${subjectName.en}: ${inSentence(title.en)}. ${why.en}`;
      log.warn({ page: key, severity, subject }, `${ref} ${severity}: ${what}`);
    },
  };
}

/** Without its capital, unless its first word is an abbreviation. */
function inSentence(title: string): string {
  return /^[A-Z][^A-Z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

/** Outcome of a page whose reason was gone before it was sent. */
const notNeeded = 'not needed any more';

/**
 * `new`: nobody has it yet; `raised`: it is worse than it was; `reopened`, `denied`: it was thought to be over.
 */
export type PageCause = 'new' | 'raised' | 'reopened' | 'denied';

export interface DuePage {
  readonly key: string;
  readonly ticket: number;
  readonly about: PageCause;
  /** Cloud clock; a page about an old state of things waits to see whether it is still so. */
  readonly notBefore: number;
}

interface Payload {
  readonly ticket: number;
  /** None in pages of former times, which were all about new tickets. */
  readonly about?: PageCause;
}

/**
 * Puts a page into the outbox, in the transaction that makes it due. The same key is put in once; one that was
 * dropped because its reason was gone comes alive again.
 */
export const enqueuePage = together(async (tx, pages: readonly DuePage[]): Promise<undefined[]> => {
  const rows = pages.map(({ key, ticket, about, notBefore }) => {
    const payload: Payload = { ticket, about };
    return { key, payload: JSON.stringify(payload), not_before: notBefore, attempts: 0 };
  });
  await tx
    .insertInto('outbox')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet({
          done: null,
          outcome: null,
          not_before: (eb) => eb.ref('excluded.not_before'),
        })
        .where('outbox.outcome', '=', notNeeded),
    )
    .execute();
  return pages.map(() => undefined);
});

/** Whether there is still somebody to be told. */
function isNeeded({ about = 'new' }: Payload, { state, condition_clear, latched }: TicketRow) {
  if (about === 'new') return state === 'new';
  if (about === 'raised') return isOpen(state) && (condition_clear === 0 || latched === 1);
  return state === 'reopened';
}

const batch = 20;
const longestWait = 60_000;

/** Sends what lies in the outbox, in order, and goes on after a restart where it was. */
export class OutboxWorker {
  readonly #database: Database;
  readonly #notifier: Notifier;
  readonly #clock: Clock;
  readonly #log: Log;
  #cancel: (() => void) | null = null;
  #running: Promise<void> | null = null;

  constructor(database: Database, notifier: Notifier, clock: Clock, log: Log) {
    this.#database = database;
    this.#notifier = notifier;
    this.#clock = clock;
    this.#log = log;
  }

  start(): void {
    this.#cancel = this.#clock.every(1000, () => this.wake());
    this.wake();
  }

  /** Looks for due pages now. */
  wake(): void {
    if (this.#running !== null || this.#cancel === null) return;
    this.#running = this.#sendDue()
      .catch((error: Error) => this.#log.error({ error: error.message }, 'the outbox is stuck'))
      .finally(() => {
        this.#running = null;
      });
  }

  /** Settles when the present look is over. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = null;
    await this.idle();
  }

  async #sendDue(): Promise<void> {
    const due = await this.#database.read
      .selectFrom('outbox')
      .selectAll()
      .where('done', 'is', null)
      .where('not_before', '<=', this.#clock.now())
      .orderBy('not_before')
      .orderBy('id')
      .limit(batch)
      .execute();
    for (const row of due) {
      await this.#send(row.id, row.key, JSON.parse(row.payload), row.attempts);
    }
  }

  async #send(id: number, key: string, payload: Payload, attempts: number): Promise<void> {
    const row = await this.#database.read
      .selectFrom('tickets')
      .selectAll()
      .where('id', '=', payload.ticket)
      .executeTakeFirst();
    // Somebody has it already, or there is nothing left to look at.
    if (row === undefined || !isNeeded(payload, row)) return this.#settle(id, notNeeded);
    try {
      await this.#notifier.page({ key, ticket: ticketOf(row) });
    } catch (error) {
      const wait = Math.min(longestWait, 1000 * 2 ** attempts);
      this.#log.warn({ page: key, error: String(error), wait }, 'a page could not be sent');
      const again = { attempts: attempts + 1, not_before: this.#clock.now() + wait };
      await this.#database.write((tx) =>
        tx.updateTable('outbox').set(again).where('id', '=', id).execute(),
      );
      return;
    }
    return this.#settle(id, 'sent');
  }

  async #settle(id: number, outcome: string): Promise<void> {
    const done = this.#clock.now();
    await this.#database.write((tx) =>
      tx.updateTable('outbox').set({ done, outcome }).where('id', '=', id).execute(),
    );
  }
}
