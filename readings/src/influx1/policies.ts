import type { CaretakerError } from '../base/index.ts';
import type { RawRetention } from '../store.ts';
import type { Influx1Client } from './client.ts';
import { unavailable } from './faults.ts';
import { quoted, type Rows } from './layout.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A retention policy that Caretaker makes; InfluxDB drops what is older. No other policy is touched. */
export interface Policy {
  readonly name: string;
  /** Null keeps for ever; undefined leaves it as it is. InfluxDB keeps no shorter than an hour. */
  readonly keepMs: RawRetention | undefined;
  /** Whether queries that name no policy find it, as those of other programs do. */
  readonly isDefault: boolean;
}

/**
 * Makes a policy unless there is one of its name, which is brought to what is asked.
 * @param how `longer` leaves one alone that keeps for longer than asked: it may hold what is still needed
 * @throws CaretakerError also when there is none and the user may not make one
 */
export async function setUpPolicy(
  client: Influx1Client,
  policy: Policy,
  how: 'exactly' | 'longer',
): Promise<void> {
  const database = quoted(client.server.database);
  const [[rows] = []] = await client.query([`SHOW RETENTION POLICIES ON ${database}`]);
  const there = rows === undefined ? null : find(rows, policy.name);
  if (there !== null && there.isDefault === policy.isDefault) {
    const [has, wanted] = [there.keepMs ?? Infinity, (policy.keepMs ?? Infinity) as number];
    if (policy.keepMs === undefined || has === wanted) return;
    if (how === 'longer' && has > wanted) return;
  }
  const what = `RETENTION POLICY ${quoted(policy.name)} ON ${database} DURATION ${durationOf(policy)} REPLICATION 1 SHARD DURATION ${shardOf(policy)}${policy.isDefault ? ' DEFAULT' : ''}`;
  try {
    await client.query([`${there === null ? 'CREATE' : 'ALTER'} ${what}`]);
  } catch (error) {
    // Only an administrator may: one that is there is taken as it is.
    if (there !== null && isForbidden(error)) return;
    throw isForbidden(error) ? needed(what, client, error) : error;
  }
}

function isForbidden(error: unknown): boolean {
  return error instanceof Error && /not authorized|requires admin|privileges/i.test(error.message);
}

function needed(what: string, { server }: Influx1Client, cause: unknown): CaretakerError {
  return unavailable(
    'InfluxDB does not let our user make a retention policy',
    `Let an administrator say once: CREATE ${what}`,
    server.address,
    cause,
  );
}

function durationOf({ keepMs }: Policy): string {
  return keepMs == null ? 'INF' : `${Math.max(1, Math.ceil(keepMs / HOUR_MS))}h`;
}

/** As InfluxDB chooses it when a policy is made; an altered policy would keep the one that it had. */
function shardOf({ keepMs }: Policy): string {
  if (keepMs != null && keepMs < 2 * DAY_MS) return '1h';
  return keepMs != null && keepMs <= 180 * DAY_MS ? '1d' : '7d';
}

function find({ columns, values }: Rows, name: string) {
  const place = (column: string) => columns.indexOf(column);
  const row = values.find((one) => one[place('name')] === name);
  if (row === undefined) return null;
  const duration = String(row[place('duration')]);
  return { keepMs: millisecondsOf(duration), isDefault: row[place('default')] === true };
}

/** Reads a duration as InfluxDB shows it, such as `720h0m0s`; `0s` is for ever. */
function millisecondsOf(duration: string): number | null {
  const [, hours = 0, minutes = 0, seconds = 0] =
    /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration) ?? [];
  return Number(hours) * HOUR_MS + Number(minutes) * 60_000 + Number(seconds) * 1_000 || null;
}
