import { createHash } from 'node:crypto';
import { CaretakerError } from '@caretaker/readings/base';
import type { Tx } from './database.ts';

/** A write that a client may send again without it being done again. */
export interface KeyedWrite {
  /** The client's Idempotency-Key. */
  readonly key: string;
  /** What is wanted, as `requestOf` names it. */
  readonly request: string;
}

/** Names what a request asks for: two of one name ask for the same. */
export function requestOf(...what: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(what)).digest('hex');
}

/**
 * What was answered when this write was carried out before; null when it was not.
 * @throws CaretakerError `CLOUD_KEY_REUSED`: the key belongs to another request
 */
export async function answered<T>(tx: Tx, { key, request }: KeyedWrite): Promise<T | null> {
  const done = await tx
    .selectFrom('idempotency')
    .selectAll()
    .where('key', '=', key)
    .executeTakeFirst();
  if (done === undefined) return null;
  if (done.request !== request) throw keyReused();
  return JSON.parse(done.body) as T;
}

/** Keeps the answer to a write in its own transaction. */
export async function remember(
  tx: Tx,
  { key, request }: KeyedWrite,
  answer: { readonly status: number; readonly body: unknown; readonly at: number },
): Promise<void> {
  const { status, body, at } = answer;
  await tx
    .insertInto('idempotency')
    .values({ key, request, status, body: JSON.stringify(body), at })
    .execute();
}

function keyReused(): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_KEY_REUSED',
    message: 'This Idempotency-Key was used for another request.',
    next: 'Send a new key with every new request.',
  });
}
