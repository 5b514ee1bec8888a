import { countedIn, dueAfter, type Parts, partsOf } from './counting.ts';
import type { TicketClock } from './reckon.ts';
import { calendarOf, type EstateTime } from './time.ts';

export type ClockState = 'running' | 'paused' | 'met' | 'missed' | 'void';

/** Shares of a clock at which somebody is warned; at 100 % it is missed. */
export const shares = [50, 80, 100] as const;

/** What of a clock depends on the present. */
export interface Progress extends Parts {
  readonly state: ClockState;
  /** Of the budget; above 1 when it is over. */
  readonly share: number;
  /** Counted beyond the budget. */
  readonly over: number;
  /** From due to when it stopped, or to now, as a calendar on the wall has it. */
  readonly late: number;
  /** Counted although there seemed to be nothing left to do. */
  readonly claimed: number;
}

/** How a clock stands at an instant. */
export function progressAt(clock: TicketClock, time: EstateTime, now: number): Progress {
  const calendar = calendarOf(time, clock.working);
  const to = Math.max(clock.started, Math.min(clock.stopped ?? now, now));
  const parts = partsOf(calendar, { from: clock.started, to }, clock.pauses);
  const claimed = clock.claims.reduce((sum, claim) => sum + countedIn(calendar, claim), 0);
  return {
    ...parts,
    state: stateAt(clock, now),
    share: clock.budget === 0 ? 1 : parts.counted / clock.budget,
    over: Math.max(0, parts.counted - clock.budget),
    late: Math.max(0, to - clock.due),
    claimed,
  };
}

/** A clock that is due at an instant is missed from then on; what stopped at that instant is not. */
function stateAt({ outcome, due, pauses }: TicketClock, now: number): ClockState {
  if (outcome !== 'open') return outcome;
  if (now >= due) return 'missed';
  return pauses.some((pause) => pause.from <= now && now < pause.to) ? 'paused' : 'running';
}

/** When a share of a clock has been counted. */
export function reachedAt(clock: TicketClock, time: EstateTime, share: number): number {
  if (share === 100) return clock.due;
  const calendar = calendarOf(time, clock.working);
  const amount = Math.round((clock.budget * share) / 100);
  return dueAfter(calendar, clock.started, amount, clock.pauses);
}
