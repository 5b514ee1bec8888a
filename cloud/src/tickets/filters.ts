import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { openTicketStates, type TicketFilter, type TicketGroup } from '../contract/index.ts';

/** Whose list it is, and when they look. */
export interface Viewer {
  /** The account of the one who looks; null for one who has none. */
  readonly person: string | null;
  /** Estates that they may look at; null for all. */
  readonly estates: readonly string[] | null;
  readonly now: number;
}

type Where = RawBuilder<SqlBool>;

/** Of the table `t`; in words that are those of an index. */
const isOpenRow = sql<SqlBool>`t.state in (${sql.raw(
  openTicketStates.map((state) => `'${state}'`).join(', '),
)})`;

/** Groups that hold nothing but open tickets. */
export function isOpenGroup(group: TicketGroup): boolean {
  return group !== 'all' && (group in ofOpen || group === 'open' || isOpenState(group));
}

function isOpenState(group: TicketGroup): boolean {
  return (openTicketStates as readonly string[]).includes(group);
}

const isOf = (column: string, person: string | null): Where =>
  person === null ? sql`1 = 0` : sql`t.${sql.ref(column)} = ${person}`;

/** What is theirs to do: owned, dispatched to them, or handed over to them and not accepted yet. */
const isMine = ({ person }: Viewer): Where =>
  sql`(${isOf('owner_person', person)} or ${isOf('assigned_person', person)}
    or ${isOf('handover_person', person)})`;

/** Parts of what is open. */
const ofOpen = {
  mine: isMine,
  late: ({ now }: Viewer): Where => sql`t.next_due <= ${now}`,
  waiting: (): Where => sql`t.state = 'waiting'`,
  proving: (): Where => sql`t.state = 'fixed'`,
} as const;

function inGroup(group: TicketGroup, viewer: Viewer): Where[] {
  if (group === 'all') return [];
  if (group === 'open') return [isOpenRow];
  if (group in ofOpen) return [isOpenRow, ofOpen[group as keyof typeof ofOpen](viewer)];
  return [sql`t.state = ${group}`];
}

function belongsTo(column: string, whose: string | undefined, viewer: Viewer): Where[] {
  if (whose === undefined) return [];
  if (whose === 'nobody') return [sql`t.${sql.ref(column)} is null`];
  return [isOf(column, whose === 'me' ? viewer.person : whose)];
}

function oneOf(column: string, values: readonly (string | null)[] | undefined | null): Where[] {
  if (values === undefined || values === null) return [];
  if (values.length === 0) return [sql`1 = 0`];
  return [sql`t.${sql.ref(column)} in (${sql.join(values)})`];
}

function equals(column: string, value: string | undefined): Where[] {
  return value === undefined ? [] : [sql`t.${sql.ref(column)} = ${value}`];
}

/** What rows of `tickets as t` must be to be in a list, but for its text. */
export function narrowed(filter: TicketFilter, viewer: Viewer): readonly Where[] {
  const { touchpoint, from, to } = filter;
  return [
    ...oneOf('estate', viewer.estates),
    ...inGroup(filter.state ?? 'all', viewer),
    ...oneOf('severity', filter.severity),
    ...oneOf('team', filter.team),
    ...oneOf('source', filter.source),
    ...oneOf('class', filter.class),
    ...equals('subject', filter.subject),
    ...equals('item', filter.item),
    ...(touchpoint === undefined ? [] : [sql<SqlBool>`substr(t.item, 1, 5) = ${`${touchpoint}-`}`]),
    ...equals('place', filter.place),
    ...belongsTo('owner_person', filter.owner, viewer),
    ...belongsTo('assigned_person', filter.assigned, viewer),
    ...(from === undefined ? [] : [sql<SqlBool>`t.onset >= ${from}`]),
    ...(to === undefined ? [] : [sql<SqlBool>`t.onset < ${to}`]),
  ];
}

/** How many of the open tickets each tab shows, and the words to ask for it. */
export const tabs = (viewer: Viewer) =>
  Object.entries(ofOpen).map(
    ([name, where]) => [name as keyof typeof ofOpen, where(viewer)] as const,
  );

export { isOpenRow };
