import type { Reading } from '@caretaker/readings';
import type { Condition } from '@caretaker/standards/engine';
import type { TicketTrace } from '../../contract/index.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { Tables } from '../../db/schema.ts';
import type { TicketRow } from '../rows.ts';
import type { ProofSources } from './load.ts';
import { type Kept, thinned } from './thin.ts';
import { around } from './window.ts';

export type TraceRow = Tables['ticket_traces'];
type Around = TicketTrace['around'];

/** Points of one ticket whose readings are kept. */
const mostPoints = 8;
/** Readings of one point that are looked at. */
const mostRead = 20_000;

/** The instants around which readings of a ticket are kept. */
export function instantsOf(row: Pick<TicketRow, 'onset' | 'fixed'>): Map<Around, number> {
  const instants = new Map<Around, number>([['onset', row.onset]]);
  if (row.fixed !== null) instants.set('fix', row.fixed);
  return instants;
}

/** Points that decide about a ticket, by the rules of its episodes. */
export async function pointsOf(
  { conditions }: Pick<ProofSources, 'conditions'>,
  read: Database['read'] | Tx,
  row: TicketRow,
): Promise<readonly string[] | null> {
  const judged = conditions(row.estate, row.subject);
  if (judged === null) return null;
  const rows = await read
    .selectFrom('episodes')
    .select('rule')
    .distinct()
    .where('ticket', '=', row.id)
    .execute();
  const rules = new Set(rows.map(({ rule }) => rule));
  const ofItem = ({ rule, item }: Condition) =>
    rules.size > 0 ? rules.has(rule) : item === row.item;
  const points = judged.filter(ofItem).flatMap((c) => c.points);
  return [...new Set(points)].slice(0, mostPoints);
}

/** Readings of some points around an instant, few enough to be kept. */
export async function readAround(
  store: {
    range(point: string, from: number, to: number, limit?: number): Promise<readonly Reading[]>;
  },
  points: readonly string[],
  at: number,
): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const point of points) {
    const found = await store.range(point, at - around, at + around + 1, mostRead);
    kept.push(thinned(point, found));
  }
  return kept;
}

/** What is kept of a ticket. */
export function loadTraces(read: Database['read'] | Tx, ticket: number): Promise<TraceRow[]> {
  return read.selectFrom('ticket_traces').selectAll().where('ticket', '=', ticket).execute();
}

/** Readings around onset and fix as the API gives them: those that are kept, or else those of the store. */
export async function shownTraces(
  sources: ProofSources,
  read: Database['read'],
  row: TicketRow,
): Promise<TicketTrace[]> {
  const kept = await loadTraces(read, row.id);
  const traces: TicketTrace[] = kept.map(traceOf);
  const instants = [...instantsOf(row)].filter(([one]) => !kept.some((k) => k.around === one));
  const points = instants.length === 0 ? null : await pointsOf(sources, read, row);
  for (const [one, at] of points === null ? [] : instants) {
    const found = await readAround(sources.store, points ?? [], at);
    traces.push({
      ...{ around: one, from: at - around, to: at + around, frozen: null },
      points: found.map((p) => ({ ...p, readings: [...p.readings] })),
    });
  }
  return traces.sort((a, b) => a.from - b.from);
}

function traceOf({ around: one, from_at: from, to_at: to, frozen, readings }: TraceRow) {
  return { around: one, from, to, frozen, points: JSON.parse(readings) } satisfies TicketTrace;
}

const mostListed = 200;

/** The readings of the onset in one list, those nearest to it first kept, in the order of time. */
export function listedOf(traces: readonly TicketTrace[], onset: number) {
  const trace = traces.find((one) => one.around === 'onset');
  const all = (trace?.points ?? []).flatMap(({ point, readings }) =>
    readings.map((reading) => ({ point, ...reading })),
  );
  const distance = (at: number) => Math.abs(at - onset);
  return all
    .sort((a, b) => distance(a.at) - distance(b.at))
    .slice(0, mostListed)
    .sort((a, b) => a.at - b.at || (a.point < b.point ? -1 : 1));
}
