import { z } from 'zod';
import { gatewayBundleSchema } from './bundles.ts';
import { idSchema, instantSchema } from './common.ts';

/** A key that a gateway signs its tokens with; only its public half was ever here. */
export const gatewayKeySchema = z.object({
  id: z.string(),
  created: instantSchema,
  /** Another key has taken its place: good until then. */
  until: instantSchema.nullable(),
  revoked: instantSchema.nullable(),
});
export type GatewayKey = z.infer<typeof gatewayKeySchema>;

const credential = {
  id: z.string(),
  created: instantSchema,
  revoked: instantSchema.nullable(),
  /** When somebody last connected by it; null when the gateway does not know. */
  lastUsed: instantSchema.nullable(),
};

/** A credential of a device or bridge, as its gateway tells of it: without its secret. */
export const deviceCredentialSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('device'), ...credential, assets: z.array(z.string()) }),
  /** Owns every topic below its prefix. */
  z.object({ kind: z.literal('bridge'), ...credential, prefix: z.string() }),
]);
export type DeviceCredential = z.infer<typeof deviceCredentialSchema>;

/** Readings that a gateway once held and never delivered, or not all of them. */
export const goneRangeSchema = z.object({
  /** Lost to damage, or thinned out to make room. */
  type: z.enum(['lost', 'thinned']),
  /** When it was found or thinned last, clock of whoever found it. */
  at: instantSchema,
  reason: z.string(),
  /** Places in the journal, inclusive; null where not known. */
  from: z.int().nullable(),
  to: z.int().nullable(),
  /** Between these receipts; null where not known. */
  since: instantSchema.nullable(),
  until: instantSchema.nullable(),
  /** Readings thinned out, by kind of asset; null for a loss. */
  removed: z.record(z.string(), z.int()).nullable(),
});
export type GoneRange = z.infer<typeof goneRangeSchema>;

/** `GET /api/gateways`: how a gateway proves who it is, and who may speak to it. */
export const gatewayAccessSchema = z.object({
  id: idSchema,
  estate: idSchema,
  /** It has proved who it is and its connection stands; behind an external broker: its frames come. */
  connected: z.boolean(),
  lastSeen: instantSchema.nullable(),
  /** Of Caretaker, as it last said. */
  version: z.string().nullable(),
  /** The newest first. */
  keys: z.array(gatewayKeySchema),
  /** Null until it has told of them. */
  credentials: z.array(deviceCredentialSchema).nullable(),
  /** The newest first. */
  gone: z.array(goneRangeSchema),
  /** Null for a gateway that came to an estate since the start. */
  bundle: gatewayBundleSchema.nullable(),
});
export type GatewayAccess = z.infer<typeof gatewayAccessSchema>;

/** `POST /api/gateways/{id}/code`. */
export const gatewayCodeRequestSchema = z.strictObject({ estate: idSchema });

/** Shown once: good once, and until it expires. */
export const gatewayCodeSchema = z.object({ code: z.string(), expires: instantSchema });
export type GatewayCode = z.infer<typeof gatewayCodeSchema>;
