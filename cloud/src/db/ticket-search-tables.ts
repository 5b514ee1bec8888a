import type { Engine } from './migrations.ts';

/* Written out as in the queries: a database uses an index for part of the rows only for the very same words. */
const opens = `state in ('new', 'triaged', 'dispatched', 'acknowledged', 'en-route', 'on-site',
  'working', 'temporary-measure', 'waiting', 'fixed', 'verified', 'signed-off', 'follow-up',
  'reopened')`;
/** As lists sort by them. */
const rank = `(case severity when 'emergency' then 0 when 'high' then 1 when 'medium' then 2
  when 'low' then 3 else 4 end)`;
const due = '(coalesce(next_due, 9007199254740991))';
/** What lists are narrowed by: with these in an index, no row is read that is not shown. */
const narrowing = `estate, state, severity, team, source, class, next_due, owner_person,
  assigned_person, handover_person, item, subject`;

/** Words of tickets, and indexes by which lists of 100,000 of them are read page by page. */
export const ticketSearchTables = (engine: Engine): string[] => [
  // Neither keeps the texts themselves.
  ...(engine === 'sqlite'
    ? [
        `create virtual table ticket_words using fts5(words, content='', contentless_delete=1,
          detail=none, prefix='2 3', tokenize="ascii tokenchars '_'")`,
      ]
    : [
        'create table ticket_words (ticket integer primary key, words tsvector not null)',
        'create index ticket_words_of on ticket_words using gin (words)',
      ]),
  `create index tickets_by_onset on tickets (onset, id, ${narrowing})`,
  `create index tickets_by_due on tickets (${due}, ${rank}, id, ${narrowing})`,
  `create index tickets_by_severity on tickets (${rank}, onset desc, id desc, ${narrowing})`,
  `create index tickets_open_work on tickets (estate, state, next_due, owner_person,
    assigned_person, handover_person) where ${opens}`,
  'create index tickets_opened on tickets (opened, id, estate)',
  'create index tickets_place on tickets (place, onset, id) where place is not null',
  'drop index tickets_newest',
];
