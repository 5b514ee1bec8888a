interface Types {
  readonly big: string;
}

/** Stands for a range whose places nobody knows. */
export const unknownSequence = -1;

/**
 * What gateways removed from their journals to make room; and losses anew, for a journal may lose several ranges
 * at one time for one reason.
 */
export const journalTables = ({ big }: Types): string[] => [
  `create table thinned (
    gateway text not null, journal text not null, stage integer not null, reason text not null,
    from_sequence ${big} not null, to_sequence ${big} not null, since ${big} not null,
    until ${big} not null, at ${big} not null, removed text not null,
    primary key (gateway, journal, stage, reason, from_sequence))`,
  `create table losses_anew (
    gateway text not null, at ${big} not null, journal text not null, reason text not null,
    from_sequence ${big} not null, to_sequence ${big} not null, since ${big}, until ${big},
    primary key (gateway, journal, at, reason, from_sequence))`,
  `insert into losses_anew (gateway, at, journal, reason, from_sequence, to_sequence)
    select gateway, at, journal, reason, coalesce(from_sequence, -1), coalesce(to_sequence, -1)
    from losses`,
  'drop table losses',
  'alter table losses_anew rename to losses',
];
