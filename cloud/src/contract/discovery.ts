import { z } from 'zod';
import { idSchema, instantSchema, textSchema } from './common.ts';

/** An entry as an estate's file has it. */
const entry = z.record(z.string(), z.unknown());

/** How an unmapped device might enter the estate: a guess by names and units that somebody has to look at. */
export const discoverySuggestionSchema = z.object({
  /** 0 to 1: how much of what the device says is understood. */
  score: z.number(),
  /** The preset whose fields were recognised; null when names alone decided. */
  preset: z.string().nullable(),
  /** Kind of the watched asset, and what people call it. */
  kind: z.string(),
  kindLabel: textSchema,
  /** What would become of the values seen last. */
  fields: z.array(
    z.object({
      path: z.string(),
      value: z.string(),
      metric: z.string(),
      /** What people call the metric. */
      label: textSchema,
      /** Of the asset that is watched, or of the device itself. */
      of: z.enum(['asset', 'device']),
    }),
  ),
  doubts: z.array(textSchema),
  /** Entries for `assets` of the estate's file: the watched asset first, then the device itself. */
  assets: z.array(entry),
  /** Entries for `mappings` of it. */
  mappings: z.array(entry),
});
export type DiscoverySuggestion = z.infer<typeof discoverySuggestionSchema>;

/** A device that talks to a gateway and that no mapping names. */
export const discoverySchema = z.object({
  id: z.string(),
  estate: idSchema,
  gateway: idSchema,
  /** `confirmed` until its gateway works by it. */
  state: z.enum(['waiting', 'confirmed', 'ignored']),
  /** Who decided, and when; null while it waits, or when that was at the gateway. */
  decided: z.object({ by: z.string(), at: instantSchema }).nullable(),
  /** `estate/asset` that takes its values, once it is confirmed. */
  asset: z.string().nullable(),
  format: z.string(),
  /** As its family names it; null where only the topic tells. */
  device: z.string().nullable(),
  name: z.string().nullable(),
  /** Of its last message. */
  topic: z.string(),
  count: z.int(),
  /** By the gateway's clock. */
  first: instantSchema,
  last: instantSchema,
  /** The start of the newest payload, base64, and its whole length in bytes. */
  sample: z.string(),
  bytes: z.int(),
  /** Null when nothing in its messages is known. */
  suggestion: discoverySuggestionSchema.nullable(),
});
export type Discovery = z.infer<typeof discoverySchema>;

/**
 * `POST /api/discovery/{id}/confirm`: the device enters the estate, all of it or nothing. What is given is laid over the
 * suggestion; nothing at all takes it as it is. Keys are those of an estate's file, and one that is null is left out.
 */
export const discoveryConfirmSchema = z.strictObject({
  /** The watched asset. */
  asset: entry.optional(),
  /** An asset that is there takes the values, and the points that it lacks, instead of a new one. */
  onto: idSchema.optional(),
  /** The asset for what the device says of itself; null for none. */
  node: entry.nullable().optional(),
  /** By which its messages become readings. */
  mapping: entry.optional(),
});
export type DiscoveryConfirm = z.infer<typeof discoveryConfirmSchema>;

/** `POST /api/discovery/{id}/ignore`: it is none of ours, or may be after all. */
export const discoveryIgnoreSchema = z.strictObject({ ignored: z.boolean().default(true) });
