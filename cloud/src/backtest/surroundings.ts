import { existsSync } from 'node:fs';
import type { Estate } from '@caretaker/devices/model';
import { CaretakerError } from '@caretaker/readings/base';
import { estateAt, loadStandard, type Standard, standardAt } from '@caretaker/standards';
import type { CloudConfig } from '../config.ts';
import type { Database } from '../db/database.ts';
import { openReadOnly } from '../db/read-only.ts';
import { storedEstate } from '../estates/stored.ts';
import { Overrides } from '../standards/overrides.ts';
import { StandardVersions } from '../standards/versions.ts';
import type { BacktestOrder, KeptEstates, ReadingsSource } from './order.ts';

const day = 24 * 3_600_000;
const defaultDays = 90;
/** Ten years. */
const mostDays = 3_660;

/** What a draft is held against: the standard and the estates in force, and where their readings are. */
export interface Surroundings {
  readonly inForce: Standard;
  readonly estates: readonly Estate[];
  readonly source: ReadingsSource;
}

/**
 * Reads them from the cloud's data, whether it runs or not, and changes nothing there.
 * @throws CaretakerError `CLOUD_BACKTEST_NO_READINGS`, `CLOUD_DATABASE_UNAVAILABLE`, `CLOUD_DATABASE_OLDER`,
 *   `CLOUD_DATABASE_NEWER`
 */
export async function surroundingsOf(config: CloudConfig, now: number): Promise<Surroundings> {
  const source = config.readings;
  const files = config.database.engine === 'sqlite' ? [config.database.file] : [];
  for (const file of source.store === 'sqlite' ? [source.file, ...files] : files) {
    if (!existsSync(file)) throw noReadings(file);
  }
  const database = await openReadOnly(config.database);
  try {
    const versions = await StandardVersions.open(database);
    const estates = await readEstates(database, now);
    const inForce =
      versions.all.length === 0
        ? loadStandard(config.standardFolder ?? undefined)
        : standardAt(versions.all, now);
    return { inForce, estates, source };
  } finally {
    await database.close();
  }
}

/**
 * Estates of a cloud that runs, read beside it.
 * @throws CaretakerError `CLOUD_DATABASE_UNAVAILABLE`, `CLOUD_DATABASE_OLDER`, `CLOUD_DATABASE_NEWER`
 */
export async function keptEstates({ database: config, ids, at }: KeptEstates): Promise<Estate[]> {
  const database = await openReadOnly(config);
  try {
    const all = await readEstates(database, at);
    return all.filter((estate) => ids.includes(estate.id));
  } finally {
    await database.close();
  }
}

/** With the limits in force at an instant. */
async function readEstates(database: Database, at: number): Promise<Estate[]> {
  const rows = await database.read.selectFrom('estates').selectAll().orderBy('id').execute();
  const overrides = await Overrides.open(database);
  return rows.map((row) => {
    const estate = storedEstate(row.definition);
    return estateAt(estate, overrides.of(estate.id), at);
  });
}

/**
 * The estates that are asked for: all, or the one named.
 * @throws CaretakerError `CLOUD_ESTATE_UNKNOWN`
 */
export function chosenEstates<E extends { readonly id: string }>(
  estates: readonly E[],
  id: string | undefined,
): E[] {
  if (id === undefined) return [...estates];
  const found = estates.find((estate) => estate.id === id);
  if (found !== undefined) return [found];
  throw new CaretakerError({
    code: 'CLOUD_ESTATE_UNKNOWN',
    message: `There is no estate ${id}.`,
    next: `There are: ${estates.map((estate) => estate.id).join(', ')}.`,
  });
}

/**
 * The period asked for: the last 90 days unless said otherwise.
 * @throws CaretakerError `CLOUD_BACKTEST_PERIOD`
 */
export function periodOf(
  asked: {
    readonly days?: number | undefined;
    readonly from?: number | undefined;
    readonly to?: number | undefined;
  },
  now: number,
): Pick<BacktestOrder, 'from' | 'to'> {
  const to = Math.min(asked.to ?? now, now);
  const from = asked.from ?? to - (asked.days ?? defaultDays) * day;
  if (from < to && to - from <= mostDays * day && from >= 0) return { from, to };
  throw new CaretakerError({
    code: 'CLOUD_BACKTEST_PERIOD',
    message: 'There is nothing to go through in this period, or it is longer than ten years.',
    next: 'Give days, or from before to, in the past.',
  });
}

function noReadings(file: string): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_BACKTEST_NO_READINGS',
    message: 'There are no stored readings here',
    next: 'Let CARETAKER_DATA name the data folder of the cloud, and start Caretaker once.',
    where: file,
  });
}
