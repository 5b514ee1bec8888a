/** Who may sign in, and with what. No row holds a secret that works: only digests, hashes and what is sealed. */
export interface IdentityTables {
  people: {
    id: string;
    /** As normalised by `loginOf`; `erased:<id>` once the person is erased. */
    login: string;
    name: string;
    /** PHC string; null for people who sign in elsewhere. */
    password: string | null;
    created: number;
    /** When what they may do, or how they prove who they are, last changed. */
    changed: number;
    disabled: number | null;
    erased: number | null;
  };
  /** `estate` is `*` for all. */
  person_grants: { person: string; role: string; estate: string };
  sessions: {
    id: string;
    person: string;
    /** `half`: the second factor is still to come. */
    stage: 'half' | 'full';
    started: number;
    last_used: number;
    /** When the person last proved who they are. */
    confirmed: number;
    address: string;
    agent: string;
    ended: number | null;
    ended_why: string | null;
  };
  /** Every token a session has ever had; all but the newest are replaced. */
  session_tokens: {
    /** SHA-256. */
    digest: string;
    session: string;
    issued: number;
    replaced: number | null;
  };
  second_factors: {
    person: string;
    /** Sealed by the key in the data folder. */
    secret: string;
    /** When a first code was given; null until then. */
    confirmed: number | null;
    /** Number of the last 30-second step whose code was used. */
    last_step: number;
  };
  recovery_codes: { person: string; digest: string; used: number | null };
  api_tokens: {
    id: string;
    person: string;
    name: string;
    digest: string;
    /** JSON. */
    grants: string;
    read_only: number;
    created: number;
    expires: number;
    last_used: number | null;
    revoked: number | null;
  };
  first_codes: { digest: string; created: number };
  /** Codes by which a person gets in without a password: to set one, or once on this machine. */
  person_codes: {
    digest: string;
    person: string;
    kind: 'invite' | 'link';
    created: number;
    expires: number;
  };
  attempts: {
    /** What is guarded, as a digest: people type passwords where their login belongs. */
    key: string;
    failures: number;
    last: number;
    /** Nothing is looked at before then. */
    until: number;
  };
}

export const identityTables = ({ big }: { readonly big: string }): string[] => [
  `create table people (
    id text primary key, login text not null unique, name text not null, password text,
    created ${big} not null, changed ${big} not null, disabled ${big}, erased ${big})`,
  `create table person_grants (
    person text not null references people (id), role text not null, estate text not null,
    primary key (person, role, estate))`,
  `create table sessions (
    id text primary key, person text not null references people (id), stage text not null,
    started ${big} not null, last_used ${big} not null, confirmed ${big} not null,
    address text not null, agent text not null, ended ${big}, ended_why text)`,
  'create index sessions_of on sessions (person, started)',
  'create index sessions_old on sessions (started)',
  `create table session_tokens (
    digest text primary key, session text not null references sessions (id) on delete cascade,
    issued ${big} not null, replaced ${big})`,
  'create unique index session_tokens_current on session_tokens (session) where replaced is null',
  'create index session_tokens_of on session_tokens (session)',
  `create table second_factors (
    person text primary key references people (id), secret text not null, confirmed ${big},
    last_step ${big} not null)`,
  `create table recovery_codes (
    person text not null references people (id), digest text not null, used ${big},
    primary key (person, digest))`,
  `create table api_tokens (
    id text primary key, person text not null references people (id), name text not null,
    digest text not null unique, grants text not null, read_only integer not null,
    created ${big} not null, expires ${big} not null, last_used ${big}, revoked ${big})`,
  'create index api_tokens_of on api_tokens (person, created)',
  `create table first_codes (digest text primary key, created ${big} not null)`,
  `create table attempts (
    key text primary key, failures integer not null, last ${big} not null, until ${big} not null)`,
  'create index attempts_old on attempts (last)',
];

export const personCodeTables = ({ big }: { readonly big: string }): string[] => [
  `create table person_codes (
    digest text primary key, person text not null references people (id), kind text not null,
    created ${big} not null, expires ${big} not null)`,
  'create index person_codes_of on person_codes (person)',
];
