import { z } from 'zod';
import {
  effectSchema,
  idSchema,
  instantSchema,
  phaseSchema,
  severitySchema,
  textSchema,
  valueSchema,
  verdictSchema,
} from './common.ts';

export const gatewaySchema = z.object({
  id: idSchema,
  /** `never`: has not spoken since the cloud knows it. `silent`: nothing for 30 s. */
  state: z.enum(['online', 'silent', 'never']),
  /** Since when, by the cloud's clock; null for `never`. */
  since: instantSchema.nullable(),
  lastSeen: instantSchema.nullable(),
  /** Everything received up to here has been judged. */
  completeTo: instantSchema.nullable(),
  /** As the gateway last said: readings waiting, and what its journal lost. */
  pending: z.int().nullable(),
  oldestPendingAt: instantSchema.nullable(),
  quarantined: z.int().nullable(),
  losses: z.int(),
  /** Readings that its journal thinned out to make room. */
  removed: z.int(),
  /** Days of backlog for which it has room; null while not known. */
  daysLeft: z.number().nullable(),
  /** How its machine's clock stands, as it last said; null when it did not. */
  clock: z
    .object({
      /** `clock`: the machine's is believed. `cloud`, `held`, `unknown`: it is not, see docs/clock.md. */
      basis: z.enum(['clock', 'cloud', 'held', 'unknown']),
      /** The machine's clock against the cloud's, milliseconds, positive when ahead; null while not measured. */
      offsetMs: z.number().nullable(),
      uncertaintyMs: z.number().nullable(),
    })
    .nullable(),
});
export type Gateway = z.infer<typeof gatewaySchema>;

export const estateSchema = z.object({
  id: idSchema,
  name: textSchema,
  zone: z.string(),
  demo: z.boolean(),
  gateways: z.array(gatewaySchema),
});
export type Estate = z.infer<typeof estateSchema>;

/** The worst fact of an asset: what its tile says. */
export const assetStateSchema = z.object({
  verdict: verdictSchema,
  phase: phaseSchema,
  /** Of the worst condition in breach, pending or clearing; null when ok or unknown. */
  severity: severitySchema.nullable(),
  since: instantSchema.nullable(),
  /** When a pending or clearing phase ends by itself. */
  until: instantSchema.nullable(),
  rule: z.string().nullable(),
  /** "Slam 86 dB(A), limit 80": the fact, not the mood. Null when ok. */
  fact: textSchema.nullable(),
  /** Open tickets of this asset. */
  tickets: z.array(z.int()),
  /** Points of this asset by state. */
  points: z.object({ ok: z.int(), breach: z.int(), pending: z.int(), unknown: z.int() }),
  /** Planned work under way: an overlay, whatever the state is. Null when there is none. */
  planned: z.object({ id: z.int(), until: instantSchema, reason: z.string() }).nullable(),
});
export type AssetState = z.infer<typeof assetStateSchema>;

export const assetSchema = z.object({
  /** `estate/asset`: the subject in episodes and tickets. */
  id: z.string(),
  estate: idSchema,
  asset: idSchema,
  name: textSchema,
  kind: idSchema,
  kindLabel: textSchema,
  touchpoint: z.string(),
  /** First-level group on screen; see `/api/standard`. */
  group: idSchema,
  place: textSchema,
  gateway: idSchema,
  demo: z.boolean(),
  state: assetStateSchema,
});
export type Asset = z.infer<typeof assetSchema>;

/** A limit of one rule, to be drawn on the chart of one of its points. */
export const limitSchema = z.object({
  rule: z.string(),
  item: z.string(),
  severity: severitySchema,
  /** Breach lies above or below the limit. */
  side: z.enum(['above', 'below']),
  limit: z.number(),
  /** Where it clears; null when it clears at the limit itself. */
  clear: z.number().nullable(),
  /** How readings are combined before they are compared: `value`, `mean`, `leq`, `max`… */
  over: z.string(),
  /** Window of that, milliseconds; null for the bare value. */
  window: z.int().nullable(),
  for: z.int(),
  clearFor: z.int(),
  /** It counts only at certain hours, or while another state holds. */
  conditional: z.boolean(),
});
export type Limit = z.infer<typeof limitSchema>;

export const pointSchema = z.object({
  /** `estate/asset/metric`. */
  id: z.string(),
  estate: idSchema,
  asset: z.string(),
  metric: idSchema,
  label: textSchema,
  type: z.enum(['number', 'state', 'flag']),
  unit: z.string(),
  value: valueSchema.nullable(),
  at: instantSchema.nullable(),
  received: instantSchema.nullable(),
  verdict: verdictSchema,
  phase: phaseSchema,
  severity: severitySchema.nullable(),
  /** Unknown after this long without a reading, milliseconds; null: never silent. */
  silentAfter: z.int().nullable(),
  /** False when no rule in force uses this point. */
  watched: z.boolean(),
  limits: z.array(limitSchema),
});
export type Point = z.infer<typeof pointSchema>;

/** The live verdict of one rule on one asset. */
export const conditionSchema = z.object({
  subject: z.string(),
  rule: z.string(),
  item: z.string(),
  /** The fault that it finds, in a few words. */
  title: textSchema,
  /** The whole rule in one sentence. */
  sentence: textSchema,
  verdict: verdictSchema,
  phase: phaseSchema,
  since: instantSchema,
  until: instantSchema.nullable(),
  value: valueSchema.nullable(),
  severity: severitySchema,
  effect: effectSchema,
  points: z.array(z.string()),
  /** Planned work is under way on its asset. */
  planned: z.boolean(),
});
export type Condition = z.infer<typeof conditionSchema>;

/** `GET /api/assets/{estate}/{asset}`. */
export const assetDetailSchema = assetSchema.extend({
  detail: z.object({
    points: z.array(pointSchema),
    conditions: z.array(conditionSchema),
    /** Rules of its kind whose inputs this asset does not have. */
    notWatched: z.array(
      z.object({ rule: z.string(), sentence: textSchema, missing: z.array(z.string()) }),
    ),
  }),
});
export type AssetDetail = z.infer<typeof assetDetailSchema>;

export const numberBucketSchema = z.object({
  from: instantSchema,
  to: instantSchema,
  n: z.int(),
  min: z.number().nullable(),
  minAt: instantSchema.nullable(),
  max: z.number().nullable(),
  maxAt: instantSchema.nullable(),
  mean: z.number().nullable(),
  last: z.number().nullable(),
  lastAt: instantSchema.nullable(),
});
export type NumberBucket = z.infer<typeof numberBucketSchema>;
export const stateBucketSchema = z.object({
  from: instantSchema,
  to: instantSchema,
  n: z.int(),
  shares: z.record(z.string(), z.number()),
  last: z.string().nullable(),
  lastAt: instantSchema.nullable(),
});
export type StateBucket = z.infer<typeof stateBucketSchema>;

/** `GET /api/readings?point=&from=&to=&buckets=`. */
export const readingsSchema = z.object({
  point: z.string(),
  unit: z.string(),
  from: instantSchema,
  to: instantSchema,
  series: z.discriminatedUnion('type', [
    z.object({ type: z.literal('number'), buckets: z.array(numberBucketSchema) }),
    z.object({ type: z.literal('state'), buckets: z.array(stateBucketSchema) }),
  ]),
});
export type Readings = z.infer<typeof readingsSchema>;
