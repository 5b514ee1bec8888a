import type { Severity, Ticket, TicketReport } from '../contract/index.ts';
import { openTicketStates } from '../contract/index.ts';
import type { Tx } from '../db/database.ts';
import { isDuplicate } from '../db/duplicate.ts';
import { answered, type KeyedWrite, remember, requestOf } from '../db/once.ts';
import type { Author } from '../identity/deed.ts';
import { personOf, problem } from './acts/act.ts';
import { promised } from './acts/promise.ts';
import { nameOf, placeSubject } from './acts/world.ts';
import { append, type NewEvent } from './append.ts';
import type { CommandParts, CommandResult } from './commands.ts';
import { type TicketPatch, type TicketRow, ticketOf } from './rows.ts';

/** What is not said to be urgent; a wish can wait. */
const usual: Readonly<Record<TicketReport['kind'], Severity>> = {
  report: 'medium',
  complaint: 'medium',
  wish: 'low',
};

/** What a report is about, as a ticket has it. */
interface Matter {
  readonly subject: string;
  readonly item: string;
  readonly itemName: string;
}

export interface ReportParts extends CommandParts {
  /** What the standard calls an item; null for none that there is. */
  readonly itemName: (item: string) => { readonly en: string; readonly zh: string } | null;
}

/**
 * Opens a ticket for what somebody told an employee, who owns it until somebody by name accepts it. Of an item of
 * which a ticket is open already it only says so there.
 * @returns the ticket; `row` is null when the same request had been carried out before
 * @throws CaretakerError `CLOUD_ASSET_UNKNOWN`, `CLOUD_TICKET_ITEM`, `CLOUD_TICKET_TIME`,
 *   `CLOUD_TICKET_INCOMPLETE`, `CLOUD_KEY_REUSED`
 */
export async function report(
  parts: ReportParts,
  told: TicketReport,
  key: string,
  by: Author,
): Promise<CommandResult> {
  const write = { key, request: requestOf('report', { ...told, actor: by.actor }) };
  const matter = matterOf(parts, told);
  const work = () => parts.database.write((tx) => written(tx, parts, { told, matter, write, by }));
  try {
    return await work();
  } catch (error) {
    // Another process opened it meanwhile, or carried this very request out.
    if (isDuplicate(error)) return work();
    throw error;
  }
}

interface Telling {
  readonly told: TicketReport;
  readonly matter: Matter;
  readonly write: KeyedWrite;
  readonly by: Author;
}

async function written(tx: Tx, parts: ReportParts, telling: Telling): Promise<CommandResult> {
  const { told, matter, write, by } = telling;
  const done = await answered<Ticket>(tx, write);
  if (done !== null) return { ticket: done, row: null };
  const open = await openOf(tx, matter);
  const row = open ?? (await insert(tx, parts, telling));
  const first = open === undefined ? opening(telling) : again(open, telling);
  const { timeOf } = parts.world.directory;
  const events = [first, ...promiseOf(telling, timeOf(told.estate).zone)];
  const after = await append(tx, row, events, by.at, timeOf);
  const ticket = ticketOf(after);
  await remember(tx, write, { status: open === undefined ? 201 : 200, body: ticket, at: by.at });
  await parts.audit(tx, {
    at: by.at,
    actor: by.actor,
    action: open === undefined ? 'ticket.create' : 'ticket.report-again',
    object: `ticket:${ticket.id}`,
    detail: { estate: told.estate, subject: matter.subject, item: matter.item, kind: told.kind },
  });
  return { ticket, row: after };
}

function matterOf({ world, itemName }: ReportParts, told: TicketReport): Matter {
  const { estate, subject, place, item = '' } = told;
  const { assets, gateways } = world.directory;
  const gateway = subject?.startsWith(`${estate}/gateway:`) ? subject.split(':')[1] : undefined;
  const known =
    subject === undefined ||
    assets.get(subject)?.estate === estate ||
    gateways.get(gateway ?? '') === estate;
  if (!known) {
    throw problem('CLOUD_ASSET_UNKNOWN', `There is no asset ${subject}.`, 'See /api/assets.');
  }
  const name = item === '' ? { en: '', zh: '' } : itemName(item);
  if (name === null) {
    throw problem(
      'CLOUD_TICKET_ITEM',
      `The standard has no item ${item}.`,
      'Choose one of the standard, or leave it out.',
    );
  }
  const there = place === undefined ? estate : placeSubject(estate, place);
  return { subject: subject ?? there, item, itemName: JSON.stringify(name) };
}

function openOf(tx: Tx, { subject, item }: Matter): Promise<TicketRow | undefined> {
  if (item === '') return Promise.resolve(undefined);
  return tx
    .selectFrom('tickets')
    .selectAll()
    .where('subject', '=', subject)
    .where('item', '=', item)
    .where('state', 'in', openTicketStates)
    .executeTakeFirst();
}

function insert(tx: Tx, parts: ReportParts, telling: Telling): Promise<TicketRow> {
  const { told, matter } = telling;
  const { name, demo } = nameOf(parts.world, matter.subject);
  const { patch } = opening(telling);
  const columns = { ...born, ...patch };
  return tx
    .insertInto('tickets')
    .values({
      ...columns,
      estate: told.estate,
      subject: matter.subject,
      subject_name: JSON.stringify(name),
      item: matter.item,
      item_name: matter.itemName,
      opened: telling.by.at,
      repeat: 1,
      revision: 0,
      demo: Number(demo),
      source: told.kind,
      place: told.place ?? null,
      in_home: Number(told.inHome),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** What the first entry of a report always says. */
const born = {
  state: 'new',
  condition_clear: 0,
  latched: 0,
  touched: 1,
  until: null,
  standard_version: '',
  acknowledged: null,
  closed: null,
} as const;

const inBoth = (words: string) => JSON.stringify({ en: words, zh: words });

function opening(telling: Telling) {
  const { told, by } = telling;
  const patch = {
    ...born,
    severity: told.severity ?? usual[told.kind],
    title: inBoth(told.title),
    why: inBoth(told.details ?? ''),
    onset: by.at,
    owner: by.name,
    owner_person: personOf(by),
    first_asked: by.name,
    first_asked_person: personOf(by),
    reporter: told.reporter === null ? null : JSON.stringify(told.reporter),
    team: told.team ?? null,
    class: told.class ?? null,
  } satisfies TicketPatch;
  return { ...entryOf('reported', telling), patch };
}

/** Told of once more: whom they told is the first one asked where nobody was, and owns it where nobody does. */
function again(row: TicketRow, telling: Telling): NewEvent {
  const { told, by } = telling;
  const asked = { first_asked: by.name, first_asked_person: personOf(by) };
  const owned = { owner: by.name, owner_person: personOf(by) };
  const reporter = told.reporter === null ? null : JSON.stringify(told.reporter);
  const patch: TicketPatch = {
    touched: 1,
    ...(row.first_asked === null ? asked : {}),
    ...(row.owner === null ? owned : {}),
    ...(row.reporter === null && reporter !== null ? { reporter } : {}),
  };
  return { ...entryOf('reported-again', telling), patch };
}

function entryOf(type: NewEvent['type'], { told, by }: Telling): Omit<NewEvent, 'patch'> {
  const { kind, title, details = null, reporter, place = null, inHome } = told;
  const data = { kind, title, details, reporter: reporter && { ...reporter }, place, inHome };
  const { name, actor } = by;
  return { type, by: name, actor, note: null, reason: null, episode: null, data };
}

function promiseOf({ told, by }: Telling, zone: string): NewEvent[] {
  if (told.promise === undefined) return [];
  const data = promised(told.promise, by.at, zone);
  const { name, actor } = by;
  const entry = { by: name, actor, note: null, reason: null, episode: null };
  return [{ ...entry, type: 'promised', data, patch: {} }];
}
