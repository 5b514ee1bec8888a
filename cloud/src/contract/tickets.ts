import { z } from 'zod';
import { clockNameSchema, ticketClockSchema } from './clocks.ts';
import { idSchema, instantSchema, severitySchema, textSchema, valueSchema } from './common.ts';
import { ticketFileSchema } from './files.ts';
import { ticketClassSchema, ticketTeamSchema, waitingReasonSchema } from './ticket-commands.ts';
import { exampleTicket } from './ticket-example.ts';
import { ticketStates } from './ticket-states.ts';
import { ticketWorkSchema } from './ticket-work.ts';
import { episodeSchema } from './work.ts';

export const ticketStateSchema = z.enum(ticketStates);

/** A person as tickets name them; the id is null for a program's token and for one who is not known by it. */
const namedSchema = z.object({ person: z.string().nullable(), name: z.string() });

/** Who told of a matter, and how. */
export const reporterSchema = z.object({
  kind: z.enum(['resident', 'visitor', 'employee', 'other']),
  name: z.string().trim().min(1).max(200),
  contact: z.string().trim().max(200).nullable().default(null),
  channel: z.enum(['desk', 'phone', 'web', 'chat', 'on-site']),
});
export type Reporter = z.infer<typeof reporterSchema>;

/** What opened it: an episode, a gateway's alarm before its readings came, or a person. */
export const ticketSourceSchema = z.enum([
  'episode',
  'gateway-alarm',
  'report',
  'complaint',
  'wish',
]);
export type TicketSource = z.infer<typeof ticketSourceSchema>;

export const ticketSchema = z
  .object({
    id: z.int(),
    /** `CT-1042`. */
    ref: z.string(),
    estate: idSchema,
    /** What is at fault: an asset, a gateway, or the estate where a report names no asset. */
    subject: z.string(),
    subjectName: textSchema,
    /** Empty for what people report without an item of the standard. */
    item: z.string(),
    /** What the standard asks for, of which this is a breach. */
    itemName: textSchema,
    /** The fault in a few words: of the worst of its episodes that last, or else that were; or what a person wrote. */
    title: textSchema,
    /** One sentence of why, from the same episode. */
    why: textSchema,
    severity: severitySchema,
    state: ticketStateSchema,
    /** Whether its condition still stands, whatever people have done. */
    conditionClear: z.boolean(),
    /** Event time since when it is clear; null while it stands, and where no rule watches it. */
    clearSince: instantSchema.nullable(),
    latched: z.boolean(),
    team: ticketTeamSchema.nullable(),
    class: ticketClassSchema.nullable(),
    /** A place of the estate by name; null where the subject says enough. */
    place: z.string().nullable(),
    /** In somebody's home, where somebody must be in twenty minutes. */
    inHome: z.boolean(),
    /** Who reported it; null for what a sensor found. */
    reporter: reporterSchema.nullable(),
    /** Whose it is now: the first one asked until somebody by name accepts it. */
    owner: z.string().nullable(),
    /** The account of the owner; null when nobody owns it, or a program does. */
    ownerPerson: z.string().nullable(),
    /** The first employee who was asked. */
    firstAsked: namedSchema.nullable(),
    /** To whom it was handed over, who has not accepted it yet. */
    handover: z
      .object({ to: namedSchema.nullable(), team: ticketTeamSchema.nullable(), at: instantSchema })
      .nullable(),
    /** Who is to do it: as dispatched, or who mended the same fault within a year. */
    assigned: namedSchema.nullable(),
    waiting: z.object({ reason: waitingReasonSchema, until: instantSchema }).nullable(),
    /** By when a temporary measure is to be replaced. */
    finalBy: instantSchema.nullable(),
    fixed: z.object({ at: instantSchema, by: namedSchema }).nullable(),
    /** When the sensor, or a second person where no sensor can, proved that it is mended. */
    verified: instantSchema.nullable(),
    /**
     * What it asks of people for one tap: `self-clear` where its condition is clear and proven although nobody said that
     * it is mended.
     */
    asks: z.enum(['self-clear']).nullable(),
    /** Whether the customer is still to be asked if all is well. */
    followUp: z.enum(['none', 'owed', 'done']),
    /** The clock that runs out first, or did long ago. */
    clock: z
      .object({
        name: clockNameSchema,
        due: instantSchema,
        /** How much of its time has been counted, above 1 when it is over; null in what streams tell. */
        share: z.number().nullable(),
      })
      .nullable(),
    /** The ticket of the same fault before this one, within 365 days. */
    previous: z.int().nullable(),
    /** Event time of its first onset; when it was reported for what people report. */
    onset: instantSchema,
    /** When the cloud opened it, by the cloud's clock. */
    opened: instantSchema,
    acknowledged: instantSchema.nullable(),
    closed: instantSchema.nullable(),
    /** 1, or n for the nth ticket of the same subject and item within 30 days of event time. */
    repeat: z.int(),
    standardVersion: z.string(),
    source: ticketSourceSchema,
    /** Raised by one with every event; a write names the one it saw. */
    revision: z.int(),
    demo: z.boolean(),
  })
  .meta({ example: exampleTicket });
export type Ticket = z.infer<typeof ticketSchema>;

/** What a gateway did by itself, and what came of it. */
export const gatewayActionSchema = z.object({
  kind: z.enum(['mqtt', 'webhook', 'relay']),
  /** The topic, address or relay. */
  target: z.string(),
  /** It takes back what was done before, the breach being over. */
  undo: z.boolean(),
  /** When it was done or given up, gateway clock. */
  at: instantSchema,
  ok: z.boolean(),
  /** Why it could not be done; null when it could. */
  error: z.string().nullable(),
});
export type GatewayAction = z.infer<typeof gatewayActionSchema>;

export const ticketEventSchema = z.object({
  sequence: z.int(),
  type: z.enum([
    'opened',
    'alarm-raised',
    'gateway-acted',
    'episode-joined',
    'episode-confirmed',
    'episode-amended',
    'episode-ended',
    'episode-withdrawn',
    'severity-raised',
    'reported',
    'reported-again',
    'triaged',
    'prioritised',
    'team-assigned',
    'dispatched',
    'acknowledged',
    'handed-over',
    'accepted',
    'set-out',
    'arrived',
    'started',
    'ticked',
    'part-used',
    'attached',
    'quoted',
    'consented',
    'temporary-measure',
    'waiting',
    'resumed',
    'fixed',
    'verified',
    'denied',
    'signed-off',
    'followed-up',
    'promised',
    'answered',
    'note',
    'closed',
    'rejected',
    'referred-out',
    'cancelled',
    'asked',
    'self-cleared',
    'reopened',
    'withdrawn',
    'clock-warned',
    'clock-missed',
    'readings-frozen',
  ]),
  /** Cloud clock. */
  at: instantSchema,
  /** `engine`, the gateway that raised an alarm as `gateway:<id>`, or the name of a person. */
  by: z.string(),
  /** The account of that person; null for the engine, gateways and programs. */
  person: z.string().nullable(),
  /** What a person wrote. */
  note: z.string().nullable(),
  /** Why the engine did it. */
  reason: textSchema.nullable(),
  episode: z.int().nullable(),
  /** What the gateway did, in an event of type `gateway-acted`. */
  acted: gatewayActionSchema.nullable(),
  /** A person ended the ticket although its condition stood. */
  standing: z.boolean(),
  /** The state that it led to; null when the state stayed. */
  state: ticketStateSchema.nullable(),
  /** What belongs to an entry of this type, such as parts, a promise or a reason to wait. */
  data: z.record(z.string(), z.json()),
});
export type TicketEvent = z.infer<typeof ticketEventSchema>;

/** What a gateway raised by its own rules while the cloud did not answer it. */
export const ticketAlarmSchema = z.object({
  gateway: idSchema,
  rule: z.string(),
  onset: instantSchema,
  /** Gateway clock. */
  raised: instantSchema,
  /** Cloud clock. */
  received: instantSchema,
  /** The standard that the gateway judged by. */
  standardVersion: z.string(),
  /** The readings that it showed. */
  readings: z.array(z.object({ point: z.string(), at: instantSchema, value: valueSchema })),
  actions: z.array(gatewayActionSchema),
  /** `reported` until its readings are judged here; then whether they show the same. */
  state: z.enum(['reported', 'joined', 'refuted']),
});
export type TicketAlarm = z.infer<typeof ticketAlarmSchema>;

/** How far the sensor has proved that the fault is gone. Times are event time, as far as the gateway has told. */
export const proofSchema = z.object({
  /**
   * `breach`: it stands. `counting`: it stands, and a number of quiet events is wanted. `clearing`: clear, and not for
   * long enough yet. `denied`: beyond the limit again, and the clock starts anew. `silent`: nothing can be proven.
   * `proven`: clear for as long as the rule wants; `latched`: so it is, and a person must close it all the same.
   */
  phase: z.enum(['breach', 'counting', 'clearing', 'denied', 'silent', 'proven', 'latched']),
  /** Since when that is so; for `counting` since the claim, or since the breach where nobody claimed anything. */
  since: instantSchema,
  /** For `clearing` when it is proven if nothing happens; else null. */
  until: instantSchema.nullable(),
  /** How long it must be clear, milliseconds. */
  needed: z.int(),
  /** Up to when all is known: the clock of the proof stands still with it. */
  at: instantSchema.nullable(),
  /** Quiet events so far, and how many are wanted; null where the rule counts none. */
  events: z.object({ quiet: z.int(), needed: z.int() }).nullable(),
  /** Until when what stood at the claim may stand; null without a claim. */
  grace: instantSchema.nullable(),
  /** The rule that decides: of several the worst off. */
  rule: z.string(),
  /** What its sensor says now, in a few words; null where nothing is known. */
  fact: textSchema.nullable(),
  /** The value judged, and the points behind it. */
  value: valueSchema.nullable(),
  points: z.array(z.string()),
});
export type Proof = z.infer<typeof proofSchema>;

/** Readings around an instant, kept with the ticket as they were. */
export const traceSchema = z.object({
  around: z.enum(['onset', 'fix']),
  from: instantSchema,
  to: instantSchema,
  /** When they were kept, cloud clock; null while they are still those of the store. */
  frozen: instantSchema.nullable(),
  points: z.array(
    z.object({
      point: z.string(),
      /** How many there were; where more than are given, each stretch is shown by its lowest and highest. */
      count: z.int(),
      readings: z.array(z.object({ at: instantSchema, value: valueSchema })),
    }),
  ),
});
export type TicketTrace = z.infer<typeof traceSchema>;

/** `GET /api/tickets/{id}`. */
export const ticketDetailSchema = ticketSchema.extend({
  clocks: z.array(ticketClockSchema),
  /** A promise was not kept: the work counts as void, whatever came of it. */
  workVoid: z.boolean(),
  events: z.array(ticketEventSchema),
  episodes: z.array(episodeSchema),
  /**
   * What makes no ticket of its own while this one's breach stands: breaches that it hides, and for a gateway
   * that is away every asset behind it, of which nothing is known (item, rule and title are null).
   */
  hides: z.array(
    z.object({
      subject: z.string(),
      subjectName: textSchema,
      item: z.string().nullable(),
      rule: z.string().nullable(),
      title: textSchema.nullable(),
    }),
  ),
  alarms: z.array(ticketAlarmSchema),
  /** Photos and documents, oldest first. */
  files: z.array(ticketFileSchema),
  /** The live tile; null where no rule watches what it is about. */
  proof: proofSchema.nullable(),
  /** ±30 min around onset and fix, of all points that decide. */
  traces: z.array(traceSchema),
  /** Those around the onset in one list, in the order of time. */
  readings: z.array(z.object({ point: z.string(), at: instantSchema, value: valueSchema })),
  work: ticketWorkSchema,
});
export type TicketDetail = z.infer<typeof ticketDetailSchema>;
