/** Who people are at the company's sign-in provider, and what they hold because it says so. */
export interface OidcTables {
  person_identities: {
    issuer: string;
    subject: string;
    person: string;
    linked: number;
  };
  /** Grants that came from groups; `estate` is `*` for all. They are in `person_grants` as well. */
  oidc_grants: { person: string; role: string; estate: string };
  /** Answers of the provider that were looked at: SHA-256 of their state. */
  oidc_answers: { digest: string; at: number };
}

export const oidcTables = ({ big }: { readonly big: string }): string[] => [
  `create table person_identities (
    issuer text not null, subject text not null, person text not null references people (id),
    linked ${big} not null, primary key (issuer, subject))`,
  'create unique index person_identities_of on person_identities (person, issuer)',
  `create table oidc_grants (
    person text not null references people (id), role text not null, estate text not null,
    primary key (person, role, estate))`,
  `create table oidc_answers (digest text primary key, at ${big} not null)`,
  'create index oidc_answers_old on oidc_answers (at)',
];
