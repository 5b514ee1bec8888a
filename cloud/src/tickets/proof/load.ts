import type { Asset } from '@caretaker/devices/model';
import type { Reading, ReadingStore } from '@caretaker/readings';
import { type EventProof, provingOf, ruleOf } from '@caretaker/standards';
import type { Condition } from '@caretaker/standards/engine';
import { isAllowed } from '../../contract/index.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { EpisodeRow } from '../../episodes/rows.ts';
import { type Directory, gatewaySubject } from '../../estates/directory.ts';
import type { GatewayRegistry } from '../../gateways/registry.ts';
import type { InForce } from '../../standards/in-force.ts';
import { isClaimed } from '../model.ts';
import type { TicketRow } from '../rows.ts';
import { countEvents } from './counted.ts';
import type { Breach, Counted, ProvenTicket, Watched } from './proof.ts';

/** What is known of the present, and where it is looked up. */
export interface ProofSources {
  readonly directory: Directory;
  readonly registry: Pick<GatewayRegistry, 'completeTo' | 'isSilent'>;
  readonly inForce: Pick<InForce, 'standard' | 'asset' | 'related'>;
  readonly store: Pick<ReadingStore, 'range'>;
  /** Null while the rules of the estate are being brought up to date. */
  readonly conditions: (estate: string, subject: string) => readonly Condition[] | null;
  readonly newest: (point: string) => Reading | undefined;
  readonly now: () => number;
}

/** Events that are looked at for one ticket; more say nothing new. */
const mostEvents = 5000;

/** What proving needs of a ticket; null while nothing can be said. */
export interface Known {
  readonly ticket: ProvenTicket;
  readonly breaches: readonly Breach[];
  readonly watched: readonly Watched[];
  readonly conditions: readonly Condition[];
}

/**
 * @param rows every episode of the ticket, withdrawn ones included: their rules watch it. A sensor that never said
 * that something was wrong proves nothing.
 */
export async function knownOf(
  sources: ProofSources,
  read: Database['read'] | Tx,
  row: TicketRow,
  rows: readonly EpisodeRow[],
): Promise<Known | null> {
  const judged = sources.conditions(row.estate, row.subject);
  if (judged === null) return null;
  const told = rows.filter(({ severity }) => severity !== 'advice');
  const standing = told.filter(({ state }) => state !== 'withdrawn');
  const rules = [...new Set(told.map(({ rule }) => rule))];
  const conditions = judged.filter(({ rule }) => rules.includes(rule));
  const watched: Watched[] = [];
  for (const rule of rules) {
    const condition = conditions.find((c) => c.rule === rule) ?? null;
    const own = standing.filter((e) => e.rule === rule);
    watched.push(await watchedBy(sources, row, rule, condition, own));
  }
  const ticket = {
    ...{ state: row.state, latched: row.latched === 1, touched: row.touched === 1 },
    ...{ fixed: row.fixed, reopened: await reopenedBy(read, row) },
  };
  const breaches = standing.map(({ id, rule, onset, ended }) => {
    return { id, rule, onset, end: ended, hidden: false };
  });
  return { ticket, breaches, watched, conditions };
}

async function watchedBy(
  sources: ProofSources,
  row: TicketRow,
  rule: string,
  condition: Condition | null,
  own: readonly EpisodeRow[],
): Promise<Watched> {
  const { directory, inForce, newest } = sources;
  const asset = directory.assets.get(row.subject);
  const estate = directory.estates.get(row.estate);
  const judged = asset && inForce.asset(asset);
  const related = inForce.related(row.estate);
  const proving = provingOf(ruleOf(inForce.standard, rule), judged, estate, related);
  const points = (condition?.points ?? []).flatMap((id) => directory.points.get(id) ?? []);
  const heard = points.flatMap(({ point }) => newest(point.id)?.at ?? []);
  return {
    rule,
    time: proving.time,
    grace: proving.grace,
    cadence: Math.max(0, ...points.map(({ point }) => point.cadence ?? 0)),
    condition,
    heard: heard.length === 0 ? null : Math.max(...heard),
    counted: await countedIn(sources, row, proving.events, own),
    ...reached(sources, row, asset, points),
  };
}

/** How far what decides is known. The cloud's own clock tells of gateways. */
function reached(
  { directory, registry, now }: ProofSources,
  { estate, subject }: TicketRow,
  asset: Asset | undefined,
  points: readonly { readonly asset: Asset }[],
): Pick<Watched, 'completeTo' | 'silent'> {
  const named = points.map((point) => point.asset.gateway);
  const gateways = [...new Set(named.length > 0 || asset === undefined ? named : [asset.gateway])];
  if (gateways.length === 0) {
    const own = directory.gatewaysOf(estate).some((id) => gatewaySubject(estate, id) === subject);
    return { completeTo: own ? now() : null, silent: false };
  }
  const told = gateways.map((id) => registry.completeTo(id));
  const known = told.filter((to) => to !== null);
  return {
    completeTo: known.length < told.length ? null : Math.min(...known),
    silent: gateways.some((id) => registry.isSilent(id)),
  };
}

/** Up to when all that these points of a ticket measured is judged; null while nothing was told. */
export function toldTo(
  sources: ProofSources,
  row: TicketRow,
  points: readonly string[],
): number | null {
  const { directory } = sources;
  const known = points.flatMap((id) => directory.points.get(id) ?? []);
  return reached(sources, row, directory.assets.get(row.subject), known).completeTo;
}

/** Events since the claim, or since the breach began. */
async function countedIn(
  { store, newest }: ProofSources,
  row: TicketRow,
  events: EventProof | null,
  own: readonly EpisodeRow[],
): Promise<Counted | null> {
  const open = own.find(({ ended }) => ended === null);
  if (events === null || open === undefined) return null;
  const since = isClaimed(row.state) ? (row.fixed ?? open.onset) : open.onset;
  const to = newest(events.point)?.at ?? since;
  const readings = await store.range(events.point, since + 1, to + 1, mostEvents);
  return countEvents(readings, events);
}

/** When a person last opened it again; null when none did, or when that is of no account. */
async function reopenedBy(read: Database['read'] | Tx, row: TicketRow): Promise<number | null> {
  if (row.condition_clear === 0 || !isAllowed('self-clear', row.state)) return null;
  const found = await read
    .selectFrom('ticket_events')
    .select((eb) => eb.fn.max('at').as('at'))
    .where('ticket', '=', row.id)
    .where('type', 'in', ['reopened', 'followed-up'])
    .where('by', '!=', 'engine')
    .executeTakeFirst();
  return found?.at === null || found === undefined ? null : Number(found.at);
}
