import { z } from 'zod';
import {
  effectSchema,
  idSchema,
  instantSchema,
  severitySchema,
  textSchema,
  valueSchema,
} from './common.ts';
import { refusedSchema } from './versions.ts';

export const episodeSchema = z.object({
  id: z.int(),
  estate: idSchema,
  subject: z.string(),
  rule: z.string(),
  item: z.string(),
  onset: instantSchema,
  detected: instantSchema,
  end: instantSchema.nullable(),
  worst: valueSchema.nullable(),
  worstAt: instantSchema.nullable(),
  severity: severitySchema,
  effect: effectSchema,
  standardVersion: z.string(),
  why: textSchema,
  latched: z.boolean(),
  history: z.boolean(),
  /**
   * `reported`: a gateway's own rules say so, and its readings are not judged here yet. `withdrawn` rows were unmade by
   * what came later and stay with their reason.
   */
  state: z.enum(['standing', 'reported', 'withdrawn']),
  reason: textSchema.nullable(),
  ticket: z.int().nullable(),
});
export type Episode = z.infer<typeof episodeSchema>;

/** Small now, and meant to grow: the whole life of a ticket comes later. */
export const ticketStateSchema = z.enum([
  'new',
  'acknowledged',
  'closed',
  'self-cleared',
  'withdrawn',
]);
export type TicketState = z.infer<typeof ticketStateSchema>;

export const ticketSchema = z.object({
  id: z.int(),
  /** `CT-1042`. */
  ref: z.string(),
  estate: idSchema,
  subject: z.string(),
  subjectName: textSchema,
  item: z.string(),
  /** What the standard asks for, of which this is a breach. */
  itemName: textSchema,
  /** The fault in a few words: the title of the rule of its worst standing episode. */
  title: textSchema,
  /** One sentence of why, from the same episode. */
  why: textSchema,
  severity: severitySchema,
  state: ticketStateSchema,
  /** Whether its condition still stands, whatever people have done. */
  conditionClear: z.boolean(),
  latched: z.boolean(),
  owner: z.string().nullable(),
  /** Event time of its first onset. */
  onset: instantSchema,
  /** When the cloud opened it, by the cloud's clock. */
  opened: instantSchema,
  acknowledged: instantSchema.nullable(),
  closed: instantSchema.nullable(),
  /** 1, or n for the nth ticket of the same subject and item within 30 days of event time. */
  repeat: z.int(),
  standardVersion: z.string(),
  /** What opened it: an episode, or a gateway's alarm before its readings came. */
  source: z.enum(['episode', 'gateway-alarm']),
  /** Raised by one with every event; a write names the one it saw. */
  revision: z.int(),
  demo: z.boolean(),
});
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
    'acknowledged',
    'note',
    'closed',
    'self-cleared',
    'withdrawn',
  ]),
  /** Cloud clock. */
  at: instantSchema,
  /** `engine`, the gateway that raised an alarm as `gateway:<id>`, or the name a person gave. */
  by: z.string(),
  /** What a person wrote. */
  note: z.string().nullable(),
  /** Why the engine did it. */
  reason: textSchema.nullable(),
  episode: z.int().nullable(),
  /** What the gateway did, in an event of type `gateway-acted`. */
  acted: gatewayActionSchema.nullable(),
  /** A person closed the ticket although its condition stood. */
  standing: z.boolean(),
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

/** `GET /api/tickets/{id}`. */
export const ticketDetailSchema = ticketSchema.extend({
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
  /** Readings behind the opening, ±30 min around onset, at most 200. */
  readings: z.array(z.object({ point: z.string(), at: instantSchema, value: valueSchema })),
});
export type TicketDetail = z.infer<typeof ticketDetailSchema>;

/** `POST /api/tickets/{id}/events`, with an `Idempotency-Key` header. */
export const ticketCommandSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('acknowledge'), revision: z.int() }),
  z.object({
    type: z.literal('note'),
    revision: z.int(),
    note: z.string().min(1).max(4000),
  }),
  z.object({
    type: z.literal('close'),
    revision: z.int(),
    /** What was done; closing asks for a fact. */
    note: z.string().min(1).max(4000),
  }),
]);
export type TicketCommand = z.infer<typeof ticketCommandSchema>;

export const quarantineSchema = z.object({
  id: z.string(),
  gateway: idSchema,
  code: z.string(),
  reason: z.string(),
  client: z.string(),
  topic: z.string(),
  count: z.int(),
  first: instantSchema,
  last: instantSchema,
  /** First 1 kB of the newest payload, base64. */
  sample: z.string(),
  bytes: z.int(),
});
export type Quarantine = z.infer<typeof quarantineSchema>;

export const ruleSchema = z.object({
  id: z.string(),
  kind: idSchema,
  /** The fault that it finds, in a few words. */
  title: textSchema,
  /** The whole rule in one sentence. */
  sentence: textSchema,
  severity: severitySchema,
  effect: effectSchema,
  latched: z.boolean(),
  /** Gateways judge it, too. */
  local: z.boolean(),
  metrics: z.array(z.string()),
  source: z.string(),
  confirmed: z.boolean(),
});
const checkSchema = z.enum(['sensor', 'inspection', 'process', 'name-only']);
export const itemSchema = z.object({
  id: z.string(),
  /** Its number in the straight list of the sources; null for most. */
  number: z.int().nullable(),
  touchpoint: z.string(),
  group: idSchema,
  name: textSchema,
  origin: z.enum(['standard', 'ours']),
  aspect: z.enum(['people', 'facility', 'information']),
  /** How it is verified; `name-only` has no text in the sources. */
  check: checkSchema,
  /** A second way, or null. */
  also: checkSchema.nullable(),
  kano: z.enum(['must-be', 'one-dimensional', 'attractive']),
  team: z.enum(['engineering', 'security', 'cleaning', 'service']),
  /** The work process that keeps it, `D1` to `D21`, or null. */
  process: z.string().nullable(),
  /** By when, or when, it must hold; `confirmed` is false where the figure comes from another trade. */
  times: z.array(z.object({ key: z.string(), text: textSchema, confirmed: z.boolean() })),
  source: z.string(),
  confirmed: z.boolean(),
  rules: z.array(ruleSchema),
});
export const standardSchema = z.object({
  version: z.string(),
  /** Since when it is in force. */
  effective: instantSchema,
  /** The last standard that was offered, where it had faults: what is in force stayed so. */
  refused: refusedSchema.nullable(),
  groups: z.array(z.object({ id: idSchema, number: z.int(), name: textSchema })),
  touchpoints: z.array(z.object({ id: z.string(), name: textSchema, group: idSchema })),
  items: z.array(itemSchema),
});
export type Standard = z.infer<typeof standardSchema>;
export type StandardItem = z.infer<typeof itemSchema>;
