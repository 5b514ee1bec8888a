import type { Text } from '@caretaker/readings/base';
import type { Severity } from '../contract/index.ts';
import { isOpen, openTicketStates } from '../contract/index.ts';
import type { Tx } from '../db/database.ts';
import type { ItemNews } from '../episodes/apply.ts';
import type { EpisodeRow } from '../episodes/rows.ts';
import { append, type NewEvent } from './append.ts';
import { letGo } from './claim.ts';
import type { TimeOf } from './clocks/keep.ts';
import { hiddenRows, type TicketOverlay } from './hidden.ts';
import type { EpisodeFacts, PlannedTicket } from './model.ts';
import { reconcile, repeatWindow } from './reconcile.ts';
import { factsOf, patchOf, type TicketPatch, type TicketRow } from './rows.ts';

/** Names that a ticket keeps: of subject and item as they were when it was opened. */
export interface Naming {
  subject(subject: string): { readonly name: Text; readonly demo: boolean };
  item(item: string): Text;
  /** The fault that a rule finds. */
  fault(rule: string): Text;
}

/** A ticket as it was before and is after, for those who tell people. */
export interface TicketChange {
  readonly before: TicketRow | null;
  readonly after: TicketRow;
  readonly episodes: readonly EpisodeFacts[];
}

/** What tickets are written with. */
export interface TicketContext {
  readonly estate: string;
  readonly naming: Naming;
  readonly overlay: TicketOverlay;
  /** By which clocks run. */
  readonly timeOf: TimeOf;
  /** Cloud clock. */
  readonly now: number;
}

/** Brings the tickets of one (subject, item) in line with its standing episodes. */
export async function reconcileItem(
  tx: Tx,
  news: ItemNews,
  context: TicketContext,
): Promise<readonly TicketChange[]> {
  const { now, timeOf } = context;
  const { rows, episodes, planned } = await planFrom(tx, news, context, news.since);
  await detach(tx, letGo(rows.map(factsOf), episodes));
  const changes: TicketChange[] = [];
  for (const ticket of planned) {
    const before = rows.find((row) => row.id === ticket.id) ?? null;
    const row = before ?? (await create(tx, news, ticket, context));
    const written = await append(tx, row, eventsFor(ticket, before, now), now, timeOf);
    const after = await setRepeat(tx, written, ticket.repeat);
    await attach(tx, after.id, ticket.episodes);
    changes.push({ before, after, episodes: ticket.episodes });
  }
  return changes;
}

interface Plan {
  readonly rows: readonly TicketRow[];
  readonly episodes: readonly EpisodeFacts[];
  readonly planned: readonly PlannedTicket[];
}

/**
 * What becomes of the tickets, numbered anew from `from` on. An episode that is hidden no longer may put the onset
 * of a ticket before the change that freed it: then it is planned again from there, with what decides the numbers.
 */
async function planFrom(
  tx: Tx,
  news: ItemNews,
  context: TicketContext,
  from: number,
): Promise<Plan> {
  const since = from - repeatWindow - 1;
  const rows = await loadTickets(tx, news, since);
  const ids = rows.map((row) => row.id);
  const episodes = await loadEpisodes(tx, news, since, ids, context);
  const planned = reconcile(rows.map(factsOf), episodes, news.news, from);
  const earliest = Math.min(...planned.map((ticket) => changedFrom(ticket, rows)));
  return earliest < from ? planFrom(tx, news, context, earliest) : { rows, episodes, planned };
}

/** From when on the numbers of tickets may change with this one; Infinity when it stays in its place. */
function changedFrom({ id, fields }: PlannedTicket, rows: readonly TicketRow[]): number {
  const before = rows.find((row) => row.id === id);
  if (before === undefined) return fields.onset;
  if (fields.state === 'withdrawn') return before.onset;
  const moved = fields.onset !== before.onset;
  return moved ? Math.min(fields.onset, before.onset) : Number.POSITIVE_INFINITY;
}

function loadTickets(tx: Tx, { subject, item }: ItemNews, since: number): Promise<TicketRow[]> {
  return tx
    .selectFrom('tickets')
    .selectAll()
    .where('subject', '=', subject)
    .where('item', '=', item)
    .where('state', '!=', 'withdrawn')
    .where((eb) =>
      eb.or([
        eb('until', 'is', null),
        eb('until', '>=', since),
        eb('closed', '>=', since),
        eb('state', 'in', openTicketStates),
      ]),
    )
    .orderBy('id')
    .execute();
}

async function loadEpisodes(
  tx: Tx,
  { subject, item }: ItemNews,
  since: number,
  tickets: readonly number[],
  { naming, overlay }: TicketContext,
): Promise<EpisodeFacts[]> {
  const rows = await tx
    .selectFrom('episodes')
    .selectAll()
    .where('subject', '=', subject)
    .where('item', '=', item)
    .where('state', 'in', ['standing', 'reported'])
    .where('severity', '!=', 'advice')
    .where((eb) =>
      eb.or([
        eb('ended', 'is', null),
        eb('ended', '>=', since),
        // Hidden until now, it lasts however long it has been over.
        eb.and([eb('latched', '=', 1), eb('ticket', 'is', null)]),
        ...(tickets.length > 0 ? [eb('ticket', 'in', tickets)] : []),
      ]),
    )
    .execute();
  const hidden = await hiddenRows(tx, rows, overlay, naming);
  return rows.map((row) => episodeFacts(row, naming, hidden.get(row.id) ?? null));
}

function episodeFacts(row: EpisodeRow, naming: Naming, hidden: Text | null): EpisodeFacts {
  return {
    id: row.id,
    rule: row.rule,
    onset: row.onset,
    end: row.ended,
    severity: row.severity as Severity,
    latched: row.latched === 1,
    history: row.history === 1,
    title: JSON.stringify(naming.fault(row.rule)),
    why: row.why,
    standardVersion: row.standard_version,
    reported: row.state === 'reported',
    alarmed: row.alarmed === 1,
    hidden,
    ticket: row.ticket,
  };
}

function create(
  tx: Tx,
  { subject, item }: ItemNews,
  { fields, repeat, episodes }: PlannedTicket,
  { estate, naming, now }: TicketContext,
): Promise<TicketRow> {
  const { name, demo } = naming.subject(subject);
  return tx
    .insertInto('tickets')
    .values({
      estate,
      subject,
      subject_name: JSON.stringify(name),
      item,
      item_name: JSON.stringify(naming.item(item)),
      title: fields.title,
      why: fields.why,
      severity: fields.severity,
      state: fields.state,
      condition_clear: Number(fields.conditionClear),
      latched: Number(fields.latched),
      touched: 0,
      onset: fields.onset,
      opened: now,
      repeat,
      standard_version: fields.standardVersion,
      revision: 0,
      demo: Number(demo),
      source: episodes.every((episode) => episode.reported) ? 'gateway-alarm' : 'episode',
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The first event carries what changed; one that ends or opens the ticket carries its state. */
function eventsFor(ticket: PlannedTicket, before: TicketRow | null, now: number): NewEvent[] {
  const patch = patchOf(ticket.fields, before);
  const closing = patch.state === undefined || isOpen(patch.state) ? null : patch.state;
  const first: TicketPatch = { ...patch };
  if (closing !== null) first.state = before?.state ?? 'new';
  if (before !== null && patch.state !== undefined && isOpen(patch.state)) first.closed = null;
  const base = { by: 'engine', note: null, patch: {} };
  const events = ticket.events.map((event) => ({ ...event, ...base }));
  if (events.length === 0 && Object.keys(patch).length > 0) {
    events.push({ type: 'episode-amended', episode: null, reason: null, ...base });
  }
  return events.map((event, index) => ({
    ...event,
    patch: {
      ...(index === 0 ? first : {}),
      ...(closing !== null && index === events.length - 1 ? { state: closing, closed: now } : {}),
    },
  }));
}

/** The repeat number follows from the other tickets, so it is kept outside the log. */
async function setRepeat(tx: Tx, row: TicketRow, repeat: number): Promise<TicketRow> {
  if (row.repeat === repeat) return row;
  await tx.updateTable('tickets').set({ repeat }).where('id', '=', row.id).execute();
  return { ...row, repeat };
}

/** A hidden episode hangs on no ticket, so that it finds a new one when it is hidden no longer. */
async function detach(tx: Tx, episodes: readonly EpisodeFacts[]): Promise<void> {
  if (episodes.length === 0) return;
  const ids = episodes.map((episode) => episode.id);
  await tx.updateTable('episodes').set({ ticket: null }).where('id', 'in', ids).execute();
}

async function attach(tx: Tx, ticket: number, episodes: readonly EpisodeFacts[]): Promise<void> {
  const moved = episodes.filter((e) => e.ticket !== ticket).map((e) => e.id);
  if (moved.length === 0) return;
  await tx.updateTable('episodes').set({ ticket }).where('id', 'in', moved).execute();
}
