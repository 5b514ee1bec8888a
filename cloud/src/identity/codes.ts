import type { Database, Tx } from '../db/database.ts';
import { charge, ofAddress, takeBack } from './attempts.ts';
import { type Audit, actorOf, type By, refuse } from './deed.ts';
import type { People } from './people.ts';
import { hasSecondFactor } from './second-factor.ts';
import { digestOf, plainCode, readableCode } from './secrets.ts';
import { endSessions, type From, type Sessions } from './sessions.ts';

type Kind = 'invite' | 'link';

/** Time to hand a code on; a link is used by whoever has just started the cloud. */
const goodFor: Readonly<Record<Kind, number>> = {
  invite: 7 * 24 * 3_600_000,
  link: 15 * 60_000,
};

/** A code as it is shown once. */
export interface PersonCode {
  readonly code: string;
  readonly expires: number;
}

interface Parts {
  readonly database: Database;
  readonly audit: Audit;
  readonly people: People;
  readonly sessions: Sessions;
}

/** Codes that are somebody's way in: an invitation to set a password, and a link for whoever sits at this machine. */
export class PersonCodes {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * A new code of a person, in place of any of its kind before it. An invitation also ends what the person has open:
   * it is made for a new account, or after a lost password.
   */
  issue(by: By, person: string, kind: Kind): Promise<PersonCode> {
    return this.#parts.database.write((tx) => this.issueIn(tx, by, person, kind));
  }

  async issueIn(tx: Tx, by: By, person: string, kind: Kind): Promise<PersonCode> {
    const code = readableCode(5);
    const expires = by.at + goodFor[kind];
    const there = await tx
      .selectFrom('people')
      .select('id')
      .where('id', '=', person)
      .where('disabled', 'is', null)
      .executeTakeFirst();
    if (there === undefined) {
      refuse(
        'CLOUD_PERSON_UNKNOWN',
        'There is no such person who may sign in.',
        'Let them in first.',
      );
    }
    await tx
      .deleteFrom('person_codes')
      .where('person', '=', person)
      .where('kind', '=', kind)
      .execute();
    const digest = digestOf(plainCode(code));
    await tx
      .insertInto('person_codes')
      .values({ digest, person, kind, created: by.at, expires })
      .execute();
    if (kind === 'invite') await endSessions(tx, person, by.at, 'invited', null);
    const entry = { ...by, action: `person.${kind}`, object: actorOf(person) };
    await this.#parts.audit(tx, { ...entry, detail: { expires } });
    return { code, expires };
  }

  /**
   * Sets the password of whoever was invited. They sign in with it then, and with their second factor if there is one.
   * @throws CaretakerError `CLOUD_INVITE_REFUSED`, `CLOUD_SIGN_IN_WAIT`, `CLOUD_PASSWORD_UNFIT`, `CLOUD_SIGN_IN_BUSY`
   * @returns the person's login
   */
  async takeInvite(code: string, password: string, address: string, at: number): Promise<string> {
    const { database, people } = this.#parts;
    const guarded = ofAddress(address);
    await charge(database, [guarded], at);
    // Before the password is hashed, for that costs; and again when nothing can come in between.
    const person = await this.#find(code, 'invite', at);
    if (person === null) return refuseCode();
    const hash = await people.hashFor(person, password);
    await people.putPassword({ actor: actorOf(person), at }, person, hash, null, async (tx) => {
      if ((await spend(tx, code, 'invite', at)) === null) refuseCode();
      await takeBack(tx, guarded, at);
    });
    return (await people.read(person)).login;
  }

  /**
   * Signs in by a link.
   * @returns the token of a new session
   * @throws CaretakerError `CLOUD_INVITE_REFUSED`, `CLOUD_SIGN_IN_WAIT`
   */
  async takeLink(code: string, from: From & { previous: string | null }, at: number) {
    const { database, sessions } = this.#parts;
    const guarded = ofAddress(from.address);
    await charge(database, [guarded], at);
    const token = await database.write(async (tx) => {
      const person = await spend(tx, code, 'link', at);
      if (person === null) return null;
      await takeBack(tx, guarded, at);
      const stage = (await hasSecondFactor(tx, person)) ? ('half' as const) : ('full' as const);
      const { address, agent } = from;
      return (await sessions.startIn(tx, at, { person, stage, address, agent })).token;
    });
    if (token === null) return refuseCode();
    if (from.previous !== null) await sessions.signOut(from.previous, at);
    return token;
  }

  async #find(code: string, kind: Kind, at: number): Promise<string | null> {
    const row = await this.#parts.database.read
      .selectFrom('person_codes')
      .innerJoin('people', 'people.id', 'person_codes.person')
      .select('person')
      .where('digest', '=', digestOf(plainCode(code)))
      .where('kind', '=', kind)
      .where('expires', '>', at)
      .where('disabled', 'is', null)
      .executeTakeFirst();
    return row?.person ?? null;
  }
}

/** Takes a code out, for it is good once. */
async function spend(tx: Tx, code: string, kind: Kind, at: number): Promise<string | null> {
  const row = await tx
    .deleteFrom('person_codes')
    .where('digest', '=', digestOf(plainCode(code)))
    .where('kind', '=', kind)
    .where('expires', '>', at)
    .returning('person')
    .executeTakeFirst();
  if (row === undefined) return null;
  const person = await tx
    .selectFrom('people')
    .select('id')
    .where('id', '=', row.person)
    .where('disabled', 'is', null)
    .executeTakeFirst();
  return person?.id ?? null;
}

function refuseCode(): never {
  return refuse(
    'CLOUD_INVITE_REFUSED',
    'The code is not right, too old, or was used before.',
    'Ask for a new one.',
  );
}
