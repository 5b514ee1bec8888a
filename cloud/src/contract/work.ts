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
