import type { Text } from '@caretaker/readings/base';
import type { Severity, TicketState } from '../contract/index.ts';
import { isOpen } from '../contract/index.ts';
import type { Tx } from '../db/database.ts';
import type { ItemNews } from '../episodes/apply.ts';
import type { EpisodeRow } from '../episodes/rows.ts';
import { append, type NewEvent, type NewTicket, open } from './append.ts';
import { letGo } from './claim.ts';
import type { TimeOf } from './clocks/keep.ts';
import { type AskedWithTickets, hang, loadRows, loadTickets } from './gathered.ts';
import { hiddenRows, type TicketOverlay } from './hidden.ts';
import type { EpisodeFacts, PlannedEvent, PlannedTicket } from './model.ts';
import { fixerBefore, loadPast, type Past, previousTo, relink } from './past.ts';
import { around } from './proof/window.ts';
import { reconcile, repeatWindow } from './reconcile.ts';
import { factsOf, patchOf, type TicketPatch, type TicketRow } from './rows.ts';
import { breachedAgain, cameBack } from './texts.ts';

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
  /** In which people there read the time; UTC unless given. */
  readonly zone?: string;
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
  const moved = Math.min(...planned.map((ticket) => changedFrom(ticket, rows)));
  const past = moved < Infinity ? await loadPast(tx, news, moved) : [];
  const changes: TicketChange[] = [];
  for (const ticket of planned) {
    const before = rows.find((row) => row.id === ticket.id) ?? null;
    const events = eventsFor(ticket, before, past, context);
    const written =
      before === null
        ? await open(tx, valuesOf(news, ticket, past, context), events, now, timeOf)
        : await append(tx, before, events, now, timeOf);
    const after = await setDerived(tx, written, before, ticket.repeat);
    await attach(tx, after.id, ticket.episodes);
    changes.push({ before, after, episodes: ticket.episodes });
  }
  const alone = planned.length === 1 && planned[0]?.id === null;
  const last = alone && past.every(({ onset }) => onset < moved);
  if (moved < Infinity && !last) await relink(tx, news, moved);
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
  const asked = { subject: news.subject, item: news.item, since };
  const rows = await loadTickets(tx, asked);
  const tickets = rows.map((row) => row.id);
  const episodes = await loadEpisodes(tx, { ...asked, tickets }, context);
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

async function loadEpisodes(
  tx: Tx,
  asked: AskedWithTickets,
  { naming, overlay }: TicketContext,
): Promise<EpisodeFacts[]> {
  const rows = await loadRows(tx, asked);
  const hidden = await hiddenRows(tx, rows, overlay, naming);
  return rows.map((row) => episodeFacts(row, naming, hidden.get(row.id) ?? null));
}

function episodeFacts(row: EpisodeRow, naming: Naming, hidden: Text | null): EpisodeFacts {
  return {
    id: row.id,
    rule: row.rule,
    onset: row.onset,
    detected: row.detected,
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

/** A new ticket as it is before its first event. */
function valuesOf(
  { subject, item }: ItemNews,
  { fields, repeat, episodes }: PlannedTicket,
  past: readonly Past[],
  { estate, naming, now }: TicketContext,
): NewTicket {
  const { name, demo } = naming.subject(subject);
  return {
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
    trace_due: fields.onset + around,
    previous: previousTo(past, fields.onset),
    opened: now,
    repeat,
    standard_version: fields.standardVersion,
    demo: Number(demo),
    in_home: 0,
    source: episodes.every((episode) => episode.reported) ? 'gateway-alarm' : 'episode',
  };
}

/** What a claim that is denied, and an end that is taken back, leave behind. */
export const taken: TicketPatch = {
  closed: null,
  fixed: null,
  fixed_by: null,
  fixed_person: null,
  verified: null,
  follow_up: 'none',
  asks: null,
};

/** The first event carries what changed; one that ends or opens the ticket carries its state. */
function eventsFor(
  ticket: PlannedTicket,
  before: TicketRow | null,
  past: readonly Past[],
  { now, zone = 'UTC' }: TicketContext,
): NewEvent[] {
  const patch = patchOf(ticket.fields, before);
  const closing = patch.state === undefined || isOpen(patch.state) ? null : patch.state;
  const led = ticket.events.some(({ state }) => state !== undefined);
  const first: TicketPatch = { ...patch };
  if (led) delete first.state;
  if (closing !== null) first.state = before?.state ?? 'new';
  if (before !== null && !led && patch.state !== undefined && closing === null) first.closed = null;
  if (before !== null && before.asks !== null && patch.condition_clear === 0) first.asks = null;
  if (before === null) Object.assign(first, proposed(ticket, past));
  const base = { by: 'engine', note: null };
  const events = ticket.events.map(({ state, ...event }): NewEvent => {
    if (state === undefined) return { ...event, ...base, patch: {} };
    return { ...event, ...base, ...ledTo(event, state, ticket, before, zone) };
  });
  if (events.length === 0 && Object.keys(first).length > 0) {
    events.push({ type: 'episode-amended', episode: null, reason: null, ...base, patch: {} });
  }
  return events.map((event, index) => ({
    ...event,
    patch: {
      ...(index === 0 ? first : {}),
      ...event.patch,
      ...(closing !== null && index === events.length - 1 ? { state: closing, closed: now } : {}),
    },
  }));
}

/** Whoever mended the same fault last is to look at it again. */
function proposed({ fields }: PlannedTicket, past: readonly Past[]): TicketPatch {
  const fixer = fixerBefore(past, fields.onset);
  if (fixer === null) return {};
  return { assigned: fixer.fixed_by, assigned_person: fixer.fixed_person };
}

/** An event by which a ticket is open again. */
function ledTo(
  { type, episode }: PlannedEvent,
  state: TicketState,
  { episodes }: PlannedTicket,
  before: TicketRow | null,
  zone: string,
): Pick<NewEvent, 'reason' | 'patch'> {
  const found = episodes.find(({ id }) => id === episode);
  const said = type === 'denied' ? breachedAgain : cameBack;
  const reason = found === undefined ? null : said(found.why, found.onset, zone);
  const denied = type === 'denied' ? { denials: (before?.denials ?? 0) + 1 } : {};
  return { reason, patch: { ...taken, ...denied, state } };
}

/**
 * The repeat number follows from the other tickets, and when readings are to be kept from the onset, so both are kept
 * outside the log.
 */
async function setDerived(
  tx: Tx,
  row: TicketRow,
  before: TicketRow | null,
  repeat: number,
): Promise<TicketRow> {
  const moved = before !== null && before.onset !== row.onset;
  if (row.repeat === repeat && !moved) return row;
  const due = moved ? { trace_due: row.onset + around } : {};
  const set = { repeat, ...due };
  await tx.updateTable('tickets').set(set).where('id', '=', row.id).execute();
  return { ...row, ...set };
}

/** A hidden episode hangs on no ticket, so that it finds a new one when it is hidden no longer. */
async function detach(tx: Tx, episodes: readonly EpisodeFacts[]): Promise<void> {
  if (episodes.length === 0) return;
  const ids = episodes.map((episode) => episode.id);
  await tx.updateTable('episodes').set({ ticket: null }).where('id', 'in', ids).execute();
}

async function attach(tx: Tx, ticket: number, episodes: readonly EpisodeFacts[]): Promise<void> {
  const moved = episodes.filter((e) => e.ticket !== ticket).map((e) => e.id);
  if (moved.length > 0) await hang(tx, { ticket, episodes: moved });
}
