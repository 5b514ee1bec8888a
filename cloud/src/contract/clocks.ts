import { z } from 'zod';
import { idSchema, instantSchema, severitySchema, textSchema } from './common.ts';
import { ticketStates } from './ticket-states.ts';

export const clockNameSchema = z.enum([
  'acknowledge',
  'arrive',
  'make-safe',
  'restore',
  'answer',
  'complaint',
  'class',
  'promise',
  'follow-up',
]);
export type ClockName = z.infer<typeof clockNameSchema>;

const example = {
  clock: 'arrive',
  round: 1,
  target: { words: '20m', source: 'T01', confirmed: false },
  state: 'missed',
  started: 1_782_843_000_000,
  due: 1_782_844_200_000,
  stopped: 1_782_844_320_000,
  budget: 1_200_000,
  counted: 1_320_000,
  paused: 0,
  off: 0,
  claimed: 0,
  over: 120_000,
  late: 120_000,
  share: 1.1,
} as const;

/** One clock of a ticket, as it stands now. Durations are milliseconds. */
export const ticketClockSchema = z
  .object({
    clock: clockNameSchema,
    /** 1, and one more for each visit, promise or follow-up after the first. */
    round: z.int(),
    target: z.object({
      /** `20m`, `4h working`, `end of next working day`; a promise names its instant. */
      words: z.string(),
      /** Key of the fact it rests on, `ours`, or `estate` where the estate has agreed on it. */
      source: z.string(),
      confirmed: z.boolean(),
    }),
    /** `void`: the ticket ended without it, or there was nothing to do by then. */
    state: z.enum(['running', 'paused', 'met', 'missed', 'void']),
    started: instantSchema,
    /** When it is missed; a pause moves it. */
    due: instantSchema,
    stopped: instantSchema.nullable(),
    /** What may be counted. */
    budget: z.int(),
    counted: z.int(),
    /** Waiting for a listed reason. */
    paused: z.int(),
    /** Outside working hours, where only these count. */
    off: z.int(),
    /** Part of what is counted: the ticket was taken for done or needless meanwhile, and was not. */
    claimed: z.int(),
    /** Counted beyond the budget. */
    over: z.int(),
    /** From due until it stopped, or until now, day and night. */
    late: z.int(),
    /** Counted of the budget; above 1 once that is used up. */
    share: z.number(),
  })
  .meta({ examples: [example] });
export type TicketClock = z.infer<typeof ticketClockSchema>;

/** A clock in the list of clocks, with whose it is. */
export const clockEntrySchema = ticketClockSchema
  .extend({
    ticket: z.int(),
    ref: z.string(),
    estate: idSchema,
    subject: z.string(),
    subjectName: textSchema,
    title: textSchema,
    severity: severitySchema,
    ticketState: z.enum(ticketStates),
    owner: z.string().nullable(),
    /** When the cloud opened the ticket; one that was learnt of too late could not be met. */
    opened: instantSchema,
  })
  .meta({
    examples: [
      {
        ...example,
        ticket: 42,
        ref: 'CT-1042',
        estate: 'court',
        subject: 'court/north-gate',
        subjectName: { en: 'North gate', zh: '北门' },
        title: { en: 'Gate slams', zh: '门扇撞击' },
        severity: 'emergency',
        ticketState: 'on-site',
        owner: 'Lin',
        opened: 1_782_843_005_000,
      },
    ],
  });
export type ClockEntry = z.infer<typeof clockEntrySchema>;
