import { progressAt } from './progress.ts';
import { type Clocked, clocksOf, type TicketClock } from './reckon.ts';
import { type LogEvent, storyOf } from './story.ts';
import type { EstateTime } from './time.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
export const instant = (iso: string) => Date.parse(iso);

export const shanghai: EstateTime = { zone: 'Asia/Shanghai', holidays: [] };

/** A ticket that a machine made, unless said otherwise. */
export function ticketIn(time: EstateTime, own: Partial<Clocked> = {}): Clocked {
  return { source: 'episode', item: 'TP01-01', inHome: false, time, ...own };
}

/** What a log says, one after the other; each names what it changes. */
export class Log {
  readonly events: LogEvent[] = [];

  add(
    at: number,
    type: string,
    patch: LogEvent['patch'] = {},
    data: LogEvent['data'] = null,
  ): this {
    this.events.push({ type, at, patch, data });
    return this;
  }

  opened(at: number, severity: string, onset = at, detected = onset): this {
    return this.add(at, 'opened', { state: 'new', severity, onset, detected });
  }

  moved(at: number, state: string): this {
    return this.add(at, state, { state });
  }

  waits(at: number, reason: string, until: number, evidence = 'order 4711'): this {
    const patch = { state: 'waiting', waiting_reason: reason, waiting_until: until };
    return this.add(at, 'waiting', patch, { evidence });
  }

  raised(at: number, severity: string): this {
    return this.add(at, 'prioritised', { severity });
  }
}

export function clocksIn(log: Log, ticket: Clocked): TicketClock[] {
  return clocksOf(ticket, storyOf(log.events));
}

/** The clock of that name and round, and how it stands. */
export function look(log: Log, ticket: Clocked, name: string, now: number, round = 1) {
  const clock = clocksIn(log, ticket).find((c) => c.clock === name && c.round === round);
  if (clock === undefined) return null;
  const { started, due, stopped } = clock;
  return { started, due, stopped, ...progressAt(clock, ticket.time, now) };
}
