import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Log, silentLog, systemClock } from '@caretaker/readings/base';
import { type Cloud, type CloudParts, createCloud } from '../app.ts';
import { type CloudConfig, readCloudConfig } from '../config.ts';
import type { Page as ListPage, Ticket, TicketDetail } from '../contract/index.ts';
import { type Episode, episodeSchema, pageSchema, ticketSchema } from '../contract/index.ts';
import { openReadOnly } from '../db/read-only.ts';
import { enrolGateways, type Uplink } from './enrolled.ts';
import { migratedFile } from './migrated.ts';

export const estateFile = join(import.meta.dirname, 'estate.yaml');

/** A folder of its own for one test. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'caretaker-cloud-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/**
 * The settings of a cloud on free ports that keeps everything in `folder`. Its gateways may jump in time:
 * tests tell of hours in a few frames.
 */
export function configFor(folder: string, more: Record<string, string> = {}): CloudConfig {
  const config = readCloudConfig({
    CARETAKER_DATA: folder,
    CARETAKER_HTTP_PORT: '0',
    CARETAKER_CLOUD_MQTT_PORT: '0',
    CARETAKER_ESTATE: estateFile,
    CARETAKER_LOCAL_ACCESS: '1',
    ...more,
  });
  return { ...config, settleAfterAbsence: 0 };
}

/** Keys of the pages that were ever to be sent. */
export async function pagesIn(database: CloudConfig['database']): Promise<string[]> {
  const store = await openReadOnly(database);
  try {
    const rows = await store.read.selectFrom('outbox').select('key').orderBy('id').execute();
    return rows.map(({ key }) => key);
  } finally {
    await store.close();
  }
}

export interface RunningCloud extends CloudClient, Uplink {
  readonly cloud: Cloud;
  readonly log: string[];
}

/** Starts a whole cloud in this process; its gateways have enrolled. */
export async function runCloud(
  config: CloudConfig,
  parts: Partial<CloudParts> = {},
): Promise<RunningCloud> {
  const log: string[] = [];
  const note = (_fields: Record<string, unknown>, message: string) => log.push(message);
  const keep: Log = { ...silentLog, warn: note, error: note, child: () => keep };
  await migratedFile(config.database);
  const token = await enrolGateways(config, parts.clock ?? systemClock);
  const cloud = createCloud(config, { clock: systemClock, log: keep, ...parts });
  const { httpPort, mqttPort } = await cloud.start();
  return { cloud, mqttPort, token, log, ...clientOf(httpPort, await adminToken(config)) };
}

export type CloudClient = ReturnType<typeof clientOf>;

/** How the owner of the token for scripts is shown. */
export const scripts = 'Local administrator (scripts)';

const tokens = new Map<string, string>();

/** The token that a cloud wrote when nobody was there; of a second cloud on the same database too. */
export async function adminToken({ folder, database }: CloudConfig): Promise<string> {
  const place = JSON.stringify(database);
  const kept = tokens.get(place);
  if (kept !== undefined) return kept;
  const token = (await readFile(join(folder, '..', 'admin-token'), 'utf8')).trim();
  tokens.set(place, token);
  return token;
}

/** The HTTP side as a program sees it. */
export function clientOf(httpPort: number, token: string) {
  const url = `http://127.0.0.1:${httpPort}`;
  const ask = (path: string, { headers, ...init }: RequestInit = {}): Promise<Response> => {
    const given = new Headers(headers);
    if (!given.has('authorization')) given.set('authorization', `Bearer ${token}`);
    return fetch(url + path, { ...init, headers: given });
  };
  const get = async <T>(path: string): Promise<T> => {
    const response = await ask(path);
    if (!response.ok) throw new Error(`${response.status} ${path}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const list = async <T>(path: string) => (await get<ListPage<T>>(path)).items;
  return {
    url,
    bearer: token,
    ask,
    get,
    list,
    async episodes(): Promise<Episode[]> {
      return pageSchema(episodeSchema).parse(await get('/api/episodes?limit=1000')).items;
    },
    async tickets(state = 'all'): Promise<Ticket[]> {
      return pageSchema(ticketSchema).parse(await get(`/api/tickets?limit=1000&state=${state}`))
        .items;
    },
    command(ticket: number, body: object, key: string = crypto.randomUUID()): Promise<Response> {
      return ask(`/api/tickets/${ticket}/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
      });
    },
    /** What must be the same after any order, duplication or restart. */
    async standing() {
      const tickets = await list<Ticket>('/api/tickets?limit=1000');
      const told: unknown[] = [];
      for (const { id, state } of tickets) {
        if (state === 'withdrawn') continue;
        const { subject, item, repeat, episodes } = await get<TicketDetail>(`/api/tickets/${id}`);
        const onsets = episodes.filter((e) => e.state === 'standing').map((e) => e.onset);
        told.push({ subject, item, repeat, state, onsets: onsets.sort((a, b) => a - b) });
      }
      const episodes = (await this.episodes()).map(
        ({ subject, rule, onset, end, worst, severity, standardVersion }) => ({
          subject,
          rule,
          onset,
          end,
          worst,
          severity,
          standardVersion,
        }),
      );
      const sorted = (items: unknown[]) => items.map((i) => JSON.stringify(i)).sort();
      return { episodes: sorted(episodes), tickets: sorted(told) };
    },
  };
}
