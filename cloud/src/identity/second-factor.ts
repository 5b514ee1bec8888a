import type { Kysely } from 'kysely';
import { Secret, TOTP } from 'otpauth';
import type { Database, Tx } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';
import { type Audit, actorOf, type By, refuse } from './deed.ts';
import { digestOf, plainCode, readableCode } from './secrets.ts';
import type { Vault } from './vault.ts';

/** Seconds; with six digits and SHA-1 the one form that every authenticator app knows (RFC 6238). */
const period = 30;
/** Steps before and after: clocks of phones differ, and typing takes time. */
const stepsAround = 1;
const secretBytes = 20;
const recoveryCodes = 10;

interface Parts {
  readonly database: Database;
  readonly audit: Audit;
  readonly vault: Vault;
}

/** A code from the phone beside the password, and ten codes on paper for when the phone is lost. */
export class SecondFactors {
  readonly #database: Database;
  readonly #audit: Audit;
  readonly #vault: Vault;

  constructor({ database, audit, vault }: Parts) {
    this.#database = database;
    this.#audit = audit;
    this.#vault = vault;
  }

  /**
   * Makes a secret for the person's app. It is asked for only once a first code was given.
   * @returns the secret in base32, and as the address that a QR code carries
   * @throws CaretakerError `CLOUD_SECOND_FACTOR_STATE` when there is one already
   */
  begin(by: By, person: string): Promise<{ readonly secret: string; readonly uri: string }> {
    const secret = new Secret({ size: secretBytes });
    const sealed = this.#vault.seal(secret.base32, person);
    return this.#database.write(async (tx) => {
      if (await hasSecondFactor(tx, person)) refuseState('There is a second factor already.');
      const { login } = await tx
        .selectFrom('people')
        .select('login')
        .where('id', '=', person)
        .where('erased', 'is', null)
        .executeTakeFirstOrThrow();
      const values = { secret: sealed, confirmed: null, last_step: 0 };
      await tx
        .insertInto('second_factors')
        .values({ person, ...values })
        .onConflict((conflict) => conflict.column('person').doUpdateSet(values))
        .execute();
      await this.#tell(tx, by, 'second-factor.begin', person);
      return { secret: secret.base32, uri: appOf(secret, login).toString() };
    });
  }

  /**
   * Takes the first code; from now on one is asked for at every sign-in.
   * @returns the recovery codes, which nobody can tell again
   * @throws CaretakerError `CLOUD_SECOND_FACTOR_STATE`, `CLOUD_SECOND_FACTOR_REFUSED`, `CLOUD_SECRET_SEALED`
   */
  confirm(by: By, person: string, code: string): Promise<readonly string[]> {
    return this.#database.write(async (tx) => {
      const row = await factorOf(tx, person);
      if (row === undefined) refuseState('No second factor has been begun.');
      if (row.confirmed !== null) refuseState('There is a second factor already.');
      if (!(await this.#takeCode(tx, person, code, by.at))) refuseCode();
      await tx
        .updateTable('second_factors')
        .set({ confirmed: by.at })
        .where('person', '=', person)
        .execute();
      await touch(tx, person, by.at);
      await this.#tell(tx, by, 'second-factor.add', person);
      return giveCodes(tx, person);
    });
  }

  /**
   * Checks a code of the app or a recovery code, and spends it: neither is good twice.
   * @returns which it was; null when it is wrong, spent or too old
   * @throws CaretakerError `CLOUD_SECRET_SEALED`
   */
  async checkIn(
    tx: Tx,
    person: string,
    typed: string,
    at: number,
  ): Promise<'code' | 'recovery' | null> {
    if (!(await hasSecondFactor(tx, person))) return null;
    if (await this.#takeCode(tx, person, typed, at)) return 'code';
    const { numUpdatedRows } = await tx
      .updateTable('recovery_codes')
      .set({ used: at })
      .where('person', '=', person)
      .where('digest', '=', recoveryDigest(person, plainCode(typed)))
      .where('used', 'is', null)
      .executeTakeFirst();
    return Number(numUpdatedRows) === 1 ? 'recovery' : null;
  }

  /** How many recovery codes are left. */
  async left(person: string): Promise<number> {
    const rows = await this.#database.read
      .selectFrom('recovery_codes')
      .select('digest')
      .where('person', '=', person)
      .where('used', 'is', null)
      .execute();
    return rows.length;
  }

  /**
   * Ten new recovery codes in place of the old ones.
   * @throws CaretakerError `CLOUD_SECOND_FACTOR_STATE`
   */
  renewRecovery(by: By, person: string): Promise<readonly string[]> {
    return this.#database.write(async (tx) => {
      if (!(await hasSecondFactor(tx, person))) refuseState('There is no second factor.');
      await this.#tell(tx, by, 'second-factor.renew-recovery', person);
      return giveCodes(tx, person);
    });
  }

  /** Takes the second factor away, as for a lost phone. Who may do that is decided before. */
  remove(by: By, person: string): Promise<void> {
    return this.#database.write(async (tx) => {
      const had = await factorOf(tx, person);
      if (had === undefined) refuseState('There is no second factor.');
      await tx.deleteFrom('second_factors').where('person', '=', person).execute();
      await tx.deleteFrom('recovery_codes').where('person', '=', person).execute();
      await touch(tx, person, by.at);
      await this.#tell(tx, by, 'second-factor.remove', person);
    });
  }

  async #takeCode(tx: Tx, person: string, typed: string, at: number): Promise<boolean> {
    const token = typed.slice(0, 50).replaceAll(/\s/g, '');
    const row = /^\d{6}$/.test(token) ? await factorOf(tx, person) : undefined;
    if (row === undefined) return false;
    const app = appOf(Secret.fromBase32(this.#vault.open(row.secret, person)), '');
    const delta = app.validate({ token, timestamp: at, window: stepsAround });
    if (delta === null) return false;
    const step = TOTP.counter({ period, timestamp: at }) + delta;
    const { numUpdatedRows } = await tx
      .updateTable('second_factors')
      .set({ last_step: step })
      .where('person', '=', person)
      .where('last_step', '<', step)
      .executeTakeFirst();
    return Number(numUpdatedRows) === 1;
  }

  #tell(tx: Tx, { at, actor }: By, action: string, person: string): Promise<void> {
    return this.#audit(tx, { at, actor, action, object: actorOf(person), detail: {} });
  }
}

/** Whether a second factor is asked for. */
export async function hasSecondFactor(db: Kysely<Tables>, person: string): Promise<boolean> {
  const row = await factorOf(db, person);
  return row !== undefined && row.confirmed !== null;
}

function factorOf(db: Kysely<Tables>, person: string) {
  return db
    .selectFrom('second_factors')
    .selectAll()
    .where('person', '=', person)
    .executeTakeFirst();
}

function appOf(secret: Secret, login: string): TOTP {
  return new TOTP({ issuer: 'Caretaker', label: login, secret, period, digits: 6 });
}

/** Salted by whose it is, so that equal codes of two people would not look alike. */
const recoveryDigest = (person: string, code: string) => digestOf(`${person}:${code}`);

async function giveCodes(tx: Tx, person: string): Promise<readonly string[]> {
  const codes = Array.from({ length: recoveryCodes }, () => readableCode(4));
  await tx.deleteFrom('recovery_codes').where('person', '=', person).execute();
  await tx
    .insertInto('recovery_codes')
    .values(
      codes.map((code) => {
        return { person, digest: recoveryDigest(person, plainCode(code)), used: null };
      }),
    )
    .execute();
  return codes;
}

/** Sessions get new tokens when how a person proves who they are changes. */
async function touch(tx: Tx, person: string, at: number): Promise<void> {
  await tx.updateTable('people').set({ changed: at }).where('id', '=', person).execute();
}

/** @throws CaretakerError `CLOUD_SECOND_FACTOR_REFUSED` */
export function refuseCode(): never {
  return refuse(
    'CLOUD_SECOND_FACTOR_REFUSED',
    'The code is not right, or was used before.',
    'Wait for the next code of the app, or use a recovery code; check the clock of the phone.',
  );
}

function refuseState(message: string): never {
  return refuse('CLOUD_SECOND_FACTOR_STATE', message, 'Look at your account and begin again.');
}
