import { connect } from 'node:net';
import path from 'node:path';
import { connectTls } from '@caretaker/readings/tls';
import { cloudOffset } from '../access/enrolment.ts';
import { readPrivate } from '../access/private-file.ts';
import type { EdgeConfig } from '../config.ts';
import type { GatewayStatus } from '../http/index.ts';
import { secureFetch } from '../uplink/secure-fetch.ts';
import { certificateOf } from './files.ts';
import { bad, type Finding, ok, warn } from './finding.ts';

const TIMEOUT_MS = 5_000;
/** Behind this, tokens of a gateway and what devices stamp are refused. */
const farOffMs = 5 * 60_000;
const offMs = 2_000;

/** What a gateway that runs on this machine says of itself; null when none answers. */
export async function runningStatus(config: EdgeConfig): Promise<GatewayStatus | null> {
  const token = (await readPrivate(path.join(config.dataDirectory, 'metrics-token')))?.trim();
  if (token === undefined || config.httpPort === 0) return null;
  const scheme = config.tls === null ? 'http' : 'https';
  const url = `${scheme}://127.0.0.1:${config.httpPort}/status`;
  const init = {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  };
  try {
    const answer = config.tls === null ? await fetch(url, init) : await own(url, init, config.tls);
    if (answer?.status !== 200) return null;
    const status = (await answer.json()) as GatewayStatus;
    return status.gateway === config.gateway ? status : null;
  } catch {
    return null;
  }
}

/** Shows the token to nobody but this gateway. */
async function own(url: string, init: RequestInit, tls: NonNullable<EdgeConfig['tls']>) {
  const certificate = await certificateOf(tls);
  if (certificate === null) return null;
  const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  return secureFetch(url, init, { ca: null, fingerprints: [fingerprint] });
}

/** Whether the cloud can be reached: its broker by TCP or TLS, its API by HTTP, and what its clock says. */
export async function cloudFindings(
  config: EdgeConfig,
  now: () => number,
  running: GatewayStatus | null,
): Promise<Finding[]> {
  // Finer than an answer's date: a running gateway measures it all the time.
  const ahead = running?.clock?.offsetMs ?? null;
  const { findings, offset } = await api(config, now);
  return [await broker(config), ...findings, clock(ahead === null ? offset : -ahead)];
}

async function broker({ uplinkUrl, trust }: EdgeConfig): Promise<Finding> {
  const { protocol, hostname, port } = new URL(uplinkUrl);
  const secure = protocol === 'mqtts:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const number = Number(port) || (secure ? 8883 : 1883);
  const tried = `${secure ? 'TLS' : 'TCP'} to ${host}:${number}`;
  const why = await reached(() =>
    secure ? connectTls(host, number, trust) : connect({ host, port: number }),
  );
  if (why === null) return ok('UPLINK_REACHED', `The cloud takes connections (${tried}).`);
  const next = 'Look at the network, a firewall, CARETAKER_UPLINK_URL and whether the cloud runs.';
  return bad('UPLINK_UNREACHABLE', `The cloud cannot be reached (${tried}): ${why}`, next);
}

/** @returns null when it connected, else why not */
function reached(open: () => ReturnType<typeof connect>): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = open();
    const end = (why: string | null) => {
      socket.destroy();
      resolve(why);
    };
    socket.setTimeout(TIMEOUT_MS, () => end(`no answer within ${TIMEOUT_MS / 1_000} s`));
    socket.once('error', (error) => end(error.message));
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => end(null));
  });
}

async function api(
  { enrolment, trust }: EdgeConfig,
  now: () => number,
): Promise<{ findings: Finding[]; offset: number | null }> {
  const url = new URL('/healthz', enrolment.cloudUrl).href;
  const init = { signal: AbortSignal.timeout(TIMEOUT_MS) };
  const sent = now();
  try {
    const secure = url.startsWith('https:');
    const answer = secure ? await secureFetch(url, init, trust) : await fetch(url, init);
    const offset = cloudOffset(answer.headers.get('date'), sent, now());
    return {
      findings: [ok('API_REACHED', `The API of the cloud answers (${url}).`)],
      offset,
    };
  } catch (error) {
    const message = `The API of the cloud cannot be reached (GET ${url}): ${messageOf(error)}`;
    const next = 'Look at CARETAKER_CLOUD_URL. It is needed to enrol.';
    return { findings: [warn('API_UNREACHABLE', message, next)], offset: null };
  }
}

/** @param offset how far the cloud is ahead, milliseconds */
function clock(offset: number | null): Finding {
  if (offset === null)
    return ok('CLOCK_UNKNOWN', 'How far the clock is off is not known without the cloud.');
  const seconds = Math.round(Math.abs(offset) / 1_000);
  if (Math.abs(offset) < offMs) return ok('CLOCK_RIGHT', "The clock agrees with the cloud's.");
  const message = `The clock is ${seconds} s ${offset > 0 ? 'behind' : 'ahead of'} that of the cloud.`;
  const next = 'Let the machine set its clock by NTP.';
  return Math.abs(offset) < farOffMs
    ? warn('CLOCK_OFF', message, next)
    : bad('CLOCK_WRONG', message, next);
}

/** Whether the local history can be written to. */
export async function influxFindings({ influxUrl }: EdgeConfig): Promise<Finding[]> {
  if (influxUrl === null) return [ok('HISTORY_OFF', 'There is no local history.')];
  const { origin } = new URL(influxUrl);
  const ping = new URL('ping', influxUrl.endsWith('/') ? influxUrl : `${influxUrl}/`);
  ping.username = '';
  ping.password = '';
  const next = 'Start InfluxDB, or correct INFLUX_URL. Readings wait in the journal meanwhile.';
  try {
    const answer = await fetch(ping, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const version = answer.headers.get('x-influxdb-version');
    if (answer.ok && version !== null) {
      return [ok('HISTORY_REACHED', `InfluxDB ${version} answers (${origin}).`)];
    }
    const message = `What answers at ${origin} is no InfluxDB (status ${answer.status}).`;
    return [bad('HISTORY_UNREACHABLE', message, next)];
  } catch (error) {
    const message = `InfluxDB cannot be reached (GET ${ping.href}): ${messageOf(error)}`;
    return [bad('HISTORY_UNREACHABLE', message, next)];
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
