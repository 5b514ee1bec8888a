import { z } from 'zod';
import { alarmSchema } from './alarm.ts';
import { discoveryMessageSchema } from './discovery.ts';
import { ticketsReplySchema } from './tickets.ts';

/** Topics between a gateway and the cloud: `ctk/1/<gateway>/<channel>`. `+` as gateway subscribes to all. */
export function uplinkTopic(
  gateway: string,
  channel: 'frames' | 'acks' | 'status' | 'config',
): string {
  return `ctk/1/${gateway}/${channel}`;
}

/**
 * Cloud → gateway on `acks`: everything of this journal up to `accepted` is stored and judged, so the
 * journal may forget it. Sent after every accepted frame and in answer to every `hello`; with `rewind`, the
 * gateway sends again from accepted + 1.
 */
export const ackSchema = z.object({
  journal: z.string().min(1),
  accepted: z.int().nonnegative(),
  /** True when the cloud saw a frame beyond accepted + 1 and dropped it. */
  rewind: z.boolean().default(false),
});
export type Ack = z.infer<typeof ackSchema>;

/** Cloud → gateway on `acks`: answers to what a gateway put into its status messages. */
export const replySchema = z.discriminatedUnion('type', [
  /** To a `probe`: when it came and when this answer left, by the cloud's clock. */
  z.object({
    type: z.literal('clock'),
    probe: z.int().nonnegative(),
    received: z.int(),
    sent: z.int(),
  }),
  /** The alarm of this key is stored in the cloud: it need not be sent again. */
  z.object({
    type: z.literal('alarm'),
    key: z.string().min(1).max(500),
    /** With so many actions; absent from a cloud that knows of none. */
    actions: z.int().nonnegative().optional(),
  }),
  ticketsReplySchema,
]);
export type Reply = z.infer<typeof replySchema>;

/**
 * By what a gateway tells the time. `clock`: the machine's clock, which is believed. `cloud`: the time of the cloud.
 * `held`: the machine's clock has jumped and nobody confirms it, so time goes on from before. `unknown`: not known yet;
 * readings are kept with the time since the machine started.
 */
export const clockBasisSchema = z.enum(['clock', 'cloud', 'held', 'unknown']);
export type ClockBasis = z.infer<typeof clockBasisSchema>;

/** How a gateway's clock stands. */
export const gatewayClockSchema = z.object({
  basis: clockBasisSchema,
  /** The machine's clock against the cloud's, milliseconds: positive when it is ahead; null before it was measured. */
  offsetMs: z.number().nullable(),
  /** The true offset is within so many milliseconds of it. */
  uncertaintyMs: z.number().nonnegative().nullable(),
});
export type GatewayClockState = z.infer<typeof gatewayClockSchema>;

/** One kind of bad message of one sender; repeats only raise the count. */
export const quarantineEntrySchema = z.object({
  /** Stable per (sender, topic, code) on one gateway. */
  id: z.string().min(1),
  /** Stable fault code, such as `DECODE_NOT_JSON`. */
  code: z.string().min(1),
  /** One sentence for a person. */
  reason: z.string(),
  client: z.string(),
  topic: z.string(),
  count: z.int().positive(),
  first: z.int(),
  last: z.int(),
  /** The first 1 kB of the newest payload, base64. */
  sample: z.string(),
  /** Whole length of that payload in bytes. */
  bytes: z.int().nonnegative(),
});
export type QuarantineEntry = z.infer<typeof quarantineEntrySchema>;

/** A credential of a device or bridge as its gateway tells of it: no secret, and no digest of one. */
export const reportedCredentialSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('device'), ...reported(), assets: z.array(z.string()).max(64) }),
  z.object({ kind: z.literal('bridge'), ...reported(), prefix: z.string() }),
]);
export type ReportedCredential = z.infer<typeof reportedCredentialSchema>;

function reported() {
  return {
    id: z.string().min(1).max(63),
    created: z.int(),
    revoked: z.int().nullable(),
    /** When somebody last connected by it; null when the gateway does not know. */
    lastUsed: z.int().nullable(),
  };
}

/** Asks for the cloud's time: it answers with `replySchema`, unless it is older than this. */
function probe() {
  return { probe: z.int().nonnegative().optional() };
}

/**
 * Which tickets of its estate the gateway knows, as `ticketsDigest` tells; absent from gateways that do nothing with
 * tickets, which are told of none.
 */
function tickets() {
  return { tickets: z.string().max(16).optional() };
}

/** Readings of one range of the journal that were thinned out to make room. */
const reportedTombstoneSchema = z.object({
  /** When it was thinned last, gateway clock. */
  at: z.number(),
  journal: z.string().min(1).max(64),
  /** Sequences, inclusive, in which some were removed. */
  from: z.int().nonnegative(),
  to: z.int().nonnegative(),
  /** Receipt of the first and last readings of the range. */
  since: z.number(),
  until: z.number(),
  /** 1: something is left of every 10 minutes, 2: of every hour, 3: of every day, 4: so also of flags. */
  stage: z.int().positive(),
  reason: z.enum(['size', 'disk', 'age']),
  /** Readings removed, by kind of asset. */
  removed: z.record(z.string(), z.int().nonnegative()),
});
export type ReportedTombstone = z.infer<typeof reportedTombstoneSchema>;

/** What became of a configuration that the cloud sent; whenever it was not applied, nothing has changed. */
const bundleStatusSchema = z.object({
  type: z.literal('bundle'),
  at: z.int(),
  /** Null when it could not be read, so that nobody knows. */
  version: z.int().positive().nullable(),
  /** `rolled-back`: it was begun, and the one before it is in force again. */
  result: z.enum(['applied', 'refused', 'rolled-back']),
  /** Stable code of why not, and what a person should know. */
  code: z.string().max(100).optional(),
  message: z.string().max(4_000).optional(),
});
export type BundleStatus = z.infer<typeof bundleStatusSchema>;

/** Gateway → cloud on `status`, JSON. `gone` is the MQTT will. */
export const statusSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    journal: z.string().min(1),
    /** Oldest sequence the journal still holds, and the newest given out (oldest − 1 when empty). */
    oldest: z.int().positive(),
    newest: z.int().nonnegative(),
    version: z.string(),
    at: z.int(),
    /** Version of the configuration it runs, null for none of the cloud; absent from gateways that take none. */
    bundle: z.int().positive().nullable().optional(),
    ...probe(),
    ...tickets(),
  }),
  z.object({
    type: z.literal('health'),
    at: z.int(),
    ...probe(),
    ...tickets(),
    /** Absent from gateways that do not measure it. */
    clock: gatewayClockSchema.optional(),
    /** Readings not yet accepted by the cloud. */
    pending: z.int().nonnegative(),
    oldestPendingAt: z.int().nullable(),
    quarantined: z.int().nonnegative(),
    /** What the journal lost to damage, newest last. */
    losses: z.array(
      z.object({
        at: z.int(),
        journal: z.string(),
        reason: z.string(),
        /** Sequence range lost; null where it cannot be known. */
        from: z.int().nullable(),
        to: z.int().nullable(),
        /** Receipt of the last reading before it and of the first one behind it; null where not known. */
        since: z.number().nullable().optional(),
        until: z.number().nullable().optional(),
      }),
    ),
    /** What the journal removed to make room, newest last. */
    tombstones: z.array(reportedTombstoneSchema).max(200).optional(),
    /** How much room the journal has. */
    room: z
      .object({
        bytes: z.number().nonnegative(),
        maxBytes: z.number().positive(),
        /** Left on the disk. */
        freeBytes: z.number().nonnegative().nullable(),
        /** Days of backlog until readings are thinned out; null while the rate is not known. */
        daysLeft: z.number().nonnegative().nullable(),
      })
      .optional(),
  }),
  z.object({ type: z.literal('quarantine'), at: z.int(), entries: z.array(quarantineEntrySchema) }),
  /** All credentials of the gateway, in messages one after another: those from `first` on, of `total`. */
  z.object({
    type: z.literal('credentials'),
    at: z.int(),
    first: z.int().nonnegative(),
    total: z.int().nonnegative(),
    entries: z.array(reportedCredentialSchema).max(200),
  }),
  /** Overtakes the readings that show it; sent again until a reply names its key. */
  z.object({ type: z.literal('alarm'), at: z.int(), alarm: alarmSchema }),
  discoveryMessageSchema,
  bundleStatusSchema,
  z.object({ type: z.literal('gone'), at: z.int() }),
]);
export type Status = z.infer<typeof statusSchema>;
