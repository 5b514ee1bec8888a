import type { Selectable } from 'kysely';
import type { ClockName } from '../../contract/index.ts';
import type { Tables } from '../../db/schema.ts';
import { reachedAt, shares } from './progress.ts';
import type { TicketClock } from './reckon.ts';
import type { LogEvent, Said } from './story.ts';
import type { EstateTime } from './time.ts';

export type ClockRow = Selectable<Tables['ticket_clocks']>;

/** Whose clocks a row belongs to. */
export interface Owner {
  readonly id: number;
  readonly estate: string;
}

/** What a clock next has to say. */
export interface Warning {
  readonly share: (typeof shares)[number];
  readonly at: number;
}

/** The next share of a clock that nobody has been told of; null when there is none. */
export function nextWarning(
  clock: TicketClock,
  said: readonly Said[],
  time: EstateTime,
): Warning | null {
  const { outcome, due } = clock;
  const last = lastSaid(clock, said);
  // One that stopped too late is missed, whether or not anybody looked in between.
  if (outcome === 'missed') return last < 100 ? { share: 100, at: due } : null;
  const share = outcome === 'open' ? shares.find((one) => one > last) : undefined;
  return share === undefined ? null : { share, at: reachedAt(clock, time, share) };
}

/** A target that changed makes new what was said of the one before it; one that comes back finds it said. */
function lastSaid({ clock, round, target }: TicketClock, said: readonly Said[]): number {
  return said
    .filter((one) => one.clock === clock && one.round === round && one.target === target.words)
    .reduce((most, { share }) => Math.max(most, share), 0);
}

export function rowOf(clock: TicketClock, ticket: Owner, warning: Warning | null): ClockRow {
  const { target, pauses, claims, working, ...rest } = clock;
  return {
    ...rest,
    ticket: ticket.id,
    estate: ticket.estate,
    target: target.words,
    source: target.source,
    confirmed: Number(target.confirmed),
    working: Number(working),
    pauses: JSON.stringify(pauses),
    claims: JSON.stringify(claims),
    next_warning: warning?.at ?? null,
  };
}

export function clockOf(row: ClockRow): TicketClock {
  const { clock, round, started, budget, due, stopped, outcome } = row;
  return {
    ...{ round, started, budget, due, stopped, outcome },
    clock: clock as ClockName,
    target: { words: row.target, source: row.source, confirmed: row.confirmed === 1 },
    working: row.working === 1,
    pauses: JSON.parse(row.pauses),
    claims: JSON.parse(row.claims),
  };
}

/** What the clocks read of stored entries. */
export function logOf(
  rows: readonly { type: string; at: number; patch: string; data: string }[],
): LogEvent[] {
  return rows.map(({ type, at, patch, data }) => ({
    type,
    at,
    patch: JSON.parse(patch),
    data: JSON.parse(data),
  }));
}
