import type { Alarm, AlarmAction } from '@caretaker/readings/uplink';
import type { Tx } from '../db/database.ts';
import { append, type NewEvent } from '../tickets/append.ts';
import type { TicketRow } from '../tickets/rows.ts';
import type { TicketContext } from '../tickets/write.ts';
import { actedBy, raisedBy } from './texts.ts';

/** Which gateway says what. */
interface Said {
  readonly gateway: string;
  readonly alarm: Alarm;
}

type NoteContext = Pick<TicketContext, 'now' | 'timeOf'>;

/** Says on an episode's ticket, if it has one, that a gateway raised it, and what it did. @returns the ticket */
export function noteAlarm(
  tx: Tx,
  { gateway, alarm }: Said,
  episode: number,
  context: NoteContext,
): Promise<TicketRow | null> {
  const raised: NewEvent = {
    type: 'alarm-raised',
    ...{ by: `gateway:${gateway}`, note: null, reason: raisedBy(gateway), episode, patch: {} },
  };
  return note(tx, episode, [raised, ...actionEvents(gateway, alarm.actions, episode)], context);
}

/** Says on an episode's ticket, if it has one, what a gateway did since it raised it. @returns the ticket */
export function noteActions(
  tx: Tx,
  { gateway }: Said,
  episode: number,
  actions: readonly AlarmAction[],
  context: NoteContext,
): Promise<TicketRow | null> {
  return note(tx, episode, actionEvents(gateway, actions, episode), context);
}

function actionEvents(
  gateway: string,
  actions: readonly AlarmAction[],
  episode: number,
): NewEvent[] {
  return actions.map((acted) => ({
    type: 'gateway-acted',
    ...{ by: `gateway:${gateway}`, note: null, reason: actedBy(acted), episode, acted, patch: {} },
  }));
}

async function note(
  tx: Tx,
  episode: number,
  events: readonly NewEvent[],
  context: NoteContext,
): Promise<TicketRow | null> {
  const row = await tx
    .selectFrom('episodes')
    .innerJoin('tickets', 'tickets.id', 'episodes.ticket')
    .selectAll('tickets')
    .where('episodes.id', '=', episode)
    .executeTakeFirst();
  return row === undefined ? null : append(tx, row, events, context.now, context.timeOf);
}
