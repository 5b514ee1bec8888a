/** What stands behind each tab, in their order. */
export const tabs = ['open', 'mine', 'late', 'waiting', 'proving', 'all'] as const;
export type Tab = (typeof tabs)[number];

export const severities = ['emergency', 'high', 'medium', 'low', 'advice'] as const;
export const teams = ['engineering', 'security', 'cleaning', 'service'] as const;
export const sources = ['episode', 'gateway-alarm', 'report', 'complaint', 'wish'] as const;
const classes = ['same-day', 'three-days', 'one-week'] as const;
export const sorts = ['due', 'newest', 'severity', 'age'] as const;
export type Sort = (typeof sorts)[number];

/** What the address of the list says. Lists stand with commas: `high,medium`. */
export interface TicketsSearch {
  readonly tab?: Tab | undefined;
  readonly touchpoint?: string | undefined;
  readonly team?: string | undefined;
  readonly severity?: string | undefined;
  readonly source?: string | undefined;
  readonly text?: string | undefined;
  readonly sort?: Sort | undefined;
  readonly class?: string | undefined;
  readonly owner?: string | undefined;
  readonly assigned?: string | undefined;
  readonly place?: string | undefined;
  readonly subject?: string | undefined;
  readonly item?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Everything that narrows the list, apart from tab and order. */
export const narrowing = [
  'touchpoint',
  'team',
  'severity',
  'source',
  'text',
  'class',
  'owner',
  'assigned',
  'place',
  'subject',
  'item',
  'from',
  'to',
] as const satisfies readonly (keyof TicketsSearch)[];
export type Narrowing = (typeof narrowing)[number];

export const blank = Object.fromEntries(
  [...narrowing, 'sort'].map((name) => [name, undefined]),
) as Readonly<Record<Narrowing | 'sort', undefined>>;

/** The address parser reads `?text=1042` as a number; a filter is always text. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.slice(0, 200) : undefined;
}

function listOf(value: unknown, allowed: readonly string[]): string | undefined {
  const given = Array.isArray(value) ? value.map(String) : (textOf(value)?.split(',') ?? []);
  const known = allowed.filter((one) => given.includes(one));
  return known.length === 0 ? undefined : known.join(',');
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((one) => one === value);
}

function instantOf(value: unknown): number | undefined {
  const at = Number(value ?? Number.NaN);
  return Number.isSafeInteger(at) ? at : undefined;
}

/** Reads the filters from an address that anybody may have written. */
export function ticketsSearch(search: Readonly<Record<string, unknown>>): TicketsSearch {
  const touchpoint = textOf(search.touchpoint);
  const tab = oneOf(search.tab, tabs);
  return {
    tab: tab === 'open' ? undefined : tab,
    touchpoint: touchpoint !== undefined && /^TP\d{2}$/.test(touchpoint) ? touchpoint : undefined,
    team: listOf(search.team, teams),
    severity: listOf(search.severity, severities),
    source: listOf(search.source, sources),
    text: textOf(search.text),
    sort: oneOf(search.sort, sorts),
    class: listOf(search.class, classes),
    owner: textOf(search.owner),
    assigned: textOf(search.assigned),
    place: textOf(search.place),
    subject: textOf(search.subject),
    item: textOf(search.item),
    from: instantOf(search.from),
    to: instantOf(search.to),
  };
}

export const tabOf = ({ tab }: TicketsSearch): Tab => tab ?? 'open';

/** The clock that runs out first comes first; of all tickets, most of which have none, the newest. */
export function sortOf({ sort, text, tab }: TicketsSearch): Sort | undefined {
  if (sort !== undefined) return sort;
  if (text !== undefined) return undefined;
  return tab === 'all' ? 'newest' : 'due';
}

const lists = ['team', 'severity', 'source', 'class'] as const;

/** The same as the service is asked for it. */
export function filterOf(search: TicketsSearch): Readonly<Record<string, FilterValue>> {
  const given = Object.fromEntries(narrowing.map((name) => [name, search[name]]));
  const several = lists.map((name) => [name, search[name]?.split(',')] as const);
  const all = { ...given, ...Object.fromEntries(several), state: tabOf(search) };
  return { ...all, sort: sortOf(search) };
}
export type FilterValue = string | number | readonly string[] | undefined;

/** What a kept filter stands for in the address; `state` says which tab. */
export function searchOf(filter: Readonly<Record<string, unknown>>): TicketsSearch {
  return ticketsSearch({ ...filter, tab: filter.state });
}

/** How many filters are set, the text among them. */
export function countFilters(search: TicketsSearch): number {
  return narrowing.filter((name) => search[name] !== undefined).length;
}
