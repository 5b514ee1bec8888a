import { z } from 'zod';
import { entrySchema } from './entry.ts';

/** What a part tells `caretaker start` over the channel between them. */
export const partMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ready'),
    ports: z.record(z.string(), z.int()),
    entry: entrySchema.nullable(),
  }),
  z.object({ type: z.literal('progress'), done: z.int(), total: z.int() }),
]);
export type PartMessage = z.infer<typeof partMessageSchema>;

/** Tells the parent, if there is one. */
export function tell(message: PartMessage): void {
  process.send?.(message);
}
