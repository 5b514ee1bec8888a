import { type Severity, severities } from '@caretaker/standards';
import type { EpisodeChange } from '@caretaker/standards/engine';
import { comingBack } from '@caretaker/standards/overlay';
import { isOpen } from '../contract/index.ts';
import type { Tx } from '../db/database.ts';
import { sideBySide } from '../db/together.ts';
import { applyChanges, type ItemNews } from '../episodes/apply.ts';
import type { EpisodeRow } from '../episodes/rows.ts';
import { enqueuePage, type PageCause } from '../outbox/outbox.ts';
import type { PlannedChange } from '../overlay/overlay.ts';
import { hiddenItems, itemsToLookAt, merged } from '../tickets/hidden.ts';
import type { EpisodeFacts } from '../tickets/model.ts';
import type { TicketRow } from '../tickets/rows.ts';
import { reconcileItem, type TicketChange, type TicketContext } from '../tickets/write.ts';
import { pause } from './pause.ts';

/** What a transaction changed that people look at. */
export interface Committed {
  readonly episodes: readonly EpisodeRow[];
  readonly tickets: readonly TicketRow[];
}

export interface CommitContext extends TicketContext {
  /** What stands is known to stand now, however old it is. */
  readonly current?: boolean;
  /** The gateway still holds readings that are newer than these. */
  readonly behind: boolean;
  /** What follows pages nobody. */
  readonly quiet?: boolean;
  /** Subjects to look at again although nothing of them changed, because planned work did. */
  readonly subjects?: readonly PlannedChange[];
}

/** Items whose tickets are written side by side, between two turns of the event loop. */
const itemsPerTurn = 50;
/** Rows read between two turns. */
const rowsPerTurn = 200;
/** A page about something that may be over by now waits this long for the rest of the readings. */
const settleTime = 15_000;
/** Older than this when it is learnt of, a breach may have ended in readings that are still to come. */
const oldNews = 10 * 60_000;

/** Writes what the engine said, the tickets that follow from it, and the pages that follow from those. */
export async function commitChanges(
  tx: Tx,
  changes: readonly EpisodeChange[],
  context: CommitContext,
): Promise<Committed> {
  const { estate, overlay, now, subjects = [] } = context;
  if (changes.length === 0 && subjects.length === 0) return { episodes: [], tickets: [] };
  const applied = await applyChanges(tx, estate, changes, now);
  const lists = [applied.items, await hiddenItems(tx, applied.moved, overlay.hiding)];
  for (const { subject, since } of subjects) lists.push(await itemsToLookAt(tx, subject, since));
  const tickets = await commitItems(tx, merged(lists), context, applied.fresh);
  return { episodes: await rowsOf(tx, applied.episodes), tickets };
}

/**
 * Writes the tickets of some items, and their pages.
 * @param fresh episodes that were not known before
 */
export async function commitItems(
  tx: Tx,
  items: readonly ItemNews[],
  context: CommitContext,
  fresh: ReadonlySet<number>,
): Promise<readonly TicketRow[]> {
  const tickets: TicketChange[] = [];
  // A feeder that comes back concerns every lamp of an estate.
  for (let from = 0; from < items.length; from += itemsPerTurn) {
    if (from > 0) await pause();
    const part = items.slice(from, from + itemsPerTurn);
    const changed = await sideBySide(tx, part, async (item) => {
      const changes = await reconcileItem(tx, item, context);
      for (const change of changes) await pageFor(tx, change, context, fresh);
      return changes;
    });
    tickets.push(...changed.flat());
  }
  return tickets.map(({ after }) => after);
}

/** What a page is about, and the part of its key that says so. */
interface Cause {
  readonly about: PageCause;
  readonly key: string;
}

/**
 * One page for each severity a ticket reaches, however it stands with people, one when it is open again, and one for
 * each time that the sensor denies that it is mended. History pages nobody. What was hidden until now may be about to
 * come back with what hid it, so it pages a little later.
 */
async function pageFor(
  tx: Tx,
  change: TicketChange,
  context: CommitContext,
  fresh: ReadonlySet<number>,
): Promise<void> {
  const { before, after, episodes } = change;
  const live = episodes.filter((e) => !e.history && (e.end === null || e.latched));
  const cause = causeOf(change, live);
  if (context.quiet === true || cause === null) return;
  const newest = Math.max(...live.map((e) => e.onset));
  const old = context.behind || newest < context.now - oldNews;
  const waits = old && context.current !== true;
  const released = before === null && live.every((e) => !fresh.has(e.id));
  const wait = released ? comingBack : waits ? settleTime : 0;
  const notBefore = context.now + wait;
  const { key, about } = cause;
  await enqueuePage(tx, { key: `ticket-${after.id}-${key}`, ticket: after.id, about, notBefore });
}

function causeOf(
  { before, after, episodes }: TicketChange,
  live: readonly EpisodeFacts[],
): Cause | null {
  const { state, severity } = after;
  if (before !== null && after.denials > before.denials) {
    // It may be over already: whoever went away has not mended it all the same.
    const against = episodes.filter((e) => e.onset > (before.fixed ?? 0));
    return against.every((e) => e.history) ? null : denied(after);
  }
  if (live.length === 0 || !isOpen(state)) return null;
  if (state === 'reopened' && before?.state !== 'reopened') {
    return { about: 'reopened', key: `reopened-${backSince(live)}` };
  }
  if (state === 'new') {
    if (before?.state === 'new' && before.severity === severity) return null;
    const since = startOfFault(episodes, live);
    return { about: 'new', key: since === after.onset ? severity : `${severity}-${since}` };
  }
  if (before === null || rankOf(severity) >= rankOf(before.severity)) return null;
  return { about: 'raised', key: severity };
}

/** The sensor says that it is not mended. */
export function denied({ denials }: Pick<TicketRow, 'denials'>): Cause {
  return { about: 'denied', key: `denied-${denials}` };
}

const rankOf = (severity: string) => severities.indexOf(severity as Severity);

const backSince = (live: readonly EpisodeFacts[]) => Math.min(...live.map((e) => e.onset));

/** Onset of the breach that stands now, with what overlapped it: a fault that came back is told of again. */
function startOfFault(episodes: readonly EpisodeFacts[], live: readonly EpisodeFacts[]): number {
  let since = backSince(live);
  for (const e of episodes.toSorted((a, b) => b.onset - a.onset)) {
    if ((e.end ?? Infinity) >= since) since = Math.min(since, e.onset);
  }
  return since;
}

async function rowsOf(tx: Tx, ids: ReadonlySet<number>): Promise<EpisodeRow[]> {
  const all = [...ids].sort((a, b) => a - b);
  const rows: EpisodeRow[] = [];
  for (let from = 0; from < all.length; from += rowsPerTurn) {
    if (from > 0) await pause();
    const part = tx
      .selectFrom('episodes')
      .selectAll()
      .where('id', 'in', all.slice(from, from + rowsPerTurn));
    rows.push(...(await part.orderBy('id').execute()));
  }
  return rows;
}
