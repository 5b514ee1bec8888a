import type { Database, Tx } from '../db/database.ts';
import {
  charge,
  forget,
  type Guarded,
  ofAddress,
  ofFactor,
  ofLogin,
  takeBack,
} from './attempts.ts';
import { type Audit, actorOf, refuse } from './deed.ts';
import { grantsOf } from './grants.ts';
import type { Passwords } from './passwords.ts';
import { loginOf, type People } from './people.ts';
import type { Principal } from './principal.ts';
import { hasSecondFactor, refuseCode, type SecondFactors } from './second-factor.ts';
import type { From, Opened, Sessions } from './sessions.ts';

interface Parts {
  readonly database: Database;
  readonly audit: Audit;
  readonly passwords: Passwords;
  readonly people: People;
  readonly sessions: Sessions;
  readonly factors: SecondFactors;
}

export interface Credentials extends From {
  readonly login: string;
  readonly password: string;
  /** Token that the browser came with, if any: it ends, whoever put it there. */
  readonly previous: string | null;
}

type Signed = Extract<Principal, { kind: 'person' }>;

/** The way in: password, second factor, and what a session's token says of who comes. */
export class SignIn {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Unknown logins and wrong passwords get the same answer, at the same cost.
   * @returns the token of a new session; `half` when the second factor is still to come
   * @throws CaretakerError `CLOUD_SIGN_IN_REFUSED`, `CLOUD_SIGN_IN_WAIT`, `CLOUD_SIGN_IN_BUSY`
   */
  async withPassword(
    { login: typed, password, previous, ...from }: Credentials,
    at: number,
  ): Promise<{ readonly token: string; readonly stage: 'half' | 'full' }> {
    const { database, passwords, sessions } = this.#parts;
    const login = loginOf(typed);
    const [ofWho, ofWhere] = [ofLogin(login), ofAddress(from.address)];
    await charge(database, [ofWho, ofWhere], at);
    const row = await database.read
      .selectFrom('people')
      .select(['id', 'password'])
      .where('login', '=', login)
      .executeTakeFirst();
    const { right, stale } = await passwords.verify(password, row?.password ?? null);
    const better = right && stale ? await passwords.hash(password) : row?.password;
    const done = await database.write(async (tx) => {
      const person = await stillThere(tx, row?.id, row?.password);
      if (!right || person === null) {
        await this.#refused(tx, row?.id, from, at);
        return null;
      }
      if (stale) {
        await tx.updateTable('people').set({ password: better }).where('id', '=', person).execute();
      }
      await forget(tx, ofWho);
      await takeBack(tx, ofWhere, at);
      const stage = (await hasSecondFactor(tx, person)) ? 'half' : 'full';
      const { token } = await sessions.startIn(tx, at, { person, stage, ...from });
      return { token, stage } as const;
    });
    if (done === null) refuseSignIn();
    if (previous !== null) await sessions.signOut(previous, at);
    return done;
  }

  /**
   * The second factor.
   * @param token of the session that began with the password
   * @returns the token that replaces it
   * @throws CaretakerError `CLOUD_SECOND_FACTOR_REFUSED`, `CLOUD_SIGN_IN_REFUSED` when the session is over,
   *   `CLOUD_SIGN_IN_WAIT`, `CLOUD_SECRET_SEALED`
   */
  async withCode(token: string, code: string, address: string, at: number): Promise<string> {
    const { database, sessions, factors, audit } = this.#parts;
    const half = await sessions.open(token, at);
    if (half === null || half.stage !== 'half') refuseSignIn();
    const guarded: [Guarded, Guarded] = [ofFactor(half.person), ofAddress(address)];
    await charge(database, guarded, at);
    const actor = actorOf(half.person);
    const object = `session:${half.session}`;
    const fresh = await database.write(async (tx) => {
      const by = await factors.checkIn(tx, half.person, code, at);
      const entry = { at, actor, object, detail: { address, by } };
      if (by === null) {
        await audit(tx, { ...entry, action: 'session.refuse-code' });
        return null;
      }
      await forget(tx, guarded[0]);
      await takeBack(tx, guarded[1], at);
      const given = await sessions.confirmIn(tx, token, at);
      await audit(tx, { ...entry, action: 'session.take-code' });
      return given ?? 'over';
    });
    if (fresh === null) refuseCode();
    return fresh === 'over' ? refuseSignIn() : fresh;
  }

  /**
   * Asks for the password once more before something that a stolen session must not do.
   * @returns the token that replaces the session's
   * @throws CaretakerError as `withPassword`
   */
  async confirm(token: string, password: string, address: string, at: number): Promise<string> {
    const { database, sessions, passwords } = this.#parts;
    const opened = await this.#full(token, at);
    const row = await database.read
      .selectFrom('people')
      .select(['login', 'password'])
      .where('id', '=', opened.person)
      .executeTakeFirstOrThrow();
    const [ofWho, ofWhere] = [ofLogin(row.login), ofAddress(address)];
    await charge(database, [ofWho, ofWhere], at);
    const { right } = await passwords.verify(password, row.password);
    const fresh = await database.write(async (tx) => {
      if (!right || (await stillThere(tx, opened.person, row.password)) === null) {
        await this.#refused(tx, opened.person, { address, agent: '' }, at);
        return null;
      }
      await forget(tx, ofWho);
      await takeBack(tx, ofWhere, at);
      return sessions.confirmIn(tx, token, at);
    });
    return fresh ?? refuseSignIn();
  }

  /**
   * Changes one's own password; every other session of theirs ends.
   * @returns the token that replaces the session's
   * @throws CaretakerError as `withPassword`, and `CLOUD_PASSWORD_UNFIT`
   */
  async changePassword(
    token: string,
    { old, wanted, address }: { old: string; wanted: string; address: string },
    at: number,
  ): Promise<string> {
    const { person, session } = await this.#full(token, at);
    const { people } = this.#parts;
    const hash = await people.hashFor(person, wanted);
    const fresh = await this.confirm(token, old, address, at);
    await people.putPassword({ at, actor: actorOf(person) }, person, hash, session);
    return fresh;
  }

  /**
   * Who a session's token stands for, with the roles they have at this moment.
   * @returns null when it opens nothing; `renew` when `Sessions.rotate` is due
   */
  async principalOf(
    token: string,
    at: number,
  ): Promise<{
    readonly principal: Signed;
    readonly renew: boolean;
    readonly confirmed: number;
  } | null> {
    const opened = await this.#parts.sessions.open(token, at);
    if (opened === null || opened.stage === 'half') return null;
    const { person: id, name, session, renew, confirmed } = opened;
    const grants = await grantsOf(this.#parts.database.read, id);
    return { principal: { kind: 'person', id, name, grants, session }, renew, confirmed };
  }

  async #full(token: string, at: number): Promise<Opened> {
    const opened = await this.#parts.sessions.open(token, at);
    return opened === null || opened.stage === 'half' ? refuseSignIn() : opened;
  }

  /** What was typed as login is not told: it may be a password. */
  #refused(tx: Tx, person: string | undefined, from: From, at: number): Promise<void> {
    const object = person === undefined ? 'login:unknown' : actorOf(person);
    const detail = { address: from.address.slice(0, 100), agent: from.agent.slice(0, 300) };
    const entry = { at, actor: 'nobody', action: 'session.refuse', object };
    return this.#parts.audit(tx, { ...entry, detail });
  }
}

/** The person, unless disabled, or given another password, while this one was looked at. */
async function stillThere(
  tx: Tx,
  id: string | undefined,
  password: string | null | undefined,
): Promise<string | null> {
  const row = await tx
    .selectFrom('people')
    .select(['id', 'password', 'disabled'])
    .where('id', '=', id ?? '')
    .executeTakeFirst();
  return row?.disabled === null && row.password === password ? row.id : null;
}

function refuseSignIn(): never {
  return refuse(
    'CLOUD_SIGN_IN_REFUSED',
    'That login and password do not go together, or the session is over.',
    'Check both and sign in again.',
  );
}
