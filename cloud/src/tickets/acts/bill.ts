import type { TicketWork } from '../../contract/index.ts';
import { patchIn, type TicketLog } from '../meets.ts';

/** T02: work that is over by then costs nothing but its parts. */
const freeUntil = 10 * 60_000;

type Part = TicketWork['parts'][number];
type Quote = NonNullable<TicketWork['quote']>;
type Consent = NonNullable<TicketWork['consent']>;

/** What of a ticket's log is about work and money; everything else of it follows from this. */
export function workOf(log: TicketLog, now: number): TicketWork {
  const worked = workedTime(log, now);
  const parts = log.filter(({ type }) => type === 'part-used').map(partOf);
  const quoted = log.findLast(({ type }) => type === 'quoted');
  const quote = quoted === undefined ? null : { ...dataOf<Quote>(quoted.data), at: quoted.at };
  const consent = consentOf(log, quoted?.sequence ?? Number.POSITIVE_INFINITY);
  return {
    checklist: checklistOf(log),
    parts,
    worked,
    quote,
    consent,
    bill: billOf({ worked, parts, quote }),
  };
}

/**
 * What the customer pays: nothing for labour that took ten minutes at most, and every part that has a price.
 * @param worked time at work without the time it stood still, milliseconds
 */
export function billOf({
  worked,
  parts,
  quote,
}: Pick<TicketWork, 'worked' | 'parts' | 'quote'>): TicketWork['bill'] {
  const free = worked <= freeUntil;
  const labour = free ? 0 : (quote?.labour ?? 0);
  const used = parts.reduce(
    (sum, { price, quantity }) => sum + Math.round((price ?? 0) * quantity),
    0,
  );
  return { free, labour, parts: used, total: labour + used, currency: quote?.currency ?? null };
}

/** Time at work until it was last said to be mended: only what passed in that state, so pauses do not count. */
function workedTime(log: TicketLog, now: number): number {
  let since: number | null = null;
  let total = 0;
  for (const entry of log) {
    const { state } = patchIn(entry);
    if (state === undefined) continue;
    if (since !== null) total += Math.max(0, entry.at - since);
    since = state === 'working' ? entry.at : null;
  }
  return since === null ? total : total + Math.max(0, now - since);
}

function checklistOf(log: TicketLog): TicketWork['checklist'] {
  const steps = new Map<string, TicketWork['checklist'][number]>();
  for (const { type, at, by, data } of log) {
    if (type !== 'ticked') continue;
    const { step, done } = dataOf<Pick<TicketWork['checklist'][number], 'step' | 'done'>>(data);
    steps.set(step, { step, done, at, by });
  }
  return [...steps.values()];
}

function consentOf(log: TicketLog, quoted: number): Consent | null {
  const given = log.findLast(({ type, sequence }) => type === 'consented' && sequence > quoted);
  if (given === undefined) return null;
  const { by, file = null } = dataOf<{ by: string; file?: string }>(given.data);
  return { by, file, at: given.at };
}

function partOf({ data }: TicketLog[number]): Part {
  const { name, quantity, price } = dataOf<Part>(data);
  return { name, quantity, price };
}

/** The contract of the command that wrote it has said what it holds. */
const dataOf = <T>(data: string): T => JSON.parse(data) as T;
