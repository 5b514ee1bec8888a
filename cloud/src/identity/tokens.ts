import type { Database } from '../db/database.ts';
import { type Audit, type By, refuse, toldGrants } from './deed.ts';
import { grantsOf } from './grants.ts';
import { covers, type Grant, narrow, type Principal } from './principal.ts';
import { digestOf, isToken, randomToken } from './secrets.ts';

const prefix = 'ctk_';
const minute = 60_000;
const longestLife = 366 * 24 * 3_600_000;
const mostOfOne = 100;

export interface TokenInfo {
  readonly id: string;
  readonly name: string;
  readonly grants: readonly Grant[];
  readonly readOnly: boolean;
  readonly created: number;
  readonly expires: number;
  /** Exact to a minute. */
  readonly lastUsed: number | null;
  readonly revoked: number | null;
}

export type NewToken = Pick<TokenInfo, 'name' | 'grants' | 'readOnly' | 'expires'>;

/** Tokens for programs: each is somebody's, and never may do more than its owner may at that moment. */
export class Tokens {
  readonly #database: Database;
  readonly #audit: Audit;

  constructor(database: Database, audit: Audit) {
    this.#database = database;
    this.#audit = audit;
  }

  /**
   * @returns the token, which nobody can tell again
   * @throws CaretakerError `CLOUD_TOKEN_INVALID`, `CLOUD_TOKEN_SCOPE`
   */
  create(
    by: By,
    owner: string,
    { name, grants, readOnly, expires }: NewToken,
  ): Promise<{ readonly id: string; readonly token: string }> {
    return this.#database.write(async (tx) => {
      const { at } = by;
      if (!(expires > at && expires <= at + longestLife) || !/^[^\p{C}]{1,100}$/u.test(name)) {
        refuseToken('A token has a name of 1 to 100 characters and is good for at most a year.');
      }
      if (grants.length === 0 || !covers(await grantsOf(tx, owner), grants)) {
        refuse(
          'CLOUD_TOKEN_SCOPE',
          'A token may do something, and nothing that its owner may not do.',
          'Choose roles and estates among your own.',
        );
      }
      const living = await tx
        .selectFrom('api_tokens')
        .select('id')
        .where('person', '=', owner)
        .where('revoked', 'is', null)
        .where('expires', '>', at)
        .execute();
      if (living.length >= mostOfOne) refuseToken(`Nobody has more than ${mostOfOne} tokens.`);
      const id = crypto.randomUUID();
      const token = randomToken(prefix);
      const scope = { grants: JSON.stringify(grants), read_only: readOnly ? 1 : 0 };
      const never = { last_used: null, revoked: null };
      await tx
        .insertInto('api_tokens')
        .values({
          id,
          person: owner,
          name,
          digest: digestOf(token),
          ...scope,
          created: at,
          expires,
          ...never,
        })
        .execute();
      const detail = { owner, name, grants: toldGrants(grants), readOnly, expires };
      await this.#audit(tx, { ...by, action: 'token.create', object: `token:${id}`, detail });
      return { id, token };
    });
  }

  /** Whose a token is and what it may do now; null for nothing, whatever the reason. */
  async open(token: string, at: number): Promise<Extract<Principal, { kind: 'token' }> | null> {
    if (!isToken(token, prefix)) return null;
    const row = await this.#database.read
      .selectFrom('api_tokens')
      .innerJoin('people', 'people.id', 'api_tokens.person')
      .selectAll('api_tokens')
      .select('people.name as owner_name')
      .where('digest', '=', digestOf(token))
      .where('revoked', 'is', null)
      .where('expires', '>', at)
      .where('disabled', 'is', null)
      .executeTakeFirst();
    if (row === undefined) return null;
    if (row.last_used === null || at - row.last_used >= minute) {
      await this.#database.write((tx) =>
        tx.updateTable('api_tokens').set({ last_used: at }).where('id', '=', row.id).execute(),
      );
    }
    const grants = narrow(JSON.parse(row.grants), await grantsOf(this.#database.read, row.person));
    const readOnly = row.read_only === 1;
    const name = `${row.owner_name} (${row.name})`;
    return { kind: 'token', id: row.id, owner: row.person, name, grants, readOnly };
  }

  /**
   * What a token may do now, without that counting as use.
   * @returns null when it opens nothing any more
   */
  async grantsNow(id: string, at: number): Promise<Grant[] | null> {
    const row = await this.#database.read
      .selectFrom('api_tokens')
      .innerJoin('people', 'people.id', 'api_tokens.person')
      .select(['person', 'grants'])
      .where('api_tokens.id', '=', id)
      .where('revoked', 'is', null)
      .where('expires', '>', at)
      .where('disabled', 'is', null)
      .executeTakeFirst();
    if (row === undefined) return null;
    return narrow(JSON.parse(row.grants), await grantsOf(this.#database.read, row.person));
  }

  /** The tokens of a person, the newest first, with those that are good no more. */
  async list(owner: string): Promise<TokenInfo[]> {
    const rows = await this.#database.read
      .selectFrom('api_tokens')
      .selectAll()
      .where('person', '=', owner)
      .orderBy('created', 'desc')
      .orderBy('id')
      .execute();
    return rows.map(({ id, name, grants, created, expires, revoked, ...row }) => ({
      ...{ id, name, created, expires, revoked },
      grants: JSON.parse(grants),
      readOnly: row.read_only === 1,
      lastUsed: row.last_used,
    }));
  }

  /** @throws CaretakerError `CLOUD_TOKEN_UNKNOWN`, also for a token of somebody else */
  revoke(by: By, owner: string, id: string): Promise<void> {
    return this.#database.write(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('api_tokens')
        .set({ revoked: by.at })
        .where('id', '=', id)
        .where('person', '=', owner)
        .where('revoked', 'is', null)
        .executeTakeFirst();
      if (Number(numUpdatedRows) === 0) {
        refuse('CLOUD_TOKEN_UNKNOWN', 'There is no such token.', 'It may be revoked already.');
      }
      const object = `token:${id}`;
      await this.#audit(tx, { ...by, action: 'token.revoke', object, detail: { owner } });
    });
  }
}

function refuseToken(message: string): never {
  return refuse('CLOUD_TOKEN_INVALID', message, 'Change that and try again.');
}
