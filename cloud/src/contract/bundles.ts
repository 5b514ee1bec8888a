import { z } from 'zod';
import { idSchema, instantSchema } from './common.ts';

/** What a gateway said of the configuration it was sent. */
const bundleAnswerSchema = z.object({
  /** Null when the gateway could not read it. */
  version: z.int().positive().nullable(),
  /** Whenever it was not applied, the one before it goes on. */
  result: z.enum(['applied', 'refused', 'rolled-back']),
  /** Stable code and words of why not. */
  code: z.string().nullable(),
  message: z.string().nullable(),
  /** By the cloud's clock. */
  at: instantSchema,
});

/** The configuration of a gateway: its assets, mappings, limits, standard and credentials, signed by the cloud. */
export const gatewayBundleSchema = z.object({
  /** The newest; null while there is none. */
  version: z.int().positive().nullable(),
  issued: instantSchema.nullable(),
  /** The version that the gateway runs, as it last said; null for none of the cloud's. */
  running: z.int().positive().nullable(),
  /** False for one that takes none, as those of older versions, or has not been heard so far. */
  able: z.boolean(),
  answer: bundleAnswerSchema.nullable(),
});
export type GatewayBundle = z.infer<typeof gatewayBundleSchema>;

const assets = z.array(idSchema).min(1).max(64);
const prefix = z.string().min(1).max(256);

/** `POST /api/gateways/{id}/credentials`. */
export const newCredentialSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('device'), id: idSchema, assets }),
  /** Owns every topic below its prefix. */
  z.strictObject({ kind: z.literal('bridge'), id: idSchema, prefix }),
]);
export type NewCredential = z.infer<typeof newCredentialSchema>;

/** Shown once: user name and password of the device. */
export const issuedCredentialSchema = z.object({ id: idSchema, secret: z.string() });

const common = {
  id: idSchema,
  created: instantSchema,
  by: z.string(),
  revoked: instantSchema.nullable(),
};

/** A credential that the cloud gave, without its secret. */
export const cloudCredentialSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('device'), ...common, assets: z.array(z.string()) }),
  z.object({ kind: z.literal('bridge'), ...common, prefix: z.string() }),
]);
export type CloudCredential = z.infer<typeof cloudCredentialSchema>;
