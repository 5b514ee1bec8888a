import type { Clock, Log } from '@caretaker/readings/base';
import type { EdgeConfig } from '../config.ts';
import { History } from '../history/index.ts';
import type { Journal } from '../journal/index.ts';
import type { Quarantine } from '../quarantine/index.ts';
import type { InForce } from './in-force.ts';
import { KnownSeries } from './series.ts';

const DAY_MS = 86_400_000;

interface Parts {
  readonly inForce: InForce;
  readonly journal: Journal;
  readonly quarantine: Quarantine;
  readonly clock: Clock;
  readonly log: Log;
}

/** The local history in InfluxDB, which knows the points of every estate that is put in force; null without. */
export async function startHistory(
  { influxUrl, historyDays }: Pick<EdgeConfig, 'influxUrl' | 'historyDays'>,
  { inForce, ...parts }: Parts,
): Promise<History | null> {
  if (influxUrl === null) return null;
  // Its client takes 15 MB, which a gateway without a history has better uses for.
  const { createInflux1Readings } = await import('@caretaker/readings/influx1');
  const { estate } = inForce;
  const series = new KnownSeries(inForce.configuration);
  inForce.follow(series);
  const store = createInflux1Readings({
    url: influxUrl,
    database: `caretaker_${estate.id}`,
    describe: series.describe,
    rawRetentionMs: historyDays * DAY_MS,
  });
  const history = new History({ estate: estate.id, store, ...parts });
  history.start();
  return history;
}
