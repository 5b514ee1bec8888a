import { z } from 'zod';

/** Entries that one message may carry. */
export const mostDiscoveryEntries = 100;

/** A piece of an estate as its YAML has it: checked where it is put into an estate, and only shown before. */
const fragmentSchema = z.record(z.string(), z.unknown());

/** What the gateway makes of one value of an unmapped device, for a person to compare. */
const suggestedFieldSchema = z.object({
  /** Where the value stands in the message; empty for a bare value. */
  path: z.string().max(256),
  /** The value seen last, cut. */
  value: z.string().max(80),
  /** Metric that it would become. */
  metric: z.string().max(63),
  /** Whether the metric is of the asset that is watched or of the device itself. */
  of: z.enum(['asset', 'device']),
});

/** How an unmapped device might enter the estate. Somebody has to confirm it: it is a guess by names and units. */
const suggestionSchema = z.object({
  /** 0 to 1: how much of what the device says is understood. */
  score: z.number().min(0).max(1),
  /** The preset whose fields were recognised, such as `milesight/em400-mud`; null when names alone decided. */
  preset: z.string().max(127).nullable(),
  /** Kind of the watched asset. */
  kind: z.string().max(63),
  fields: z.array(suggestedFieldSchema).max(64),
  /** What to look at before it is confirmed, one sentence each. */
  doubts: z.array(z.object({ en: z.string().max(300), zh: z.string().max(300) })).max(8),
  /** Entries for `assets` of the estate: the watched asset first, then the device itself when it tells of itself. */
  assets: z.array(fragmentSchema).min(1).max(2),
  /** Entries for `mappings` of the estate. */
  mappings: z.array(fragmentSchema).min(1).max(4),
});
export type DiscoverySuggestion = z.infer<typeof suggestionSchema>;

/** A device, or a topic, that talks to a gateway and that no mapping names. */
export const discoveryEntrySchema = z.object({
  /** Stable per (format, device or topic) on one gateway. */
  id: z.string().min(1).max(64),
  /** Format of a mapping for it. */
  format: z.string().min(1).max(32),
  /** As its family names it; null where only the topic tells. */
  device: z.string().max(256).nullable(),
  /** What people call it, where the message says so. */
  name: z.string().max(256).nullable(),
  /** Topic of its last message, cut. */
  topic: z.string().max(512),
  count: z.int().positive(),
  /** Gateway clock, UTC epoch milliseconds. */
  first: z.int(),
  last: z.int(),
  /** The start of the newest payload, base64, and its whole length in bytes. */
  sample: z.string().max(1_400),
  bytes: z.int().nonnegative(),
  /** Somebody at the gateway has said that it is none of ours. */
  ignored: z.boolean(),
  /** Null when nothing in its messages is known. */
  suggestion: suggestionSchema.nullable(),
});
export type DiscoveryEntry = z.infer<typeof discoveryEntrySchema>;

/** What changed in the discovery inbox of a gateway. */
export const discoveryMessageSchema = z.object({
  type: z.literal('discovery'),
  at: z.int(),
  /** True for the first message of a connection: what was told before holds no more. */
  anew: z.boolean().default(false),
  entries: z.array(discoveryEntrySchema).max(mostDiscoveryEntries),
  /** Ids that are no longer in the inbox: a mapping names them now, or they made room. */
  gone: z.array(z.string().max(64)).max(1_000).default([]),
});
