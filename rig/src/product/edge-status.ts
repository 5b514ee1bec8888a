import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Sandbox } from './sandbox.ts';

const statusSchema = z.object({
  journal: z.object({ oldest: z.int(), newest: z.int(), bytes: z.int() }),
  configuration: z.object({
    source: z.string(),
    version: z.int().nullable(),
    notApplied: z.object({ code: z.string() }).nullable(),
  }),
  uplink: z.object({ connected: z.boolean(), pending: z.int() }),
  history: z.object({ pending: z.int() }).nullable(),
  rules: z.object({
    pending: z.int(),
    standing: z.int(),
    unconfirmedMs: z.int(),
    actsAfterMs: z.int(),
    alarms: z.object({
      waiting: z.int(),
      oldestWaitingAt: z.int().nullable(),
      raised: z.int(),
    }),
    actions: z.object({ done: z.int(), failed: z.int(), open: z.int() }),
  }),
});

const discoverySchema = z.object({ entries: z.array(z.object({ topic: z.string() })) });

type Place = Pick<Sandbox, 'folder' | 'edgeUrl'>;

/** The headers by which a program on this machine may see the figures of a gateway that has been started. */
function figuresHeaders({ folder }: Pick<Sandbox, 'folder'>): Record<string, string> {
  const token = readFileSync(join(folder, 'edge', 'metrics-token'), 'utf8').trim();
  return { authorization: `Bearer ${token}` };
}

/** What a gateway says of itself. */
export async function edgeStatus(place: Place): Promise<z.infer<typeof statusSchema>> {
  const answer = await fetch(`${place.edgeUrl}/status`, { headers: figuresHeaders(place) });
  if (!answer.ok) throw new Error(`no status of the gateway: ${answer.status}`);
  return statusSchema.parse(await answer.json());
}

/** Topics of the devices that no mapping of a gateway names. */
export async function edgeDiscovered(place: Place): Promise<string[]> {
  const answer = await fetch(`${place.edgeUrl}/discovery`, { headers: figuresHeaders(place) });
  if (!answer.ok) throw new Error(`no list of new devices: ${answer.status}`);
  const { entries } = discoverySchema.parse(await answer.json());
  return entries.map(({ topic }) => topic);
}

/** The text of its `/metrics`. */
export async function edgeMetrics(place: Place): Promise<string> {
  const answer = await fetch(`${place.edgeUrl}/metrics`, { headers: figuresHeaders(place) });
  if (!answer.ok) throw new Error(`no figures of the gateway: ${answer.status}`);
  return await answer.text();
}
