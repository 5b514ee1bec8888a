import type { Ticket, TicketCommand } from '@caretaker/cloud/contract';
import {
  isAllowed,
  type Move,
  type TicketCommandType,
  ticketMoves,
} from '@caretaker/cloud/contract/ticket-states';
import { problemIn } from '../api/problem.ts';

type Unsent<C> = C extends TicketCommand ? Omit<C, 'revision'> : never;
/** What a person wants done; the revision is filled in when it is sent. */
export type Wish = Unsent<TicketCommand>;

export type Outcome = 'done' | 'undone' | 'conflict' | 'failed';

export interface Act {
  readonly key: string;
  /** The ticket as the person saw it. */
  readonly seen: Ticket;
  readonly wish: Wish;
  /** Whose wish it is, as the service will name them. */
  readonly by: string;
  readonly phase: 'waiting' | 'sending' | 'done' | 'conflict' | 'failed';
  readonly error: unknown;
  /** The row that stood in the way, on a conflict. */
  readonly current: Ticket | null;
}

export interface ActParts {
  readonly send: (ticket: number, command: TicketCommand, key: string) => Promise<Ticket>;
  readonly read: (ticket: number) => Promise<Ticket>;
  readonly onTicket: (ticket: Ticket) => void;
  /** Calls back after so many milliseconds; returns its cancel. */
  readonly after: (ms: number, task: () => void) => () => void;
  readonly newKey: () => string;
  /** The name of who is signed in. */
  readonly who: () => string;
}

const undoFor = 5000;
const keepNotice = 4000;
/** Refusals that a look at the current ticket explains. */
const overtaken: ReadonlySet<string> = new Set(['CLOUD_TICKET_CHANGED', 'CLOUD_TICKET_MOVE']);

/** The ticket with what is on its way already shown. */
export function withActs(ticket: Ticket, acts: readonly Act[]): Ticket {
  let shown = ticket;
  for (const { seen, wish, by, phase } of acts) {
    const underWay = phase === 'waiting' || phase === 'sending';
    if (seen.id !== ticket.id || !underWay || !isAllowed(wish.type, shown.state)) continue;
    const { to }: Move = ticketMoves[wish.type];
    if (to !== null) shown = { ...shown, state: to };
    if (owning.has(wish.type)) shown = { ...shown, owner: by };
  }
  return shown;
}
const owning: ReadonlySet<TicketCommandType> = new Set(['acknowledge', 'accept']);

/**
 * What people do to tickets from this page: shown at once, sent after the time for undo with the revision that they
 * saw, by which the service knows whether it still means the same, and kept with its reason when it cannot be done.
 */
export class Acts {
  readonly #parts: ActParts;
  readonly #listeners = new Set<() => void>();
  readonly #cancels = new Map<string, () => void>();
  #acts: readonly Act[] = [];

  constructor(parts: ActParts) {
    this.#parts = parts;
  }

  list = (): readonly Act[] => this.#acts;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Shows the wish now and sends it after the time for undo. */
  later(seen: Ticket, wish: Wish): void {
    const act = this.#add(seen, wish, 'waiting');
    const send = () => {
      this.#cancels.delete(act.key);
      void this.#send(act.key);
    };
    this.#cancels.set(act.key, this.#parts.after(undoFor, send));
  }

  /** Sends the wish at once. */
  now(seen: Ticket, wish: Wish): Promise<Outcome> {
    return this.#send(this.#add(seen, wish, 'sending').key);
  }

  /** Takes back what was not sent yet; the latest when no key is given. */
  undo(key?: string): void {
    const act = this.#acts.findLast(
      (one) => one.phase === 'waiting' && (key ?? one.key) === one.key,
    );
    if (act === undefined) return;
    this.#cancels.get(act.key)?.();
    this.#cancels.delete(act.key);
    this.dismiss(act.key);
  }

  retry(key: string): void {
    void this.#send(key);
  }

  /** After a conflict: the same wish to the ticket as it is now. */
  again(key: string): void {
    const act = this.#acts.find((one) => one.key === key);
    if (act?.current == null) return;
    this.#patch(key, { seen: act.current, current: null });
    void this.#send(key);
  }

  dismiss(key: string): void {
    this.#set(this.#acts.filter((act) => act.key !== key));
  }

  /** Sends everything that still waits: the page is closing, or the person signs out. */
  async flush(): Promise<void> {
    const keys = [...this.#cancels.keys()];
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
    await Promise.all(keys.map((key) => this.#send(key)));
  }

  #add(seen: Ticket, wish: Wish, phase: Act['phase']): Act {
    const { newKey, who } = this.#parts;
    const act: Act = { key: newKey(), seen, wish, by: who(), phase, error: null, current: null };
    this.#set([...this.#acts, act]);
    return act;
  }

  async #send(key: string): Promise<Outcome> {
    const act = this.#acts.find((one) => one.key === key);
    if (act === undefined) return 'undone';
    this.#patch(key, { phase: 'sending', error: null });
    const { seen, wish } = act;
    const command: TicketCommand = { ...wish, revision: seen.revision };
    try {
      // A key of its own for each revision: a repeated key must carry the same request.
      this.#succeed(key, await this.#parts.send(seen.id, command, `${key}-${seen.revision}`));
      return 'done';
    } catch (error) {
      if (!overtaken.has(problemIn(error).code)) return this.#fail(key, error);
    }
    try {
      const current = await this.#parts.read(seen.id);
      this.#parts.onTicket(current);
      this.#patch(key, { phase: 'conflict', current });
      return 'conflict';
    } catch (error) {
      return this.#fail(key, error);
    }
  }

  #succeed(key: string, ticket: Ticket): void {
    this.#parts.onTicket(ticket);
    this.#patch(key, { phase: 'done' });
    this.#parts.after(keepNotice, () => this.dismiss(key));
  }

  #fail(key: string, error: unknown): Outcome {
    this.#patch(key, { phase: 'failed', error });
    return 'failed';
  }

  #patch(key: string, change: Partial<Act>): void {
    this.#set(this.#acts.map((act) => (act.key === key ? { ...act, ...change } : act)));
  }

  #set(acts: readonly Act[]): void {
    this.#acts = acts;
    for (const tell of this.#listeners) tell();
  }
}
