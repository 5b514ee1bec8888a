import type { Clock, Text } from '@caretaker/readings/base';
import { type ClockName, openTicketStates } from '../../contract/index.ts';
import type { Database, Tx } from '../../db/database.ts';
import { append, type NewEvent } from '../append.ts';
import type { TicketRow } from '../rows.ts';
import { clocksFrom, loadLog, rebuildClocks, type TimeOf } from './keep.ts';
import { reachedAt, shares } from './progress.ts';
import type { TicketClock } from './reckon.ts';
import { nextWarning } from './rows.ts';
import { type Said, storyOf } from './story.ts';
import type { EstateTime } from './time.ts';

export interface ClockWatchParts {
  readonly database: Database;
  readonly timeOf: TimeOf;
  readonly clock: Pick<Clock, 'now'>;
  /** Tickets whose log says more now, when that is committed. */
  readonly tell: (ticket: TicketRow) => void;
}

/** Clocks that are warned of in one transaction. */
const perTurn = 20;

/**
 * Writes to the log of a ticket when half, four fifths and all of a clock's time have been counted, each once. What was
 * passed while nobody looked is said by the last of it alone.
 */
export class ClockWatch {
  readonly #parts: ClockWatchParts;
  #looking = false;

  constructor(parts: ClockWatchParts) {
    this.#parts = parts;
  }

  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      while ((await this.#warnSome()) === perTurn);
    } finally {
      this.#looking = false;
    }
  }

  /** Derives the clocks of open tickets that have none: they are from before there were any. */
  async load(): Promise<void> {
    const { database, timeOf } = this.#parts;
    const { read } = database;
    const bare = read
      .selectFrom('tickets')
      .select(['id', 'estate', 'source', 'item', 'in_home'])
      .where('next_due', 'is', null)
      .where('state', 'in', openTicketStates)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb.selectFrom('ticket_clocks').select('clock').whereRef('ticket', '=', 'tickets.id'),
          ),
        ),
      );
    const rows = await bare.execute();
    for (let from = 0; from < rows.length; from += perTurn) {
      await database.write((tx) => rebuildClocks(tx, rows.slice(from, from + perTurn), timeOf));
    }
  }

  /** @returns how many clocks there was something to say of */
  async #warnSome(): Promise<number> {
    const { database, clock, tell } = this.#parts;
    const now = clock.now();
    const found = await dueClocks(database, now).execute();
    if (found.length === 0) return 0;
    const rows = await database.write(async (tx) => {
      const warned: (TicketRow | null)[] = [];
      for (const ticket of new Set(found.map((row) => row.ticket)))
        warned.push(await this.#warn(tx, ticket, now));
      return warned;
    });
    for (const row of rows) if (row !== null) tell(row);
    return found.length;
  }

  async #warn(tx: Tx, id: number, now: number): Promise<TicketRow | null> {
    const { timeOf } = this.#parts;
    const row = await tx
      .selectFrom('tickets')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    const time = timeOf(row.estate);
    const story = storyOf(await loadLog(tx, id));
    const events = clocksFrom(row, story, time)
      .map((one) => warningOf(one, story.said, time, now))
      .filter((one) => one !== null);
    if (events.length > 0) return append(tx, row, events, now, timeOf);
    // What the table says is of another time, as when the estate's hours have changed since.
    await rebuildClocks(tx, [row], timeOf);
    return null;
  }
}

/** Clocks that have something to say. In this order they are read from their index alone, by ticket all there are. */
export function dueClocks({ read }: Database, now: number) {
  return read
    .selectFrom('ticket_clocks')
    .select('ticket')
    .where('next_warning', '<=', now)
    .orderBy('next_warning')
    .limit(perTurn);
}

function warningOf(
  clock: TicketClock,
  said: readonly Said[],
  time: EstateTime,
  now: number,
): NewEvent | null {
  const next = nextWarning(clock, said, time);
  if (next === null || next.at > now) return null;
  const passed = shares.filter(
    (share) => share >= next.share && reachedAt(clock, time, share) <= now,
  );
  const share = passed.at(-1) ?? next.share;
  const { round, due, target } = clock;
  return {
    type: share === 100 ? 'clock-missed' : 'clock-warned',
    by: 'engine',
    note: null,
    reason: textOf(clock.clock, share),
    episode: null,
    data: { clock: clock.clock, round, share, target: target.words, due },
    patch: {},
  };
}

const names: Readonly<Record<ClockName, Text>> = {
  acknowledge: { en: 'acknowledging', zh: '接单' },
  arrive: { en: 'arriving', zh: '到场' },
  'make-safe': { en: 'making safe', zh: '消除危险' },
  restore: { en: 'restoring', zh: '修复' },
  answer: { en: 'answering', zh: '答复' },
  complaint: { en: 'settling the complaint', zh: '投诉办结' },
  class: { en: 'finishing the matter', zh: '办结' },
  promise: { en: 'keeping what was promised', zh: '承诺' },
  'follow-up': { en: 'following up', zh: '回访' },
};

function textOf(clock: ClockName, share: number): Text {
  const { en, zh } = names[clock];
  if (share === 100) return { en: `The time for ${en} is over.`, zh: `${zh}时限已过。` };
  return { en: `${share} % of the time for ${en} has passed.`, zh: `${zh}时限已用去 ${share}%。` };
}
