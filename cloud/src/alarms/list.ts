import type { TicketAlarm } from '../contract/index.ts';
import type { Database } from '../db/database.ts';

/** The alarms of gateways about the episodes of a ticket, oldest first. */
export async function alarmsOf(database: Database, ticket: number): Promise<TicketAlarm[]> {
  const rows = await database.read
    .selectFrom('alarms')
    .innerJoin('episodes', 'episodes.id', 'alarms.episode')
    .selectAll('alarms')
    .select('episodes.state as said')
    .where('episodes.ticket', '=', ticket)
    .orderBy('alarms.onset')
    .orderBy('alarms.rule')
    .execute();
  return rows.map(({ gateway, rule, onset, raised, received, readings, said, ...row }) => ({
    ...{ gateway, rule, onset, raised, received },
    standardVersion: row.standard_version,
    readings: JSON.parse(readings),
    actions: JSON.parse(row.actions),
    state: row.state === 'reported' && said === 'standing' ? 'joined' : row.state,
  }));
}
