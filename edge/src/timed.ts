import path from 'node:path';
import type { Estate } from '@caretaker/devices/model';
import type { Clock, Log } from '@caretaker/readings/base';
import {
  BootTable,
  type ClockMode,
  type Restamp,
  restamped,
  Timekeeper,
  tellAhead,
  timeService,
} from './clock/index.ts';
import { Ingest, type Strangers } from './ingest/index.ts';
import type { Journal } from './journal/index.ts';
import type { Quarantine } from './quarantine/index.ts';

export interface TimedOptions {
  readonly dataDirectory: string;
  readonly estate: Estate;
  /** What to make of the machine's clock. */
  readonly clock: ClockMode;
  readonly machine: Clock;
  /** Names this start of the machine. */
  readonly boot: string;
  readonly quarantine: Quarantine;
  readonly discovery: Strangers;
  readonly openJournal: (clock: Clock, restamp: Restamp) => Promise<Journal>;
  /** Something speaks against the clock. */
  readonly onDoubt: () => void;
  readonly log: Log;
}

/** The gateway's time, the journal that is written by it, and what writes to it: each needs the others. */
export async function openTimed({
  dataDirectory,
  estate,
  clock: mode,
  machine: clock,
  quarantine,
  discovery,
  openJournal,
  ...given
}: TimedOptions): Promise<{ timekeeper: Timekeeper; journal: Journal; ingest: Ingest }> {
  const table = new BootTable(path.join(dataDirectory, 'clock.json'));
  if (!(await table.load())) given.log.error({}, 'what was noted of the clock cannot be read');
  const onAhead = tellAhead(quarantine);
  let ingest: Ingest | null = null;
  let journal: Journal | null = null;
  const timekeeper = new Timekeeper({
    ...{ ...given, clock, mode, table },
    service: timeService,
    onKnown() {
      ingest?.timeChanged(null);
      journal?.wake();
    },
    onBack: (floor) => ingest?.timeChanged(floor),
  });
  journal = await openJournal(timekeeper, (readings) =>
    restamped(readings, {
      table,
      known: () => timekeeper.known,
      lost: (moment) => timekeeper.adopt(moment),
      historyAfter: (point) => ingest?.historyAfter(point) ?? Number.POSITIVE_INFINITY,
      onAhead,
    }),
  );
  await timekeeper.begin(journal);
  ingest = new Ingest({ estate, journal, quarantine, discovery, clock: timekeeper });
  return { timekeeper, journal, ingest };
}
