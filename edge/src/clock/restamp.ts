import type { Reading } from '@caretaker/readings';
import { type BootTime, bootTimeOf } from '../journal/index.ts';
import type { Boot, BootTable } from './boots.ts';
import { farMs, timeOf } from './timekeeper.ts';

/** Gives times to readings in the order of the journal: as many of them as have one. */
export type Restamp = (readings: readonly Reading[]) => readonly Reading[];

export interface RestampOptions {
  readonly table: BootTable;
  /** Whether the present start knows its time. */
  readonly known: () => boolean;
  /** A start that the table has forgotten, by the first of its readings that is read. */
  readonly lost: (moment: BootTime) => Boot;
  /** Milliseconds after which a stamped reading of a point is history. */
  readonly historyAfter: (point: string) => number;
  /** Told of a reading whose device is further ahead than it may be; it keeps the time of its receipt. */
  readonly onAhead: (reading: Reading) => void;
}

/**
 * Gives times to readings that were kept before the time was known. The same reading gets the same time whoever reads
 * it and however often: it follows from the record and from what was noted of its start.
 * @param readings in the order of the journal
 * @returns as many of them as have a time; those behind the first one without have to wait
 */
export function restamped(
  readings: readonly Reading[],
  options: RestampOptions,
): readonly Reading[] {
  // Nearly always: the gateway knew its time.
  if (readings.every(({ received }) => received >= 0)) return readings;
  const done: Reading[] = [];
  for (const reading of readings) {
    const found = timed(reading, options);
    if (found === null) break;
    done.push(found);
  }
  return done;
}

function timed(reading: Reading, options: RestampOptions): Reading | null {
  const moment = bootTimeOf(reading.received);
  if (moment === null) return reading;
  if (!options.known()) return null;
  const { base, placed } = options.table.find(moment.index) ?? options.lost(moment);
  if (base === null) return null;
  const received = timeOf(reading.received, base);
  if (!reading.stamped) {
    return {
      ...reading,
      at: timeOf(reading.at, base),
      received,
      history: reading.history || placed,
    };
  }
  if (reading.at > received + farMs) {
    const unstamped = { ...reading, at: received, received, stamped: false };
    options.onAhead({ ...reading, received });
    return unstamped;
  }
  const history = reading.history || received - reading.at > options.historyAfter(reading.point);
  return { ...reading, received, history };
}
