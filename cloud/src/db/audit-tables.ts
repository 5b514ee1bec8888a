/** The chain of who changed what, and beside it what may have to be forgotten. */
export interface AuditTables {
  /** One row for each thing done; it only grows. How hash and marks are made: `audit/encoding.ts`. */
  audit: {
    /** 1, 2, … without a gap. */
    number: number;
    at: number;
    /** `kind:id` of who did it, or `nobody`, `system`. */
    actor: string;
    action: string;
    /** `kind:id` of what it was done to. */
    object: string;
    /** Of the content, which stays when the content is erased. */
    digest: string;
    /** Hash of the row before it. */
    previous: string;
    /** Short sums of the single fields, by which a changed one is named. */
    marks: string;
    hash: string;
  };
  audit_content: {
    /** That of the row it belongs to. */
    digest: string;
    salt: string;
    /** Id of the person whom it tells of; null when it tells of nobody. */
    person: string | null;
    /** JSON as it was hashed. */
    content: string;
  };
}

const grows = 'the audit log only grows';
const stays = 'the content of the audit log stays as it is';
const erased = 'content leaves the audit log only by an erasure that the log tells of';

/** What the last row must be for the content of `old` to be deleted. */
const told = `select 1 from audit where number = (select max(number) from audit)
  and action = 'audit.erase' and object = 'person:' || old.person`;

export function auditTables(big: string, engine: 'sqlite' | 'postgres'): string[] {
  return [
    `create table audit (
      number ${big} primary key, at ${big} not null, actor text not null, action text not null,
      object text not null, digest text not null unique, previous text not null,
      marks text not null, hash text not null)`,
    `create table audit_content (
      digest text primary key, salt text not null, person text, content text not null)`,
    'create index audit_content_person on audit_content (person)',
    ...(engine === 'sqlite' ? sqliteTriggers : postgresTriggers),
  ];
}

/** `insert or replace` deletes without asking the triggers of deletion, so it has its own. */
const sqliteTriggers = [
  `create trigger audit_stays before update on audit begin select raise(abort, '${grows}'); end`,
  `create trigger audit_keeps before delete on audit begin select raise(abort, '${grows}'); end`,
  `create trigger audit_once before insert on audit
    when exists (select 1 from audit where number = new.number or digest = new.digest)
    begin select raise(ignore); end`,
  `create trigger audit_content_stays before update on audit_content
    begin select raise(abort, '${stays}'); end`,
  `create trigger audit_content_once before insert on audit_content
    when exists (select 1 from audit_content where digest = new.digest)
    begin select raise(abort, '${stays}'); end`,
  `create trigger audit_content_keeps before delete on audit_content
    when old.person is null or not exists (${told})
    begin select raise(abort, '${erased}'); end`,
];

const postgresTriggers = [
  refusing('audit_refuse', grows),
  `create trigger audit_stays before update or delete on audit
    for each row execute function audit_refuse()`,
  `create trigger audit_keeps before truncate on audit
    for each statement execute function audit_refuse()`,
  refusing('audit_content_refuse', stays),
  `create trigger audit_content_stays before update on audit_content
    for each row execute function audit_content_refuse()`,
  `create trigger audit_content_whole before truncate on audit_content
    for each statement execute function audit_content_refuse()`,
  `create function audit_content_erase() returns trigger language plpgsql as $$ begin
    if old.person is null or not exists (${told}) then raise exception '${erased}'; end if;
    return old; end $$`,
  `create trigger audit_content_keeps before delete on audit_content
    for each row execute function audit_content_erase()`,
];

function refusing(name: string, message: string): string {
  return `create function ${name}() returns trigger language plpgsql as
    $$ begin raise exception '${message}'; end $$`;
}
