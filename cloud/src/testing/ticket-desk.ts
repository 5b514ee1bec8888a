import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadEstate } from '@caretaker/devices/model';
import type { Condition } from '@caretaker/standards/engine';
import { AuditChain, auditInto } from '../audit/chain.ts';
import type { Ticket, TicketCommand, TicketReport, TicketState } from '../contract/index.ts';
import type { Database, Tx } from '../db/database.ts';
import { Directory } from '../estates/directory.ts';
import type { Doer } from '../tickets/acts/act.ts';
import { append } from '../tickets/append.ts';
import { command } from '../tickets/commands.ts';
import { readTicket } from '../tickets/list.ts';
import { report } from '../tickets/report.ts';
import { fold, type TicketPatch, ticketEventOf } from '../tickets/rows.ts';

import { fileHash, type Wish } from './ticket-wishes.ts';

const file = join(import.meta.dirname, 'estate.yaml');
const directory = new Directory([loadEstate(readFileSync(file, 'utf8'), file)]);

/** People of the test estate: Lin and Mei work there, Dong directs, Bo works elsewhere. */
const staff = { lin: 'technician', mei: 'technician', dong: 'manager', bo: 'technician' } as const;
type Staff = keyof typeof staff;

/** What people do to tickets, on one open database. */
export function ticketDesk(open: () => Database) {
  const conditions: Condition[] = [];
  const parts = () => ({
    database: open(),
    audit: auditInto(new AuditChain()),
    world: { directory, conditions: () => conditions },
    itemName: (item: string) => (item.startsWith('TP') ? { en: item, zh: item } : null),
  });
  return {
    parts,
    by,
    /** What the engine says of every subject. */
    watchedBy: (...now: readonly Partial<Condition>[]) => {
      conditions.splice(0, conditions.length, ...(now as Condition[]));
    },
    async report(told: Partial<TicketReport>, who: Staff = 'mei', at = 1000): Promise<Ticket> {
      const whole = { kind: 'report', estate: 'court', title: 'Broken', reporter: null } as const;
      const body = { inHome: false, ...whole, ...told };
      return (await report(parts(), body, crypto.randomUUID(), by(who, at))).ticket;
    },
    /** Does something to the ticket as it is, or as it was at a revision. */
    async act(
      ticket: number,
      wish: Wish,
      who: Staff = 'lin',
      { at = 2000, seen }: { readonly at?: number; readonly seen?: number } = {},
    ): Promise<Ticket> {
      const revision = seen ?? (await readOne(open(), ticket)).row.revision;
      const whole = { revision, ...wish } as TicketCommand;
      return (await command(parts(), ticket, whole, crypto.randomUUID(), by(who, at))).ticket;
    },
    /** Puts a ticket into a state, as if whatever leads there had been done. */
    put: (ticket: number, state: TicketState, more: TicketPatch = {}) =>
      writeEntry(open(), ticket, 'verified', { state, ...more }),
    /** An entry of the engine. */
    engine: (ticket: number, type: 'verified' | 'denied', patch: TicketPatch) =>
      writeEntry(open(), ticket, type, patch),
    read: (ticket: number) => readOne(open(), ticket),
    hire: () => open().write(hire),
    upload: (ticket: number) => open().write((tx) => upload(tx, ticket)),
  };
}

export type TicketDesk = ReturnType<typeof ticketDesk>;

const nameOf = (id: string) => id.charAt(0).toUpperCase() + id.slice(1);

const by = (who: Staff, at: number): Doer => {
  return { actor: `person:${who}`, name: nameOf(who), directs: who === 'dong', at };
};

async function readOne(database: Database, ticket: number) {
  const found = await readTicket(database, ticket);
  if (found === undefined) throw new Error(`no ticket ${ticket}`);
  const { row, events } = found;
  return { row, events, log: events.map(ticketEventOf), folded: fold(events) };
}

async function hire(tx: Tx): Promise<void> {
  for (const [id, role] of Object.entries(staff)) {
    const row = { id, login: id, name: nameOf(id), password: null, created: 0, changed: 0 };
    await tx
      .insertInto('people')
      .values({ ...row, disabled: null, erased: null })
      .execute();
    const estate = id === 'bo' ? 'park' : 'court';
    await tx.insertInto('person_grants').values({ person: id, role, estate }).execute();
  }
}

/** Gives a ticket a file, as an upload would. */
async function upload(tx: Tx, ticket: number): Promise<void> {
  const content = { hash: fileHash, type: 'image/png', bytes: 1, created: 0 };
  await tx
    .insertInto('files')
    .values(content)
    .onConflict((c) => c.doNothing())
    .execute();
  const row = { ticket, hash: fileHash, kind: 'after', name: 'x.png', width: 1, height: 1 };
  await tx
    .insertInto('ticket_files')
    .values({ ...row, by: 'Lin', actor: 'person:lin', at: 0 })
    .execute();
}

function writeEntry(
  database: Database,
  ticket: number,
  type: 'verified' | 'denied',
  patch: TicketPatch,
): Promise<unknown> {
  return database.write(async (tx) => {
    const row = await tx
      .selectFrom('tickets')
      .selectAll()
      .where('id', '=', ticket)
      .executeTakeFirstOrThrow();
    const entry = { type, by: 'engine', note: null, reason: null, episode: null, patch };
    await append(tx, row, [entry], 2000, directory.timeOf);
  });
}
