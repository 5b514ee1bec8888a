import { z } from 'zod';
import { idSchema, instantSchema, problemSchema, severitySchema, textSchema } from './common.ts';
import {
  type TicketCommand,
  ticketClassSchema,
  ticketCommandSchema,
  ticketTeamSchema,
} from './ticket-commands.ts';
import { ticketStates } from './ticket-states.ts';
import { reporterSchema, ticketSchema, ticketSourceSchema, ticketStateSchema } from './tickets.ts';

const several = <T extends z.ZodType>(one: T) => z.array(one).min(1).max(20).optional();
/** `me`, `nobody` or the account of a person. */
const whose = z.string().min(1).max(100).optional();

/**
 * One state; `open` or `all`; or of what is open what is one's own, what is late by one of its clocks (`late`), or
 * what is mended and waits for the proof (`proving`).
 */
export const ticketGroupSchema = z.enum([
  'open',
  'all',
  'mine',
  'late',
  'proving',
  ...ticketStates,
]);
export type TicketGroup = z.infer<typeof ticketGroupSchema>;

/** `due`: the clock that runs out first, then severity; `newest` and `age` by onset. */
export const ticketSortSchema = z.enum(['due', 'newest', 'severity', 'age']);
export type TicketSort = z.infer<typeof ticketSortSchema>;

/** What a list of tickets is narrowed by. In a query string a list is its name once for each value. */
export const ticketFilterSchema = z.strictObject({
  estate: idSchema.optional(),
  state: ticketGroupSchema.optional(),
  severity: several(severitySchema),
  team: several(ticketTeamSchema),
  source: several(ticketSourceSchema),
  class: several(ticketClassSchema),
  subject: z.string().min(1).max(200).optional(),
  item: z.string().max(100).optional(),
  touchpoint: z
    .string()
    .regex(/^TP\d{2}$/)
    .optional(),
  place: z.string().min(1).max(200).optional(),
  owner: whose,
  assigned: whose,
  /** Words in Chinese and English, or a reference such as `CT-1042`. */
  text: z.string().max(1000).optional(),
  /** Onset from here on, and before there. */
  from: instantSchema.optional(),
  to: instantSchema.optional(),
  sort: ticketSortSchema.optional(),
});
export type TicketFilter = z.infer<typeof ticketFilterSchema>;

/** `GET /api/tickets/counts`: what stands behind each tab. */
export const ticketCountsSchema = z
  .object({
    open: z.int(),
    mine: z.int(),
    late: z.int(),
    waiting: z.int(),
    proving: z.int(),
    /** There are more open tickets than are counted: each number is "or more". */
    more: z.boolean(),
  })
  .meta({ example: { open: 12, mine: 2, late: 1, waiting: 3, proving: 1, more: false } });
export type TicketCounts = z.infer<typeof ticketCountsSchema>;

/** `POST /api/tickets/filters`; one of the same name takes the place of the one before. */
export const savedFilterRequestSchema = z.object({
  name: z.string().trim().min(1).max(80),
  query: ticketFilterSchema,
});
export type SavedFilterRequest = z.infer<typeof savedFilterRequestSchema>;
export const savedFilterSchema = savedFilterRequestSchema.extend({
  id: z.int(),
  created: instantSchema,
});
export type SavedFilter = z.infer<typeof savedFilterSchema>;

/** A command without the revision that was seen: of many tickets each has its own. */
export type TicketAct = TicketCommand extends infer C
  ? C extends TicketCommand
    ? Omit<C, 'revision'>
    : never
  : never;
const acts = ticketCommandSchema.options.map((option) =>
  (option as z.ZodObject).omit({ revision: true }),
) as unknown as readonly [z.ZodObject<{ type: z.ZodLiteral<string> }>];
const ticketActSchema = z.discriminatedUnion('type', acts) as unknown as z.ZodType<
  TicketAct,
  TicketAct
>;

/** `POST /api/tickets/bulk`, with an `Idempotency-Key` header. */
export const bulkRequestSchema = z.object({
  command: ticketActSchema,
  tickets: z
    .array(z.object({ id: z.int().positive(), revision: z.int() }))
    .min(1)
    .max(200)
    .refine(
      (list) => new Set(list.map(({ id }) => id)).size === list.length,
      'names a ticket twice',
    ),
});
export type BulkRequest = z.infer<typeof bulkRequestSchema>;

/** What became of each, in the order asked. */
export const bulkResultSchema = z.object({
  results: z.array(
    z.object({
      id: z.int(),
      /** `changed`: not done, as somebody else changed it meanwhile. */
      outcome: z.enum(['done', 'changed', 'refused']),
      /** As it is now; null when it was refused. */
      ticket: ticketSchema.nullable(),
      /** Why it was not done. */
      problem: problemSchema.nullable(),
    }),
  ),
});
export type BulkResult = z.infer<typeof bulkResultSchema>;

/** One matter in the ledger of the desk. Times are those of its log; null for what has not happened. */
export const ledgerRowSchema = z.object({
  id: z.int(),
  ref: z.string(),
  estate: idSchema,
  /** When the desk, or the cloud, learnt of it. */
  received: instantSchema,
  onset: instantSchema,
  source: ticketSourceSchema,
  /** How it reached us: a sensor, a gateway's alarm, or the way a person took. */
  channel: z.enum(['sensor', 'gateway', 'desk', 'phone', 'web', 'chat', 'on-site']),
  reporter: reporterSchema.nullable(),
  place: z.string().nullable(),
  subject: z.string(),
  subjectName: textSchema,
  item: z.string(),
  matter: textSchema,
  severity: severitySchema,
  class: ticketClassSchema.nullable(),
  team: ticketTeamSchema.nullable(),
  state: ticketStateSchema,
  firstAsked: z.string().nullable(),
  owner: z.string().nullable(),
  assigned: z.string().nullable(),
  dispatched: instantSchema.nullable(),
  arrived: instantSchema.nullable(),
  fixed: instantSchema.nullable(),
  verified: instantSchema.nullable(),
  signed: instantSchema.nullable(),
  signedBy: z.string().nullable(),
  followedUp: instantSchema.nullable(),
  satisfied: z.enum(['yes', 'no', 'unreached']).nullable(),
  closed: instantSchema.nullable(),
  /** Names of its clocks by how they ended; those that still run are in neither. */
  clocksMet: z.array(z.string()),
  clocksMissed: z.array(z.string()),
  parts: z.array(z.object({ name: z.string(), quantity: z.number(), price: z.int().nullable() })),
  /** What the customer pays, in the smallest unit of the currency; null where nothing was quoted or charged. */
  fee: z
    .object({
      /** The labour took so little time that it costs nothing. */
      free: z.boolean(),
      labour: z.int(),
      parts: z.int(),
      total: z.int(),
      currency: z.string().nullable(),
      /** When the customer agreed. */
      agreed: instantSchema.nullable(),
    })
    .nullable(),
});
export type LedgerRow = z.infer<typeof ledgerRowSchema>;
