import { patient } from '@caretaker/readings/testing';
import { type Alarm, alarmKey } from '@caretaker/readings/uplink';
import { expect, vi } from 'vitest';
import type { TicketDetail } from '../contract/index.ts';
import type { RunningCloud } from './cloud.ts';
import type { GatewayPlayer } from './gateway.ts';

export const minute = 60_000;
/** Some minutes ago: an alarm must not lie ahead of the clock, and its waiting ends with complete-to. */
export const t0 = Date.now() - 60 * minute;

/** What a gateway says of somebody in the lift since `onset` minutes, 30 s after it. */
export function trapped(onset: number, more: Partial<Alarm> = {}): Alarm {
  const at = t0 + onset * minute;
  const subject = more.subject ?? 'court/lift-1';
  return {
    subject,
    rule: 'lift-trapped',
    item: 'TP27-S1',
    onset: at,
    detected: at,
    end: null,
    severity: 'emergency',
    standardVersion: 'of-the-gateway',
    why: { en: 'Somebody is trapped.', zh: '有人被困。' },
    worst: true,
    worstAt: at,
    readings: [{ point: `${subject}/trapped`, at, value: true }],
    raised: at + 30_000,
    actions: [],
    ...more,
  };
}

/** Resolves when the cloud has named it as taken, with all that was done because of it. */
export async function raise(gateway: GatewayPlayer, alarm: Alarm): Promise<void> {
  const answers = gateway.replies.length;
  await gateway.status({ type: 'alarm', at: alarm.raised, alarm });
  await vi.waitUntil(() => gateway.replies.length > answers, patient);
  const actions = alarm.actions.length;
  expect(gateway.replies.at(-1)).toEqual({ type: 'alarm', key: alarmKey(alarm), actions });
}

/** The one ticket that there is, but for its clocks, which run on whatever happens. */
export async function onlyTicket(run: RunningCloud): Promise<TicketDetail> {
  const tickets = await run.tickets();
  expect(tickets).toHaveLength(1);
  const ticket = await run.get<TicketDetail>(`/api/tickets/${tickets[0]?.id ?? 0}`);
  const events = ticket.events.filter(({ type }) => !type.startsWith('clock-'));
  const numbered = events.map((event, index) => ({ ...event, sequence: index + 1 }));
  return { ...ticket, clock: null, clocks: [], events: numbered, revision: events.length };
}
