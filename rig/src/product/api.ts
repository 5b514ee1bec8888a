import {
  type Asset,
  assetSchema,
  type Episode,
  type Estate,
  episodeSchema,
  estateSchema,
  type Point,
  pageSchema,
  pointSchema,
  type Quarantine,
  quarantineSchema,
  type Readings,
  readingsSchema,
  type Ticket,
  type TicketDetail,
  ticketDetailSchema,
  ticketSchema,
} from '@caretaker/cloud/contract';
import type { z } from 'zod';
import { scriptHeaders } from './person.ts';
import type { Sandbox } from './sandbox.ts';

/** The cloud's HTTP API as another program uses it; every answer is checked against the contract. */
export interface Api {
  estates(): Promise<Estate[]>;
  episodes(query?: string): Promise<Episode[]>;
  tickets(query?: string): Promise<Ticket[]>;
  ticket(id: number): Promise<TicketDetail>;
  quarantine(): Promise<Quarantine[]>;
  readings(point: string, from: number, to: number, buckets: number): Promise<Readings>;
  assets(): Promise<Asset[]>;
  points(): Promise<Point[]>;
}

async function get<T extends z.ZodType>(
  url: string,
  headers: Record<string, string>,
  schema: T,
): Promise<z.infer<T>> {
  const answer = await fetch(url, { headers });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return schema.parse(await answer.json());
}

/** @param place where the cloud runs that has been started, with the token that it wrote */
export function createApi(place: Pick<Sandbox, 'folder' | 'httpUrl'>): Api {
  const url = place.httpUrl;
  const headers = () => scriptHeaders(place);
  const list = async <T extends z.ZodType>(path: string, query: string, schema: T) => {
    const items: z.infer<T>[] = [];
    let cursor = '';
    for (;;) {
      const page = await get(
        `${url}${path}?limit=200${query}${cursor}`,
        headers(),
        pageSchema(schema),
      );
      items.push(...(page.items as z.infer<T>[]));
      if (page.next === null) return items;
      cursor = `&cursor=${encodeURIComponent(page.next)}`;
    }
  };
  return {
    estates: () => list('/api/estates', '', estateSchema),
    assets: () => list('/api/assets', '', assetSchema),
    points: () => list('/api/points', '', pointSchema),
    episodes: (query = '') => list('/api/episodes', query, episodeSchema),
    tickets: (query = '') => list('/api/tickets', query, ticketSchema),
    ticket: (id) => get(`${url}/api/tickets/${id}`, headers(), ticketDetailSchema),
    quarantine: () => list('/api/quarantine', '', quarantineSchema),
    readings: (point, from, to, buckets) =>
      get(
        `${url}/api/readings?point=${encodeURIComponent(point)}&from=${from}&to=${to}&buckets=${buckets}`,
        headers(),
        readingsSchema,
      ),
  };
}

/** Asks for what `Api` has no word for, as a script on this machine does; each time with a key of its own. */
export async function ask<T>(
  place: Pick<Sandbox, 'folder' | 'httpUrl'>,
  path: string,
  body?: object,
  method = body === undefined ? 'GET' : 'POST',
): Promise<T> {
  const key = { 'idempotency-key': crypto.randomUUID() };
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await fetch(place.httpUrl + path, {
    ...{ method, headers: { ...scriptHeaders(place), ...key, ...type } },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return (text === '' ? null : JSON.parse(text)) as T;
}
