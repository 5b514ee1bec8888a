import type { Generated } from 'kysely';

/** Alarms that gateways raised by their own rules. */
export interface AlarmTables {
  /** No row ever goes: an alarm that comes again is known by it. */
  alarms: {
    gateway: string;
    subject: string;
    rule: string;
    /** Event time of the gateway, as are `detected`, `ended` and `raised`. */
    onset: number;
    estate: string;
    detected: number;
    ended: number | null;
    raised: number;
    standard_version: string;
    /** JSON: the readings that show it. */
    readings: string;
    /** JSON: what the gateway did because of it; grows as the alarm comes again. */
    actions: Generated<string>;
    /** Cloud clock. */
    received: number;
    /** `reported` until its readings are judged; then whether they show the same. */
    state: 'reported' | 'joined' | 'refuted';
    /** The reported episode, or the engine's that it joined; null when it was refuted as it came. */
    episode: number | null;
    /** When that was known, cloud clock. */
    settled: number | null;
  };
}

interface Types {
  readonly big: string;
}

export const alarmTables = ({ big }: Types): string[] => [
  `create table alarms (
    gateway text not null, subject text not null, rule text not null, onset ${big} not null,
    estate text not null, detected ${big} not null, ended ${big}, raised ${big} not null,
    standard_version text not null, readings text not null, received ${big} not null,
    state text not null, episode integer, settled ${big},
    primary key (gateway, subject, rule, onset))`,
  'create index alarms_episode on alarms (episode)',
  "create index alarms_reported on alarms (gateway) where state = 'reported'",
  `create unique index episodes_reported on episodes (subject, rule, onset)
    where state = 'reported'`,
  'alter table episodes add column alarmed integer not null default 0',
  "alter table tickets add column source text not null default 'episode'",
];

/** What gateways did because of their alarms, and the entries of tickets that tell of it. */
export const alarmActions = [
  "alter table alarms add column actions text not null default '[]'",
  'alter table ticket_events add column acted text',
];
