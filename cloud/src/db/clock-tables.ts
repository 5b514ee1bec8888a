/** Clocks of tickets as their logs amount to them; a copy kept at hand, like the row. */
export interface ClockTables {
  ticket_clocks: {
    ticket: number;
    clock: string;
    /** 1, and one more for each visit, promise or follow-up after the first. */
    round: number;
    estate: string;
    /** In words, with whose they are. */
    target: string;
    source: string;
    confirmed: number;
    started: number;
    /** What may be counted until it is due, milliseconds. */
    budget: number;
    /** 1 when it counts working hours only. */
    working: number;
    due: number;
    stopped: number | null;
    /** An `open` one is missed from its due instant on. */
    outcome: 'open' | 'met' | 'missed' | 'void';
    /** JSON of spans. */
    pauses: string;
    /** JSON of spans in which the work wrongly counted as done. */
    claims: string;
    /** When it next has something to say; null when it has nothing. */
    next_warning: number | null;
  };
}

interface Types {
  readonly big: string;
}

/** Nothing is lost with the table of before: what it held follows from the logs. */
export const clockTables = ({ big }: Types): string[] => [
  'drop table ticket_clocks',
  `create table ticket_clocks (
    ticket integer not null, clock text not null, round integer not null, estate text not null,
    target text not null, source text not null, confirmed integer not null,
    started ${big} not null, budget ${big} not null, working integer not null, due ${big} not null,
    stopped ${big}, outcome text not null, pauses text not null, claims text not null,
    next_warning ${big}, primary key (ticket, clock, round))`,
  `create index ticket_clocks_next on ticket_clocks (next_warning)
    where next_warning is not null`,
  `create index ticket_clocks_due on ticket_clocks (due)
    where outcome = 'open' or outcome = 'missed'`,
  `alter table tickets add column detected ${big}`,
];
