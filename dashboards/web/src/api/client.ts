import type { Page } from '@caretaker/cloud/contract';
import { serverClock } from '../time/server-clock.ts';
import { doors } from './doors.ts';
import { problemOf, unreachable } from './problem.ts';

type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** `/api/tickets?estate=lakeside`; parameters without a value are left out, a list is its name once for each value. */
export function url(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) for (const one of value) search.append(name, one);
    else if (value !== undefined) search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Requests that are not answered yet. */
const underWay = new Set<Promise<unknown>>();

/** Resolves when every request of now has its answer, with the token that it may bring. */
export async function answered(): Promise<void> {
  await Promise.allSettled([...underWay]);
}

async function ask(target: string, init: RequestInit): Promise<Response> {
  const asking = fetch(target, init);
  underWay.add(asking);
  try {
    return await asking;
  } catch (cause) {
    throw unreachable(cause);
  } finally {
    underWay.delete(asking);
  }
}

/** Refused, signed in again, refused for want of the password, confirmed: no more than that. */
const mostTries = 3;

async function send(target: string, init: RequestInit): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask(target, init);
    serverClock.hearDate(answer.headers.get('date'));
    if (answer.ok) return answer;
    const error = await problemOf(answer);
    if (tries === mostTries || !(await doors.mayRepeat(error, init.method ?? 'GET'))) throw error;
  }
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

/**
 * Writes something that needs no key: sent twice it says the same, or is refused the second time.
 * @throws ProblemError with the service's stable code.
 */
export async function write<T = void>(
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<T> {
  const json = {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body ?? {}),
  };
  const answer = await send(path, { method, ...(method === 'DELETE' ? {} : json) });
  const text = await answer.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
