import { z } from 'zod';
import { encodeNote, noteAt, type RecordAt } from './record.ts';
import { tombstoneSchema } from './tombstone.ts';

const footerSchema = z.object({
  /** The sequence after the last one that the segment covers. */
  next: z.int().positive(),
  /** Readings left in it. */
  count: z.int().nonnegative(),
  stage: z.int().positive(),
  /** Receipt of the first and last readings that it held before, UTC epoch milliseconds. */
  received: z.object({ from: z.number(), to: z.number() }),
  /** One for each time that it was thinned. */
  tombstones: z.array(tombstoneSchema),
});

/**
 * The last record of a segment that was thinned. It proves that nothing behind the last reading is missing, and
 * that what lies side by side in the file did so from the beginning: holes in its sequences were meant.
 */
export type Footer = z.infer<typeof footerSchema>;

export function encodeFooter(footer: Footer): Buffer {
  return encodeNote(footer.next, JSON.stringify(footer));
}

/** @returns null when the record is no footer */
export function footerOf(bytes: Buffer, record: RecordAt): Footer | null {
  if (record.count > 0) return null;
  try {
    return footerSchema.parse(JSON.parse(noteAt(bytes, record)));
  } catch {
    return null;
  }
}
