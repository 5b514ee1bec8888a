import { fedTicketSchema } from '@caretaker/readings/uplink';
import { z } from 'zod';

export const keptSchema = z.object({
  version: z.literal(1),
  /** Up to where `values` go. */
  place: z.object({ journal: z.string(), position: z.int() }),
  /** Of whom was told. */
  estate: z.string(),
  assets: z.array(z.string()),
  values: z.array(
    z.tuple([z.string(), z.union([z.number(), z.string(), z.boolean()]), z.number(), z.number()]),
  ),
  tickets: z.array(fedTicketSchema),
  /** Discovery topics that were announced, with the parts of each by the component that they are. */
  announced: z.record(z.string(), z.record(z.string(), z.string())),
});

/** What events go on from after a restart. */
export type Kept = z.infer<typeof keptSchema>;
