import type { Clock } from '@caretaker/readings/base';
import {
  type FedTicket,
  mostFedTickets,
  type Reply,
  type TicketsReply,
  ticketsDigest,
} from '@caretaker/readings/uplink';
import { type Severity, severities } from '@caretaker/standards';
import { isOpen, openTicketStates } from '../contract/index.ts';
import type { Database } from '../db/database.ts';
import type { Directory } from '../estates/directory.ts';
import { refOf, type TicketRow } from './rows.ts';

export interface TicketFeedParts {
  readonly database: Database;
  readonly directory: Pick<Directory, 'gateways' | 'gatewaysOf'>;
  /** Origin under which people reach the cloud; null when nobody has said. */
  readonly publicUrl: string | null;
  readonly reply: (gateway: string, reply: Reply) => void;
  readonly clock: Clock;
}

/** Changes that come together are told together. */
const GATHER_MS = 250;
/** Titles of these were made by a program; what a person writes may name somebody. */
const written: ReadonlySet<TicketRow['source']> = new Set(['episode', 'gateway-alarm']);

/**
 * Tells gateways of the tickets of their estate, so that a lamp or a flow there can follow them. Each change goes out
 * once and may get lost; the gateway says with every sign of life which tickets it knows, and is told all of them
 * again when these are not the ones that are open. So it is right within seconds of any break, on either side.
 */
export class TicketFeed {
  readonly #parts: TicketFeedParts;
  /** All that are open, by estate and number. */
  readonly #open = new Map<string, Map<number, TicketRow>>();
  /** What the gateways of an estate were told last. */
  readonly #told = new Map<string, ReadonlyMap<number, TicketRow>>();
  /** Closed since, to be told once. */
  readonly #ended = new Map<string, Map<number, TicketRow>>();
  /** Gateways that want to know, with what they said they know while that was not right. */
  readonly #wanted = new Map<string, string | null>();
  #cancel: (() => void) | null = null;
  #loaded = false;

  constructor(parts: TicketFeedParts) {
    this.#parts = parts;
  }

  /** Reads what is open. What changes meanwhile may be noted already. */
  async load(): Promise<void> {
    const rows = await this.#parts.database.read
      .selectFrom('tickets')
      .selectAll()
      .where('state', 'in', openTicketStates)
      .execute();
    for (const row of rows) {
      const noted =
        this.#open.get(row.estate)?.has(row.id) || this.#ended.get(row.estate)?.has(row.id);
      if (!noted) this.#put(row);
    }
    for (const estate of this.#open.keys()) this.#told.set(estate, this.#present(estate));
    this.#loaded = true;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** A ticket was opened, changed or closed, and that is committed. */
  note(row: TicketRow): void {
    const known = this.#open.get(row.estate)?.get(row.id);
    if (known !== undefined && known.revision > row.revision) return;
    if (isOpen(row.state)) this.#put(row);
    else {
      this.#open.get(row.estate)?.delete(row.id);
      const ended = this.#ended.get(row.estate) ?? new Map();
      this.#ended.set(row.estate, ended.set(row.id, row));
    }
    this.#schedule();
  }

  #schedule(): void {
    this.#cancel ??= this.#parts.clock.after(GATHER_MS, () => this.#flush());
  }

  /**
   * A gateway says which tickets it knows.
   * @param digest undefined from one that wants none
   * @param anew it has just connected; otherwise a change may be on its way, and only the second time counts
   */
  asked(gateway: string, digest: string | undefined, anew: boolean): void {
    if (digest === undefined) {
      this.#wanted.delete(gateway);
      return;
    }
    const estate = this.#parts.directory.gateways.get(gateway);
    if (estate === undefined) return;
    const present = [...this.#present(estate).values()];
    if (digest === ticketsDigest(present)) {
      this.#wanted.set(gateway, null);
      return;
    }
    if (!anew && this.#wanted.get(gateway) !== digest) {
      this.#wanted.set(gateway, digest);
      return;
    }
    this.#wanted.set(gateway, null);
    const tickets = present.map((row) => this.#fed(row));
    this.#parts.reply(gateway, { type: 'tickets', all: true, tickets });
  }

  #put(row: TicketRow): void {
    const mine = this.#open.get(row.estate) ?? new Map();
    this.#open.set(row.estate, mine.set(row.id, row));
    this.#ended.get(row.estate)?.delete(row.id);
  }

  #flush(): void {
    this.#cancel = null;
    if (!this.#loaded) {
      this.#schedule();
      return;
    }
    const estates = new Set([...this.#open.keys(), ...this.#ended.keys()]);
    for (const estate of estates) this.#tell(estate);
    this.#ended.clear();
  }

  #tell(estate: string): void {
    const before = this.#told.get(estate) ?? new Map<number, TicketRow>();
    const now = this.#present(estate);
    this.#told.set(estate, now);
    const ended = this.#ended.get(estate);
    const tickets: FedTicket[] = [];
    for (const [id, row] of now) {
      if (before.get(id)?.revision !== row.revision) tickets.push(this.#fed(row));
    }
    for (const [id, row] of before) {
      // One that more severe ones have pushed out is not told of any more: for the gateway it is over.
      if (!now.has(id)) tickets.push({ ...this.#fed(ended?.get(id) ?? row), open: false });
    }
    for (let from = 0; from < tickets.length; from += mostFedTickets) {
      const some = tickets.slice(from, from + mostFedTickets);
      this.#send(estate, { type: 'tickets', all: false, tickets: some });
    }
  }

  #send(estate: string, told: TicketsReply): void {
    const { directory, reply } = this.#parts;
    for (const gateway of directory.gatewaysOf(estate)) {
      if (this.#wanted.has(gateway)) reply(gateway, told);
    }
  }

  /** The open tickets of an estate that its gateways are to know. */
  #present(estate: string): ReadonlyMap<number, TicketRow> {
    const rows = [...(this.#open.get(estate)?.values() ?? [])];
    if (rows.length > mostFedTickets) {
      const rank = ({ severity }: TicketRow) => severities.indexOf(severity as Severity);
      rows.sort((a, b) => rank(a) - rank(b) || b.id - a.id);
    }
    return new Map(rows.slice(0, mostFedTickets).map((row) => [row.id, row]));
  }

  #fed(row: TicketRow): FedTicket {
    const { publicUrl } = this.#parts;
    const text = JSON.parse(written.has(row.source) ? row.title : row.item_name);
    return {
      id: row.id,
      revision: row.revision,
      ref: refOf(row.id),
      subject: row.subject,
      item: row.item,
      severity: row.severity as FedTicket['severity'],
      state: row.state,
      open: isOpen(row.state),
      title: { en: text.en.slice(0, 300), zh: text.zh.slice(0, 300) },
      onset: row.onset,
      opened: row.opened,
      due: row.next_due,
      url: publicUrl === null ? null : new URL(`/tickets/${row.id}`, publicUrl).href,
    };
  }
}
