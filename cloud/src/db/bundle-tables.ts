import type { Generated } from 'kysely';

/** The configuration that gateways get, with what it is signed, and what they said of it. */
export interface BundleTables {
  /** One row: the key that signs for all gateways. */
  bundle_keys: {
    /** Ed25519, 32 bytes in base64url. */
    public_key: string;
    /** The private half, sealed by the key in the data folder. */
    sealed: string;
    created: number;
  };
  /** The newest bundles of each gateway. */
  bundles: {
    gateway: string;
    /** Grows, and never comes twice. */
    version: number;
    /** Cloud clock. */
    issued: number;
    /** SHA-256 of what is in it, without version and time. */
    hash: string;
    /** The whole message. */
    message: string;
  };
  /** What each gateway said last. */
  bundle_answers: {
    gateway: string;
    /** The version that it runs; null for none of ours. */
    running: number | null;
    /** 1 when it takes bundles at all. */
    able: number;
    /** Its last answer; all null before the first. */
    version: number | null;
    result: string | null;
    code: string | null;
    message: string | null;
    /** Cloud clock. */
    at: number | null;
  };
  /** Credentials of devices that the cloud gave; of their secrets there is only a digest. */
  device_credentials: {
    number: Generated<number>;
    gateway: string;
    id: string;
    kind: 'device' | 'bridge';
    /** JSON: the assets of a device, or the prefix of a bridge. */
    holder: string;
    salt: string;
    digest: string;
    created: number;
    created_by: string;
    revoked: number | null;
  };
}

interface Types {
  readonly id: string;
  readonly big: string;
}

export const bundleTables = ({ id, big }: Types): string[] => [
  `create table bundle_keys (
    public_key text primary key, sealed text not null, created ${big} not null)`,
  `create table bundles (
    gateway text not null, version integer not null, issued ${big} not null, hash text not null,
    message text not null, primary key (gateway, version))`,
  `create table bundle_answers (
    gateway text primary key, running integer, able integer not null, version integer, result text,
    code text, message text, at ${big})`,
  `create table device_credentials (
    number ${id}, gateway text not null, id text not null, kind text not null, holder text not null,
    salt text not null, digest text not null, created ${big} not null, created_by text not null,
    revoked ${big})`,
  `create unique index device_credentials_in_force on device_credentials (gateway, id)
    where revoked is null`,
];
