import type { Database, Tx } from '../../db/database.ts';
import { type Audit, actorOf, type By, refuse, toldGrants } from '../deed.ts';
import { grantsOf } from '../grants.ts';
import type { People } from '../people.ts';
import { endSessions } from '../sessions.ts';
import type { Proved } from './provider.ts';
import { grantsOfGroups } from './roles.ts';
import type { OidcSettings } from './settings.ts';

interface Parts {
  readonly database: Database;
  readonly audit: Audit;
  readonly people: People;
  readonly settings: OidcSettings;
}

/** Whose a sign-in at the provider is. Only issuer and subject count: mail addresses and names change hands. */
export class Linked {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * The person who signed in, made anew if that is wanted, with what the groups of today give.
   * @returns null for somebody who is not let in
   * @throws CaretakerError `CLOUD_OIDC_LOGIN_TAKEN`, and those of a new person
   */
  async personIn(tx: Tx, proved: Proved, at: number): Promise<string | null> {
    const row = await tx
      .selectFrom('person_identities')
      .innerJoin('people', 'people.id', 'person_identities.person')
      .select(['people.id', 'people.disabled'])
      .where('issuer', '=', proved.issuer)
      .where('subject', '=', proved.subject)
      .executeTakeFirst();
    if (row !== undefined && row.disabled !== null) return null;
    const person = row?.id ?? (await this.#madeIn(tx, proved, at));
    if (person !== null) await this.#followIn(tx, person, proved.groups, at);
    return person;
  }

  /**
   * Links a sign-in at the provider to somebody who is signed in here.
   * @throws CaretakerError `CLOUD_OIDC_LINKED_ELSEWHERE`
   */
  async linkIn(tx: Tx, person: string, { issuer, subject, groups }: Proved, at: number) {
    const row = await tx
      .selectFrom('person_identities')
      .select(['person', 'subject'])
      .where('issuer', '=', issuer)
      .where((where) => where.or([where('subject', '=', subject), where('person', '=', person)]))
      .execute();
    if (row.some((one) => one.person !== person || one.subject !== subject)) {
      refuse(
        'CLOUD_OIDC_LINKED_ELSEWHERE',
        'That sign-in belongs to another account, or this account to another sign-in.',
        'Undo the other link first.',
      );
    }
    if (row.length === 0) {
      await this.#putIn(tx, { person, issuer, subject }, { at, actor: actorOf(person) });
    }
    await this.#followIn(tx, person, groups, at);
  }

  /** When a person's account was linked; null for never. */
  async linkedAt(person: string): Promise<number | null> {
    const row = await this.#parts.database.read
      .selectFrom('person_identities')
      .select('linked')
      .where('person', '=', person)
      .executeTakeFirst();
    return row?.linked ?? null;
  }

  /**
   * Takes the link away, with the roles that came by it; other sessions of the person end.
   * @param keep the session that stays
   * @throws CaretakerError `CLOUD_OIDC_ONLY_WAY`
   */
  unlink(by: By, person: string, keep: string): Promise<void> {
    return this.#parts.database.write(async (tx) => {
      const row = await tx
        .selectFrom('people')
        .select('password')
        .where('id', '=', person)
        .executeTakeFirst();
      if (row?.password == null) {
        refuse(
          'CLOUD_OIDC_ONLY_WAY',
          'Without it this person could not sign in any more.',
          'Set a password first.',
        );
      }
      const { numDeletedRows } = await tx
        .deleteFrom('person_identities')
        .where('person', '=', person)
        .executeTakeFirst();
      if (Number(numDeletedRows) === 0) return;
      await this.#followIn(tx, person, [], by.at);
      const ended = await endSessions(tx, person, by.at, 'unlinked', keep);
      const entry = { ...by, action: 'person.unlink', object: actorOf(person) };
      await this.#parts.audit(tx, { ...entry, detail: { ended } });
    });
  }

  async #madeIn(tx: Tx, proved: Proved, at: number): Promise<string | null> {
    const { settings, people } = this.#parts;
    if (!settings.newPeople || grantsOfGroups(settings.roles, proved.groups).length === 0) {
      return null;
    }
    const login = fitted(proved.login ?? proved.subject);
    const name = proved.name?.replace(/\p{C}/gu, '').slice(0, 200) || login;
    const ready = await people.prepare({ login, name, grants: [], password: null });
    const taken = await tx
      .selectFrom('people')
      .select('id')
      .where('login', '=', ready.login)
      .executeTakeFirst();
    if (taken !== undefined) {
      refuse(
        'CLOUD_OIDC_LOGIN_TAKEN',
        'There is an account of that login here, and only its owner can link it.',
        'Sign in with its password and link it under "My account", or ask an administrator.',
      );
    }
    const by = { at, actor: 'system' };
    const person = await people.createIn(tx, by, ready);
    await this.#putIn(tx, { person, issuer: proved.issuer, subject: proved.subject }, by);
    return person;
  }

  async #putIn(
    tx: Tx,
    link: { readonly person: string; readonly issuer: string; readonly subject: string },
    by: By,
  ): Promise<void> {
    await tx
      .insertInto('person_identities')
      .values({ ...link, linked: by.at })
      .execute();
    const { person, ...detail } = link;
    await this.#parts.audit(tx, { ...by, action: 'person.link', object: actorOf(person), detail });
  }

  /** Grants that came from groups follow them; those given here by hand stay, whatever the groups say. */
  async #followIn(tx: Tx, person: string, groups: readonly string[], at: number): Promise<void> {
    const wanted = keysOf(grantsOfGroups(this.#parts.settings.roles, groups));
    const before = await grantsOf(tx, person);
    const held = keysOf(before);
    const followed = await tx
      .selectFrom('oidc_grants')
      .select(['role', 'estate'])
      .where('person', '=', person)
      .execute();
    const ours = new Set(followed.map(keyOf).filter((key) => held.has(key)));
    const lost = [...ours].filter((key) => !wanted.has(key));
    const won = [...wanted].filter((key) => !held.has(key));
    await tx.deleteFrom('oidc_grants').where('person', '=', person).execute();
    const kept = [...ours].filter((key) => wanted.has(key));
    const rows = [...kept, ...won].map((key) => ({ person, ...rowOf(key) }));
    if (rows.length > 0) await tx.insertInto('oidc_grants').values(rows).execute();
    if (lost.length + won.length === 0) return;
    for (const { role, estate } of lost.map(rowOf)) {
      await tx
        .deleteFrom('person_grants')
        .where('person', '=', person)
        .where('role', '=', role)
        .where('estate', '=', estate)
        .execute();
    }
    if (won.length > 0) {
      const more = won.map((key) => ({ person, ...rowOf(key) }));
      await tx.insertInto('person_grants').values(more).execute();
    }
    await tx.updateTable('people').set({ changed: at }).where('id', '=', person).execute();
    const detail = {
      by: 'oidc',
      before: toldGrants(before),
      after: toldGrants(await grantsOf(tx, person)),
    };
    const entry = { at, actor: 'system', action: 'person.grant', object: actorOf(person) };
    await this.#parts.audit(tx, { ...entry, detail });
  }
}

/** A login as it may be here, from one as it is there. */
const fitted = (login: string): string =>
  login
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}\p{M}._@+-]/gu, '-')
    .replace(/^[^\p{L}\p{N}]+/u, '')
    .slice(0, 100);

const keyOf = ({ role, estate }: { readonly role: string; readonly estate: string }): string =>
  `${role} ${estate}`;

function rowOf(key: string): { role: string; estate: string } {
  const [role = '', estate = ''] = key.split(' ');
  return { role, estate };
}

function keysOf(grants: Awaited<ReturnType<typeof grantsOf>>): Set<string> {
  return new Set(
    grants.flatMap(({ role, estates }) =>
      (estates === 'all' ? ['*'] : estates).map((estate) => keyOf({ role, estate })),
    ),
  );
}
