import { Secret, TOTP } from 'otpauth';
import type { Database } from '../../db/database.ts';
import type { Audit, AuditEntry, By } from '../deed.ts';
import { type Identity, openIdentity } from '../open.ts';
import { Passwords } from '../passwords.ts';
import type { Grant } from '../principal.ts';

/** A day in 2027, at the begin of a 30-second step. */
export const t0 = 1_800_000_000_000;
export const hour = 3_600_000;
export const day = 24 * hour;
export const rightPassword = 'violet anchor tin meadow';
export const wrongPassword = 'violet anchor tin meadows';
export const court: Grant[] = [{ role: 'engineer', estates: ['court'] }];
export const everything: Grant[] = [{ role: 'administrator', estates: 'all' }];
export const from = { address: '192.0.2.7', agent: 'Browser 1' };

/** The least that argon2 takes: these tests are not about its cost. */
const cheap = { memory: 8, passes: 1, parallelism: 1 };

const actorForm = /^(?:nobody|system|[a-z-]+:[\w-]+)$/;
const actionForm = /^[a-z-]+\.[a-z-]+$/;
const objectForm = /^[a-z-]+:[\w-]+$/;

/** Counts how often a password was looked at. */
class CountedPasswords extends Passwords {
  looked = 0;

  constructor() {
    super(cheap);
  }

  override verify(password: string, stored: string | null) {
    this.looked += 1;
    return super.verify(password, stored);
  }
}

/** What a case has at hand. */
export interface Bench {
  readonly identity: Identity;
  readonly database: Database;
  readonly audit: Audit;
  /** What the audit log was told. */
  readonly told: AuditEntry[];
  readonly passwords: CountedPasswords;
  /** Lets the audit log fail from now on. */
  failAudit(fails: boolean): void;
  /** The same database in a process that starts anew. */
  again(): Identity;
}

export function benchOf(database: Database, folder: string): Bench {
  const told: AuditEntry[] = [];
  const passwords = new CountedPasswords();
  let fails = false;
  const audit: Audit = async (_tx, entry) => {
    if (fails) throw new Error('the log is full');
    const [kind, action, object] = [entry.actor, entry.action, entry.object];
    if (!(actorForm.test(kind) && actionForm.test(action) && objectForm.test(object))) {
      throw new Error(`the log cannot keep ${kind} ${action} ${object}`);
    }
    told.push(entry);
  };
  const again = () => openIdentity({ database, audit, folder, passwords });
  return {
    identity: again(),
    database,
    audit,
    told,
    passwords,
    failAudit(wanted) {
      fails = wanted;
    },
    again,
  };
}

export const byAdmin = (at: number): By => ({ actor: 'person:boss', at });

export const person = (login: string, grants: readonly Grant[] = court) => ({
  login,
  name: `Name of ${login}`,
  password: rightPassword,
  grants,
});

export const credentials = (login: string, password = rightPassword, address = from.address) => ({
  login,
  password,
  address,
  agent: from.agent,
  previous: null,
});

/** The code that the person's app shows. */
export function codeAt(secret: string, at: number): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at });
}

/** Somebody with a second factor, first code spent. */
export async function withFactor({ identity }: Bench, login: string, at: number) {
  const id = await identity.people.create(byAdmin(at), person(login));
  const by = { actor: `person:${id}`, at };
  const { secret, uri } = await identity.factors.begin(by, id);
  const recovery = await identity.factors.confirm(by, id, codeAt(secret, at));
  return { id, secret, uri, recovery };
}

/** Every text in every table of identity, for what must not be there. */
export async function allTexts({ database }: Bench): Promise<string> {
  const tables = [
    'people',
    'person_grants',
    'sessions',
    'session_tokens',
    'second_factors',
    'recovery_codes',
    'api_tokens',
    'first_codes',
    'attempts',
  ] as const;
  const rows = await Promise.all(
    tables.map((table) => database.read.selectFrom(table).selectAll().execute()),
  );
  return JSON.stringify(rows);
}
