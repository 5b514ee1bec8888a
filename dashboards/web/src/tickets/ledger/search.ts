import { dayStart } from '../../audit/search.ts';
import { type TicketsSearch, ticketsSearch } from '../list/search.ts';

/** What the address of the ledger says. Days stand as `2026-11-28`; the last one is still in it. */
export interface LedgerSearch {
  readonly days?: '30' | '90' | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly touchpoint?: string | undefined;
  readonly team?: string | undefined;
  readonly severity?: string | undefined;
  readonly source?: string | undefined;
}

const isDay = /^\d{4}-\d{2}-\d{2}$/;
const dayOf = (value: unknown) =>
  typeof value === 'string' && isDay.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined;

/** Reads period and filters from an address that anybody may have written. */
export function ledgerSearch(search: Readonly<Record<string, unknown>>): LedgerSearch {
  const { touchpoint, team, severity, source } = ticketsSearch(search);
  const days = String(search.days);
  return {
    days: days === '30' || days === '90' ? days : undefined,
    from: dayOf(search.from),
    to: dayOf(search.to),
    touchpoint,
    team,
    severity,
    source,
  };
}

const day = 24 * 3_600_000;

/** The period asked for: days by name in the zone of the estate, else the last days up to now. */
export function periodOf(
  { days, from, to }: LedgerSearch,
  zone: string,
  now: number,
): { readonly from: number | undefined; readonly to: number | undefined } {
  if (from === undefined && to === undefined) {
    return { from: now - Number(days ?? 7) * day, to: undefined };
  }
  return {
    from: from === undefined ? undefined : dayStart(from, zone),
    to: to === undefined ? undefined : dayStart(to, zone, 1),
  };
}

/** What the service is asked for, page or file. */
export function queryOf(search: LedgerSearch, zone: string, now: number) {
  const { touchpoint, team, severity, source } = search;
  const list = (value: string | undefined) => value?.split(',');
  return {
    ...periodOf(search, zone, now),
    touchpoint,
    team: list(team),
    severity: list(severity),
    source: list(source),
  };
}

/** The filters that the ledger shares with the list of tickets. */
export function sharedFilters({ touchpoint, team, severity, source }: LedgerSearch): TicketsSearch {
  return { touchpoint, team, severity, source };
}
