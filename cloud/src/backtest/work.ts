import { describeSeries, type Estate } from '@caretaker/devices/model';
import type { DescribePoint, ReadingStore } from '@caretaker/readings';
import { createInflux1Readings } from '@caretaker/readings/influx1';
import { createInflux2Readings } from '@caretaker/readings/influx2';
import { openSqliteScan } from '@caretaker/readings/sqlite';
import type { BacktestResult } from '../contract/index.ts';
import { changedRules, lookBack, ruleIdOf, withRules } from './changed.ts';
import { compare } from './compare.ts';
import { type ColumnScan, judgeStored } from './judge.ts';
import type { BacktestOrder, ReadingsSource } from './order.ts';
import type { Breach } from './tally.ts';

/**
 * Judges stored readings by a draft and by the standard in force, and compares what would have come of it.
 * Rules that are the same in both are judged once.
 * @param progress the share done, 0 to 1, and readings judged so far; called with each batch
 */
export async function backtest(
  order: BacktestOrder,
  scan: ColumnScan,
  progress: (done: number, readings: number) => void,
): Promise<Omit<BacktestResult, 'elapsedMs'>> {
  const { standards, estates, from, to, horizon } = order;
  const changed = changedRules(standards.draft, standards.inForce);
  const judgedBy =
    changed.size === 0
      ? [standards.draft]
      : [standards.draft, withRules(standards.inForce, changed)];
  const begin = Math.max(0, from - lookBack([standards.draft, standards.inForce]));
  const sides = { draft: [] as Breach[], inForce: [] as Breach[] };
  let readings = 0;
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [k, estate] of estates.entries()) {
    const before = readings;
    let own = 0;
    const judged = await judgeStored(
      scan,
      { estate, standards: judgedBy, horizon, from: begin, to },
      ({ length, at }, done) => {
        own += length;
        const newest = at[length - 1] as number;
        if (newest >= from) {
          last = Math.max(last, newest);
          first = Math.min(first, firstFrom(at, length, from));
        }
        progress((k + done) / estates.length, before + own);
      },
    );
    readings += judged.readings;
    const [draft = [], former = []] = judged.breaches;
    for (const breach of draft) {
      sides.draft.push(breach);
      if (!changed.has(ruleIdOf(breach.rule))) sides.inForce.push(breach);
    }
    for (const breach of former) sides.inForce.push(breach);
  }
  const since = Number.isFinite(first) ? first : from;
  return {
    from,
    to,
    estates: estates.map((estate) => estate.id),
    draft: standards.draft.version,
    inForce: standards.inForce.version,
    changedRules: Array.from(changed, ([rule, change]) => ({ rule, change })),
    readings,
    first: Number.isFinite(first) ? first : null,
    last: Number.isFinite(last) ? last : null,
    ...compare(sides, standards, estates, { from, to, since }),
  };
}

/** A connection of its own to the readings, and how to let go of it. */
export async function openScan(
  source: ReadingsSource,
  estates: readonly Estate[],
): Promise<ColumnScan & { close(): Promise<void> | void }> {
  if (source.store === 'sqlite') return openSqliteScan(source.file);
  const store = remoteReadings(source, describeSeries(estates));
  await store.start();
  return {
    scanColumns: (from, to, points) => store.scanColumns(from, to, points),
    close: () => store.stop(),
  };
}

/** Nothing is said of retention: a backtest only reads. */
function remoteReadings(
  source: Exclude<ReadingsSource, { store: 'sqlite' }>,
  describe: DescribePoint,
): ReadingStore {
  if (source.store === 'influx1') {
    return createInflux1Readings({ url: source.url, database: source.database, describe });
  }
  const { url, token, organisation, bucket } = source;
  return createInflux2Readings({ url, token, organisation, bucket, describe });
}

function firstFrom(at: Float64Array, length: number, from: number): number {
  for (let k = 0; k < length; k += 1) {
    if ((at[k] as number) >= from) return at[k] as number;
  }
  return Number.POSITIVE_INFINITY;
}
