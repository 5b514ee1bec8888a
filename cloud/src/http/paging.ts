import { CaretakerError } from '@caretaker/readings/base';
import { z } from 'zod';
import { idSchema, type Page } from '../contract/index.ts';

/** What every list takes. */
export const listQuery = z.object({
  estate: idSchema.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
  cursor: z.string().max(500).optional(),
});

/** `true` and `false` as words of a query. */
export const flagQuery = z.enum(['true', 'false']).transform((word) => word === 'true');

/** A cursor is the key of the last item of a page; nobody but us reads it. */
function encodeCursor(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** @throws CaretakerError `CLOUD_CURSOR_INVALID` */
export function decodeCursor<T>(cursor: string | undefined, schema: z.ZodType<T>): T | null {
  if (cursor === undefined) return null;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw wrongCursor();
  }
}

export function wrongCursor(): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_CURSOR_INVALID',
    message: 'This cursor was not given out for this list.',
    next: 'Begin with the first page.',
  });
}

/** Cuts a page out of `limit + 1` items that were asked for. */
export function pageOf<T>(
  items: readonly T[],
  limit: number,
  keyOf: (item: T) => unknown,
): Page<T> {
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  const more = items.length > limit && last !== undefined;
  return { items: shown, next: more ? encodeCursor(keyOf(last)) : null };
}

/** A page of a list in memory that is sorted by `keyOf`. */
export function pageOfSorted<T>(
  items: readonly T[],
  query: { readonly limit: number; readonly cursor?: string | undefined },
  keyOf: (item: T) => string,
): Page<T> {
  const after = decodeCursor(query.cursor, z.string());
  const start = after === null ? 0 : items.findIndex((item) => keyOf(item) > after);
  const rest = start < 0 ? [] : items.slice(start, start + query.limit + 1);
  return pageOf(rest, query.limit, keyOf);
}
