import type { Kysely } from 'kysely';
import type { Database, Tx } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';
import { type Audit, actorOf, type By, type Detail, refuse, toldGrants } from './deed.ts';
import { gathered, grantsOf, writeGrants } from './grants.ts';
import { checkPassword, type Passwords } from './passwords.ts';
import { type Grant, roles } from './principal.ts';
import { endSessions } from './sessions.ts';

export interface Person {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly grants: readonly Grant[];
  readonly created: number;
  readonly disabled: number | null;
  readonly erased: number | null;
  /** Whether a second factor is asked for. */
  readonly secondFactor: boolean;
}

export interface NewPerson {
  readonly login: string;
  readonly name: string;
  /** Null for somebody who signs in elsewhere. */
  readonly password: string | null;
  readonly grants: readonly Grant[];
}

/** What of a person is to change. */
export interface PersonEdit {
  readonly name?: string | undefined;
  readonly grants?: readonly Grant[] | undefined;
  readonly disabled?: boolean | undefined;
}

/** One change as the audit log tells it, and how it is made. */
interface Change {
  readonly action: string;
  work(tx: Tx): Promise<Detail>;
}

interface Parts {
  readonly database: Database;
  readonly audit: Audit;
  readonly passwords: Passwords;
}

/** Rows that go with the person. */
const keptOfPerson = [
  'person_grants',
  'second_factors',
  'recovery_codes',
  'person_codes',
  'api_tokens',
  'person_identities',
  'oidc_grants',
] as const;

/** The people who may sign in, and what they may do where. */
export class People {
  readonly #database: Database;
  readonly #audit: Audit;
  readonly #passwords: Passwords;

  constructor({ database, audit, passwords }: Parts) {
    this.#database = database;
    this.#audit = audit;
    this.#passwords = passwords;
  }

  /**
   * @returns the new person's id
   * @throws CaretakerError `CLOUD_LOGIN_INVALID`, `CLOUD_LOGIN_TAKEN`, `CLOUD_NAME_INVALID`,
   *   `CLOUD_GRANT_INVALID`, `CLOUD_PASSWORD_UNFIT`, `CLOUD_SIGN_IN_BUSY`
   */
  async create(by: By, wanted: NewPerson): Promise<string> {
    const ready = await this.prepare(wanted);
    return this.#database.write((tx) => this.createIn(tx, by, ready));
  }

  /** Checks a new person and hashes the password: what takes long, done before a transaction. */
  async prepare(wanted: NewPerson): Promise<NewPerson> {
    const login = checkedLogin(wanted.login);
    const name = checkedName(wanted.name);
    const grants = checkedGrants(wanted.grants);
    if (wanted.password === null) return { login, name, grants, password: null };
    checkPassword(wanted.password, login);
    return { login, name, grants, password: await this.#passwords.hash(wanted.password) };
  }

  /** @param ready from `prepare` */
  async createIn(tx: Tx, by: By, ready: NewPerson): Promise<string> {
    const { login, name, password, grants } = ready;
    const taken = await tx
      .selectFrom('people')
      .select('id')
      .where('login', '=', login)
      .executeTakeFirst();
    if (taken !== undefined) {
      refuse('CLOUD_LOGIN_TAKEN', 'Somebody has that login.', 'Choose another one.');
    }
    const id = crypto.randomUUID();
    const row = { id, login, name, password, created: by.at, changed: by.at };
    await tx
      .insertInto('people')
      .values({ ...row, disabled: null, erased: null })
      .execute();
    await writeGrants(tx, id, grants);
    await this.#tell(tx, by, 'person.create', id, { login, name, grants: toldGrants(grants) });
    return id;
  }

  rename(by: By, id: string, name: string): Promise<void> {
    return this.edit(by, id, { name });
  }

  /** Every session of theirs gets a new token at its next request. */
  setGrants(by: By, id: string, grants: readonly Grant[]): Promise<void> {
    return this.edit(by, id, { grants });
  }

  /**
   * Makes several changes, or none of them; each is told as its own.
   * @throws CaretakerError `CLOUD_PERSON_UNKNOWN`, `CLOUD_NAME_INVALID`, `CLOUD_GRANT_INVALID`,
   *   `CLOUD_LAST_ADMINISTRATOR`
   */
  async edit(by: By, id: string, { name, grants, disabled }: PersonEdit): Promise<void> {
    const changes: Change[] = [];
    if (name !== undefined) changes.push(renaming(id, checkedName(name)));
    if (grants !== undefined) changes.push(granting(by, id, checkedGrants(grants)));
    if (disabled !== undefined) changes.push(disabled ? disabling(by, id) : enabling(id));
    await this.#change(by, id, ...changes);
  }

  /**
   * Signs the person out everywhere.
   * @throws CaretakerError `CLOUD_PASSWORD_UNFIT`, `CLOUD_PERSON_UNKNOWN`, `CLOUD_SIGN_IN_BUSY`
   */
  async setPassword(by: By, id: string, password: string): Promise<void> {
    await this.putPassword(by, id, await this.hashFor(id, password), null);
  }

  /** Checks and hashes a password for somebody: what can be refused, before anything is changed. */
  async hashFor(id: string, password: string): Promise<string> {
    const person = await this.read(id);
    checkPassword(password, person.login);
    return this.#passwords.hash(password);
  }

  /**
   * @param hash from `hashFor`
   * @param keep the one session that does not end
   * @param also what else is to be done in the same transaction
   */
  putPassword(
    by: By,
    id: string,
    hash: string,
    keep: string | null,
    also?: (tx: Tx) => Promise<unknown>,
  ): Promise<void> {
    const work = async (tx: Tx) => {
      await also?.(tx);
      await tx
        .updateTable('people')
        .set({ password: hash, changed: by.at })
        .where('id', '=', id)
        .execute();
      return { ended: await endSessions(tx, id, by.at, 'password', keep) };
    };
    return this.#change(by, id, { action: 'person.set-password', work });
  }

  /** From now on their sessions and tokens open nothing. */
  disable(by: By, id: string): Promise<void> {
    return this.edit(by, id, { disabled: true });
  }

  enable(by: By, id: string): Promise<void> {
    return this.edit(by, id, { disabled: false });
  }

  /**
   * Forgets who the person was. The id stays, for what they did stays done; it cannot be undone.
   * @param also what else is to be forgotten in the same transaction
   */
  erase(by: By, id: string, also?: (tx: Tx) => Promise<unknown>): Promise<void> {
    const work = async (tx: Tx) => {
      await endSessions(tx, id, by.at, 'erased', null);
      await tx
        .updateTable('sessions')
        .set({ address: '', agent: '' })
        .where('person', '=', id)
        .execute();
      for (const table of keptOfPerson) {
        await tx.deleteFrom(table).where('person', '=', id).execute();
      }
      const gone = { login: `erased:${id}`, name: '', password: null };
      await tx
        .updateTable('people')
        .set({ ...gone, changed: by.at, disabled: by.at, erased: by.at })
        .where('id', '=', id)
        .execute();
      await also?.(tx);
      return {};
    };
    return this.#change(by, id, { action: 'person.erase', work });
  }

  /** @throws CaretakerError `CLOUD_PERSON_UNKNOWN` */
  async read(id: string): Promise<Person> {
    const [found] = await readPeople(this.#database, id);
    return found ?? unknownPerson();
  }

  /** False for somebody who signs in elsewhere, or has yet to take an invitation. */
  async hasPassword(id: string): Promise<boolean> {
    const row = await this.#database.read
      .selectFrom('people')
      .select('password')
      .where('id', '=', id)
      .executeTakeFirst();
    return row !== undefined && row.password !== null;
  }

  /** Everybody by login, but for the erased. */
  async list(): Promise<Person[]> {
    return (await readPeople(this.#database, null)).filter((person) => person.erased === null);
  }

  #change(by: By, id: string, ...changes: readonly Change[]): Promise<void> {
    return this.#database.write(async (tx) => {
      const row = await tx
        .selectFrom('people')
        .select('erased')
        .where('id', '=', id)
        .executeTakeFirst();
      if (row === undefined || row.erased !== null) unknownPerson();
      const before = await hasAdministrator(tx);
      const made: [action: string, detail: Detail][] = [];
      for (const { action, work } of changes) made.push([action, await work(tx)]);
      if (before && !(await hasAdministrator(tx))) {
        refuse(
          'CLOUD_LAST_ADMINISTRATOR',
          'Nobody would be administrator of all estates any more.',
          'Make somebody else administrator first.',
        );
      }
      for (const [action, detail] of made) await this.#tell(tx, by, action, id, detail);
    });
  }

  #tell(tx: Tx, by: By, action: string, id: string, detail: Detail) {
    return this.#audit(tx, { ...by, action, object: actorOf(id), detail });
  }
}

function renaming(id: string, name: string): Change {
  const work = async (tx: Tx) => {
    await tx.updateTable('people').set({ name }).where('id', '=', id).execute();
    return { name };
  };
  return { action: 'person.rename', work };
}

function granting(by: By, id: string, grants: readonly Grant[]): Change {
  const work = async (tx: Tx) => {
    const before = await grantsOf(tx, id);
    await tx.deleteFrom('person_grants').where('person', '=', id).execute();
    await writeGrants(tx, id, grants);
    await tx.updateTable('people').set({ changed: by.at }).where('id', '=', id).execute();
    return { before: toldGrants(before), after: toldGrants(grants) };
  };
  return { action: 'person.grant', work };
}

function disabling(by: By, id: string): Change {
  const work = async (tx: Tx) => {
    await tx.updateTable('people').set({ disabled: by.at }).where('id', '=', id).execute();
    return { ended: await endSessions(tx, id, by.at, 'disabled', null) };
  };
  return { action: 'person.disable', work };
}

function enabling(id: string): Change {
  const work = async (tx: Tx) => {
    await tx.updateTable('people').set({ disabled: null }).where('id', '=', id).execute();
    return {};
  };
  return { action: 'person.enable', work };
}

/** Whether somebody can do everything everywhere. */
export async function hasAdministrator(db: Kysely<Tables>): Promise<boolean> {
  const row = await db
    .selectFrom('person_grants')
    .innerJoin('people', 'people.id', 'person_grants.person')
    .select('people.id')
    .where('role', '=', 'administrator')
    .where('estate', '=', '*')
    .where('disabled', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The login as it is kept: one spelling, however it is typed. */
export function loginOf(typed: string): string {
  return typed.slice(0, 400).normalize('NFKC').trim().toLowerCase();
}

async function readPeople(database: Database, id: string | null): Promise<Person[]> {
  const all = database.read.selectFrom('people').selectAll().orderBy('login');
  const rows = await (id === null ? all : all.where('id', '=', id)).execute();
  const grants = database.read.selectFrom('person_grants').selectAll().orderBy('estate');
  const held = Map.groupBy(
    await (id === null ? grants : grants.where('person', '=', id)).execute(),
    (row) => row.person,
  );
  const factors = await database.read
    .selectFrom('second_factors')
    .select('person')
    .where('confirmed', 'is not', null)
    .execute();
  const secured = new Set(factors.map((row) => row.person));
  return rows.map(({ password: _, changed: __, ...row }) => ({
    ...row,
    grants: gathered(held.get(row.id) ?? []),
    secondFactor: secured.has(row.id),
  }));
}

function checkedLogin(typed: string): string {
  const login = loginOf(typed);
  if (/^[\p{L}\p{N}][\p{L}\p{N}\p{M}._@+-]{1,99}$/u.test(login)) return login;
  return refuse(
    'CLOUD_LOGIN_INVALID',
    'A login has 2 to 100 letters, digits and the signs . _ @ + -, and begins with a letter or digit.',
    'Take the e-mail address, or the name in one word.',
  );
}

function checkedName(typed: string): string {
  const name = typed.normalize('NFC').trim();
  if (name.length >= 1 && name.length <= 200 && !/\p{C}/u.test(name)) return name;
  return refuse(
    'CLOUD_NAME_INVALID',
    'A name has 1 to 200 characters, none of them invisible.',
    'Give the name as people know it.',
  );
}

function checkedGrants(grants: readonly Grant[]): readonly Grant[] {
  const good = grants.every(
    ({ role, estates }) =>
      roles.includes(role) &&
      (estates === 'all' ||
        (estates.length > 0 && estates.every((id) => /^[a-z0-9][a-z0-9_-]{0,62}$/.test(id)))),
  );
  if (good) return grants;
  return refuse(
    'CLOUD_GRANT_INVALID',
    'A role is not one of those there are, or is for no estate.',
    `Name one of ${roles.join(', ')}, and all estates or the ids of some.`,
  );
}

function unknownPerson(): never {
  return refuse(
    'CLOUD_PERSON_UNKNOWN',
    'There is no such person, or no more.',
    'Look them up in the list of people.',
  );
}
