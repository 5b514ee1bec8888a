import type { Page } from '@caretaker/cloud/contract';
import { serverClock } from '../time/server-clock.ts';
import { problemOf, unreachable } from './problem.ts';

type Query = Readonly<Record<string, string | number | undefined>>;

/** `/api/tickets?estate=lakeside`; parameters without a value are left out. */
export function url(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

async function send(target: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(target, init);
  } catch (cause) {
    throw unreachable(cause);
  }
  serverClock.hearDate(answer.headers.get('date'));
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

/**
 * Reads one resource.
 * @throws ProblemError with the service's stable code.
 */
export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const answer = await send(url(path, query), {
    headers: { accept: 'application/json' },
    ...(signal === undefined ? {} : { signal }),
  });
  return (await answer.json()) as T;
}

/** Reads a list to its end, following its cursor; at most `most` rows, as no page shows more. */
export async function getAll<T>(path: string, query: Query = {}, most = 5000): Promise<T[]> {
  const rows: T[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<T> = await get<Page<T>>(path, { limit: 500, ...query, cursor });
    rows.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && rows.length < most);
  return rows;
}

/**
 * Writes once: `key` makes a repeat of the same write harmless.
 * @throws ProblemError with the service's stable code.
 */
export async function post<T>(path: string, body: unknown, key: string): Promise<T> {
  const answer = await send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
    // A write that waits for its undo is sent while the page closes.
    keepalive: true,
  });
  return (await answer.json()) as T;
}
