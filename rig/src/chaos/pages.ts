import type { Ticket, TicketDetail } from '@caretaker/cloud/contract';
import type { KeptPage } from '../product/pager.ts';

/** What is wrong with the pages of one product. */
export interface PageFaults {
  readonly faults: readonly string[];
  /** Pages that came again. */
  readonly repeats: number;
}

/**
 * The key under which a ticket in its present severity must have been paged; null when nobody had to be. A fault that
 * came back to the same ticket is told of under this key with the onset after it.
 */
export function pageKeyOf(ticket: TicketDetail): string | null {
  if (ticket.state !== 'new') return null;
  const live = ticket.episodes.some(
    (e) => e.state === 'standing' && !e.history && (e.end === null || e.latched),
  );
  return live ? keyOf(ticket) : null;
}

function keyOf({ id, severity }: Ticket): string {
  return `ticket-${id}-${severity}`;
}

/** Whether somebody was paged for what is due under `key`. */
export function wasPaged(keys: readonly string[], key: string): boolean {
  return keys.some((one) => one === key || one.startsWith(`${key}-`));
}

/**
 * @param due keys that must have been paged
 * @param deaths of the cloud: each may repeat one page, under the key it had
 */
export function auditPages(
  kept: readonly KeptPage[],
  tickets: readonly Ticket[],
  due: readonly string[],
  deaths: number,
): PageFaults {
  const faults: string[] = [];
  const seen = new Map<string, KeptPage>();
  const refs = new Map(tickets.map(({ ref, subject }) => [ref, subject]));
  let repeats = 0;
  for (const page of kept) {
    const before = seen.get(page.key);
    if (before !== undefined) {
      repeats += 1;
      if (before.ref !== page.ref) faults.push(`${page.key} was ${before.ref} and is ${page.ref}`);
    }
    seen.set(page.key, page);
    const subject = refs.get(page.ref);
    if (subject !== page.subject) faults.push(`${page.key}: ${page.ref} is of ${subject}`);
  }
  const keys = [...seen.keys()];
  for (const key of due) if (!wasPaged(keys, key)) faults.push(`nobody was paged: ${key}`);
  if (repeats > deaths) faults.push(`${repeats} pages came again after ${deaths} deaths`);
  return { faults, repeats };
}
