/** With what gateways prove who they are. Of codes only digests are kept, of keys only the public half. */
export interface GatewayKeyTables {
  gateway_codes: {
    /** SHA-256. */
    digest: string;
    gateway: string;
    estate: string;
    created: number;
    expires: number;
    /** When it was exchanged for a key. */
    used: number | null;
  };
  gateway_keys: {
    /** `kid` of the gateway's tokens. */
    id: string;
    gateway: string;
    estate: string;
    /** Ed25519, 32 bytes in base64url. */
    public_key: string;
    created: number;
    /** Another key has taken its place: good until then. */
    until: number | null;
    revoked: number | null;
  };
  /** What a gateway last told of itself. */
  gateway_reports: {
    gateway: string;
    version: string | null;
    /** The credentials of its devices and bridges as JSON, without secrets; null before it told. */
    credentials: string | null;
  };
}

export const gatewayKeyTables = ({ big }: { readonly big: string }): string[] => [
  `create table gateway_codes (
    digest text primary key, gateway text not null, estate text not null, created ${big} not null,
    expires ${big} not null, used ${big})`,
  `create table gateway_keys (
    id text primary key, gateway text not null, estate text not null,
    public_key text not null unique, created ${big} not null, until ${big}, revoked ${big})`,
  'create index gateway_keys_of on gateway_keys (gateway, created)',
];

export const gatewayReportTables: readonly string[] = [
  'create table gateway_reports (gateway text primary key, version text, credentials text)',
];
