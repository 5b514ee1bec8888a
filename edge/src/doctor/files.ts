import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { loadIdentity } from '../access/enrolment.ts';
import type { EdgeConfig } from '../config.ts';
import { isMissing } from '../journal/files.ts';
import { bad, type Finding, instant, ok, warn } from './finding.ts';

const DAY_MS = 86_400_000;
const soonMs = 30 * DAY_MS;
/** Files whose content lets somebody in. */
const secrets = [
  'gateway-key.json',
  'gateway-key-next.json',
  'bundle-key.json',
  'bundle.json',
  'bundle-previous.json',
  'credentials.json',
  'metrics-token',
  'local.sqlite',
  'local.sqlite-wal',
];

/** Whether nobody else may read what lets somebody in. */
export async function filesFindings({
  dataDirectory,
  tls,
}: Pick<EdgeConfig, 'dataDirectory' | 'tls'>): Promise<Finding[]> {
  const files = secrets.map((name) => path.join(dataDirectory, name));
  if (tls !== null) {
    files.push(tls.from === 'files' ? tls.key : path.join(tls.folder, 'self-signed.pem'));
  }
  const faults: Finding[] = [];
  for (const file of files) {
    if (((await modeOf(file)) & 0o077) === 0) continue;
    const message = `Others than its owner may read or change ${file}.`;
    const next = `Think whether somebody has read it; then chmod 600 ${file}`;
    faults.push(bad('FILE_NOT_PRIVATE', message, next));
  }
  if (faults.length > 0) return faults;
  return [ok('FILES_PRIVATE', 'Keys, tokens and passwords are for their owner alone.')];
}

/** 0 for a file that is not there. */
async function modeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).mode;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

/** Whether the cloud can know who this gateway is. */
export async function enrolmentFindings(config: EdgeConfig): Promise<Finding[]> {
  if (new URL(config.uplinkUrl).username !== '') {
    return [ok('ENROLMENT_NOT_NEEDED', 'The broker of the uplink has its own password.')];
  }
  const identity = await loadIdentity(config.dataDirectory);
  const next =
    'Make a code with "caretaker gateway code" at the cloud, then "caretaker gateway enrol" here.';
  if (identity === null) {
    return [
      bad('NOT_ENROLLED', `Gateway ${config.gateway} has not enrolled with its cloud.`, next),
    ];
  }
  if (identity.gateway !== config.gateway || identity.estate !== config.estate.id) {
    const who = `${identity.gateway} of ${identity.estate}`;
    return [bad('ENROLLED_AS_ANOTHER', `The key here is that of gateway ${who}.`, next)];
  }
  return [ok('ENROLLED', `Enrolled since ${instant(identity.created)}.`)];
}

/** How long the certificate of this gateway's ports is good. */
export async function certificateFindings(
  { tls }: Pick<EdgeConfig, 'tls'>,
  now: number,
): Promise<Finding[]> {
  if (tls === null) return [ok('TLS_OFF', 'The ports of the gateway speak without TLS.')];
  const certificate = await certificateOf(tls);
  if (certificate === null) {
    return [ok('CERTIFICATE_TO_COME', 'The certificate is made at the next start.')];
  }
  const until = certificate.validToDate.getTime();
  const message = `The certificate is good until ${instant(until)}.`;
  const next =
    tls.from === 'files'
      ? `Put a new one at ${tls.cert}.`
      : 'Restart the gateway: it makes a new one a month before.';
  if (until <= now) return [bad('CERTIFICATE_EXPIRED', message, next)];
  return until - now < soonMs
    ? [warn('CERTIFICATE_ENDS', message, next)]
    : [ok('CERTIFICATE_GOOD', message)];
}

/** The public half only; null before it was made. */
export async function certificateOf(
  tls: NonNullable<EdgeConfig['tls']>,
): Promise<X509Certificate | null> {
  const file = tls.from === 'files' ? tls.cert : path.join(tls.folder, 'certificate.pem');
  try {
    return new X509Certificate(await readFile(file));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Bad messages ever put aside, of a gateway that is stopped; null when one that runs holds the file. */
export function storedQuarantine(directory: string): { total: number; dropped: number } | null {
  const file = pathToFileURL(path.join(directory, 'quarantine.sqlite'));
  // Else SQLite makes files beside it. After a crash the newest of it is not seen.
  file.searchParams.set('immutable', '1');
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(file, { readOnly: true });
  } catch {
    return { total: 0, dropped: 0 };
  }
  try {
    const tally = database.prepare('SELECT total, dropped FROM tally').get();
    return { total: Number(tally?.total ?? 0), dropped: Number(tally?.dropped ?? 0) };
  } catch {
    // All of it may still stand in the log beside the file.
    return null;
  } finally {
    database.close();
  }
}

export function quarantineFinding(counts: { readonly total: number } | null): Finding {
  if (counts === null) {
    const message = 'How many messages were put aside cannot be read while no gateway answers.';
    return warn(
      'QUARANTINE_UNKNOWN',
      message,
      'Stop the gateway that holds the file, or let it answer.',
    );
  }
  const { total } = counts;
  if (total === 0) return ok('QUARANTINE_EMPTY', 'No message was put aside.');
  const message = `${total.toLocaleString('en')} messages and values could not be read and were put aside.`;
  return warn('QUARANTINE', message, "See the gateway's page or the cloud for which, and why.");
}
