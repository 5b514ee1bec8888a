import { z } from 'zod';
import { idSchema, instantSchema, severitySchema, textSchema } from './common.ts';
import { ticketClassSchema, ticketTeamSchema } from './ticket-commands.ts';
import { reporterSchema, ticketSchema } from './tickets.ts';

const line = z.string().trim().min(1).max(200);

/** `POST /api/tickets`, with an `Idempotency-Key` header: somebody told an employee of something. */
export const ticketReportSchema = z
  .object({
    kind: z.enum(['report', 'complaint', 'wish']).default('report'),
    estate: idSchema,
    /** An asset or gateway of the estate. */
    subject: z.string().min(1).max(200).optional(),
    /** A place of the estate or a home, in the words of whoever told of it. */
    place: line.optional(),
    /** What the standard asks for, where that is known. */
    item: z.string().min(1).max(100).optional(),
    /** In the language in which it was said. */
    title: line,
    details: z.string().trim().min(1).max(4000).optional(),
    severity: severitySchema.exclude(['advice']).optional(),
    /** Who told of it; null when the employee saw it with their own eyes. */
    reporter: reporterSchema.nullable().default(null),
    /** In somebody's home: somebody must be there in twenty minutes. */
    inHome: z.boolean().default(false),
    team: ticketTeamSchema.optional(),
    class: ticketClassSchema.optional(),
    promise: z
      .object({
        kind: z.enum(['half-hour', 'hour', 'today', 'at']),
        at: instantSchema.optional(),
      })
      .optional(),
  })
  .meta({
    example: {
      kind: 'report',
      estate: 'lakeside',
      subject: 'lakeside/north-gate',
      title: 'The gate closes with a bang',
      reporter: { kind: 'resident', name: 'Zhou Min', contact: '139 0000 0000', channel: 'phone' },
      promise: { kind: 'half-hour' },
    },
  });
export type TicketReport = z.infer<typeof ticketReportSchema>;

/** `GET /api/tickets/first-asked`: open matters by the employee who was asked first. */
export const firstAskedSchema = z
  .object({
    items: z.array(
      z.object({
        person: z.string().nullable(),
        name: z.string(),
        open: z.int(),
        /** Of these nobody by name has accepted yet: they are still theirs. */
        unaccepted: z.int(),
        oldest: instantSchema,
        tickets: z.array(
          ticketSchema.pick({
            id: true,
            ref: true,
            title: true,
            state: true,
            owner: true,
            opened: true,
          }),
        ),
      }),
    ),
  })
  .meta({
    example: {
      items: [
        {
          ...{ person: null, name: 'Mei', open: 1, unaccepted: 1, oldest: 1_795_912_200_000 },
          tickets: [
            {
              ...{ id: 42, ref: 'CT-1042', title: { en: 'Tap drips', zh: 'Tap drips' } },
              ...{ state: 'new', owner: 'Mei', opened: 1_795_912_200_000 },
            },
          ],
        },
      ],
    },
  });
export type FirstAsked = z.infer<typeof firstAskedSchema>;

/** `GET /api/estates/{estate}/assignees`: somebody to whom a ticket may be given. */
export const assigneeSchema = z
  .object({ id: z.string(), name: z.string() })
  .meta({ example: { id: 'p-lin', name: 'Lin Yue' } });
export type Assignee = z.infer<typeof assigneeSchema>;

/** `POST /api/estates/{estate}/place-codes`: what the code is to be on. */
export const placeCodeRequestSchema = z
  .union([z.object({ subject: z.string().min(1).max(200) }), z.object({ place: line })])
  .meta({ example: { subject: 'lakeside/north-gate' } });
export type PlaceCodeRequest = z.infer<typeof placeCodeRequestSchema>;

/** What is printed and put on a wall. */
export const placeCodeSchema = z
  .object({
    code: z.string(),
    /** The text of its QR code. */
    text: z.string(),
    estate: idSchema,
    /** An asset, a gateway, or a place as `estate/place:<name>`. */
    subject: z.string(),
    name: textSchema,
    created: instantSchema,
  })
  .meta({
    example: {
      code: '7K2M9XQ4T8WDB3HN',
      text: 'https://care.example/c/7K2M9XQ4T8WDB3HN',
      estate: 'lakeside',
      subject: 'lakeside/north-gate',
      name: { en: 'North gate', zh: '北门' },
      created: 1_795_912_200_000,
    },
  });
export type PlaceCode = z.infer<typeof placeCodeSchema>;

/** `POST /api/tickets/{id}/sign-off-code`: told once, for the customer. */
export const signOffCodeSchema = z
  .object({ code: z.string(), expires: instantSchema })
  .meta({ example: { code: '048213', expires: 1_796_000_000_000 } });
export type SignOffCode = z.infer<typeof signOffCodeSchema>;
