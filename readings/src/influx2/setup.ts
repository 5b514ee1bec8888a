import { HttpError } from '@influxdata/influxdb-client';
import { type Bucket, BucketsAPI, OrgsAPI } from '@influxdata/influxdb-client-apis';
import { CaretakerError } from '../base/index.ts';
import type { RawRetention } from '../store.ts';
import type { Influx2Client } from './client.ts';
import { influxError, unavailable } from './faults.ts';

const PROBE_MS = 5_000;
/** How a bucket says that it is ours: the retention of no other is touched. */
const OURS = 'Made by Caretaker';

/**
 * Checks that a server of our version answers.
 * @throws CaretakerError `READINGS_STORE_WRONG_SERVER`, `READINGS_STORE_UNAVAILABLE`.
 */
export async function probe({ server }: Influx2Client): Promise<void> {
  const version = await versionOf(server.address).catch((cause: unknown) => {
    throw unavailable(
      'InfluxDB cannot be reached',
      'Check that it runs and that INFLUX2_URL names it.',
      server,
      cause,
    );
  });
  if (version !== null && /^v?2\./.test(version)) return;
  const found = version === null ? 'no InfluxDB' : `InfluxDB ${version}`;
  throw new CaretakerError({
    code: 'READINGS_STORE_WRONG_SERVER',
    message: `There is ${found} at this address; this store speaks to InfluxDB 2.x`,
    next: 'Let INFLUX2_URL name an InfluxDB 2.x, or leave it out to use the built-in store.',
    where: server.address,
  });
}

/** `/ping` names the version in a header, `/health` in its body; a proxy may take headers away. */
async function versionOf(address: string): Promise<string | null> {
  const signal = AbortSignal.timeout(PROBE_MS);
  const ping = await fetch(`${address}/ping`, { signal });
  await ping.body?.cancel();
  const named =
    ping.headers.get('x-influxdb-version') ?? (await said(address, '/health', signal)).version;
  if (typeof named !== 'string') return null;
  if (/^v?\d/.test(named)) return named;
  // A server that somebody built says no number. Only 2.x has a setup.
  const { allowed } = await said(address, '/api/v2/setup', signal);
  return typeof allowed === 'boolean' ? `2.x (${named})` : named;
}

/** The JSON that a path answers with; nothing where it answers with anything else. */
async function said(
  address: string,
  path: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await fetch(`${address}${path}`, { signal });
  const body: unknown = await answer.json().catch(() => null);
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

/**
 * Makes a bucket unless there is one of its name. One that we made is brought to what is asked.
 * @param keepMs null for ever; undefined for as it is
 * @param how `longer` leaves one alone that keeps for longer than asked: it may hold what is still needed;
 *   `lasting` takes none of somebody else's that forgets
 * @throws CaretakerError when there is none and the token may not make one
 */
export async function setUpBucket(
  client: Influx2Client,
  name: string,
  keepMs: RawRetention | undefined,
  how: 'exactly' | 'longer' | 'lasting',
): Promise<void> {
  const buckets = new BucketsAPI(client.api);
  // 0 is for ever; the least that InfluxDB takes is an hour.
  const everySeconds = keepMs == null ? 0 : Math.max(3_600, Math.ceil(keepMs / 1_000));
  try {
    const there = await findBucket(buckets, client, name);
    if (there === null) {
      const orgID = await organisationId(client, name);
      const retentionRules = [{ type: 'expire' as const, everySeconds }];
      await buckets.postBuckets({ body: { orgID, name, description: OURS, retentionRules } });
      return;
    }
    const has = there.retentionRules[0]?.everySeconds ?? 0;
    if (how === 'lasting' && there.description !== OURS && has > 0) {
      throw forgetful(client, name);
    }
    if (keepMs === undefined || there.description !== OURS || there.id === undefined) return;
    if (
      has === everySeconds ||
      (how === 'longer' && (has || Infinity) > (everySeconds || Infinity))
    ) {
      return;
    }
    const retentionRules = [{ type: 'expire' as const, everySeconds }];
    // A token that may not do so any more leaves it as it is.
    await buckets
      .patchBucketsID({ bucketID: there.id, body: { retentionRules } })
      .catch((error) => {
        if (!isForbidden(error)) throw error;
      });
  } catch (error) {
    throw setUpError(error, client, name);
  }
}

async function findBucket(
  buckets: BucketsAPI,
  { server: { organisation } }: Influx2Client,
  name: string,
): Promise<Bucket | null> {
  try {
    const { buckets: found = [] } = await buckets.getBuckets({
      ...(isId(organisation) ? { orgID: organisation } : { org: organisation }),
      name,
    });
    return found.find((bucket) => bucket.name === name) ?? null;
  } catch (error) {
    // A name that nobody has is answered so.
    if (error instanceof HttpError && error.statusCode === 404 && /bucket/i.test(error.message)) {
      return null;
    }
    throw error;
  }
}

async function organisationId(client: Influx2Client, bucket: string): Promise<string> {
  const { organisation } = client.server;
  if (isId(organisation)) return organisation;
  const { orgs = [] } = await new OrgsAPI(client.api).getOrgs({ org: organisation });
  const id = orgs.find(({ name }) => name === organisation)?.id;
  if (id !== undefined) return id;
  throw unavailable(
    `There is no bucket "${bucket}", and our token sees no organisation "${organisation}" to make it in`,
    `Make the bucket "${bucket}" and let INFLUX2_TOKEN read and write it, or correct INFLUX2_ORG.`,
    client.server,
  );
}

/** Ids are 16 hexadecimal digits. */
function isId(organisation: string): boolean {
  return /^[0-9a-f]{16}$/.test(organisation);
}

function setUpError(cause: unknown, { server }: Influx2Client, name: string): CaretakerError {
  if (!isForbidden(cause)) return influxError(cause, server);
  return unavailable(
    `InfluxDB lets our token neither use nor make the bucket "${name}"`,
    `Make the bucket "${name}" and let INFLUX2_TOKEN read and write it, or let the token make buckets.`,
    server,
    cause,
  );
}

function isForbidden(error: unknown): boolean {
  return error instanceof HttpError && (error.statusCode === 401 || error.statusCode === 403);
}

function forgetful({ server }: Influx2Client, name: string): CaretakerError {
  return unavailable(
    `The bucket "${name}" forgets, and the sums of hours in it must stay`,
    `Set the retention of "${name}" to forever.`,
    server,
  );
}
