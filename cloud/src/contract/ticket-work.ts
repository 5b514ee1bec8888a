import { z } from 'zod';
import { instantSchema } from './common.ts';
import { checklistStepSchema } from './ticket-commands.ts';

const moneySchema = z.int();

/** What was done at the site and what it costs; all of it follows from the log. */
export const ticketWorkSchema = z.object({
  /** Steps of the flow at the site that somebody ticked, in that order. */
  checklist: z.array(
    z.object({
      step: checklistStepSchema,
      done: z.boolean(),
      at: instantSchema,
      by: z.string(),
    }),
  ),
  parts: z.array(
    z.object({
      name: z.string(),
      quantity: z.number(),
      /** Of one, in the smallest unit of the currency; null when nothing is charged for it. */
      price: moneySchema.nullable(),
    }),
  ),
  /** Time at work, without the time that it stood still, milliseconds. */
  worked: z.int(),
  /** The price that the customer was shown last. */
  quote: z
    .object({
      labour: moneySchema,
      parts: moneySchema,
      currency: z.string(),
      at: instantSchema,
    })
    .nullable(),
  /** Who agreed to that price. */
  consent: z.object({ by: z.string(), file: z.string().nullable(), at: instantSchema }).nullable(),
  bill: z.object({
    /** Ten minutes of work at most: no labour is charged. */
    free: z.boolean(),
    labour: moneySchema,
    parts: moneySchema,
    total: moneySchema,
    currency: z.string().nullable(),
  }),
});
export type TicketWork = z.infer<typeof ticketWorkSchema>;
