import type { Database } from '../db/database.ts';
import { charge, ofAddress, takeBack } from './attempts.ts';
import { type Audit, refuse } from './deed.ts';
import { hasAdministrator, type NewPerson, type People } from './people.ts';
import { digestOf, plainCode, readableCode } from './secrets.ts';

const goodFor = 24 * 3_600_000;

interface Parts {
  readonly database: Database;
  readonly audit: Audit;
  readonly people: People;
}

/** The first administrator of a new installation: whoever reads the code that it prints when it starts. */
export class FirstAdministrator {
  readonly #database: Database;
  readonly #audit: Audit;
  readonly #people: People;

  constructor({ database, audit, people }: Parts) {
    this.#database = database;
    this.#audit = audit;
    this.#people = people;
  }

  /**
   * Makes a code, good for 24 hours, in place of any before it.
   * @returns null when there is an administrator
   */
  issue(at: number): Promise<string | null> {
    return this.#database.write(async (tx) => {
      await tx.deleteFrom('first_codes').execute();
      if (await hasAdministrator(tx)) return null;
      const code = readableCode(5);
      await tx
        .insertInto('first_codes')
        .values({ digest: digestOf(plainCode(code)), created: at })
        .execute();
      const entry = {
        at,
        actor: 'system',
        action: 'first-code.issue',
        object: 'first-code:administrator',
      };
      await this.#audit(tx, { ...entry, detail: {} });
      return code;
    });
  }

  /**
   * Makes the first administrator, and the code worthless.
   * @returns the person's id
   * @throws CaretakerError `CLOUD_FIRST_CODE_REFUSED`, `CLOUD_SIGN_IN_WAIT`, and those of a new person
   */
  async redeem(
    code: string,
    person: Pick<NewPerson, 'login' | 'name'> & { readonly password: string },
    address: string,
    at: number,
  ): Promise<string> {
    const guarded = ofAddress(address);
    await charge(this.#database, [guarded], at);
    // Before the password is hashed, for that costs; and again when nothing can come in between.
    if (!(await this.#isGood(code, at))) refuseFirst();
    const ready = await this.#people.prepare({
      ...person,
      grants: [{ role: 'administrator', estates: 'all' }],
    });
    return this.#database.write(async (tx) => {
      if (!(await this.#isGood(code, at, tx))) refuseFirst();
      await tx.deleteFrom('first_codes').execute();
      await takeBack(tx, guarded, at);
      return this.#people.createIn(tx, { at, actor: 'system' }, ready);
    });
  }

  async #isGood(code: string, at: number, db = this.#database.read): Promise<boolean> {
    const row = await db
      .selectFrom('first_codes')
      .select('created')
      .where('digest', '=', digestOf(plainCode(code)))
      .where('created', '>', at - goodFor)
      .executeTakeFirst();
    return row !== undefined && !(await hasAdministrator(db));
  }
}

function refuseFirst(): never {
  return refuse(
    'CLOUD_FIRST_CODE_REFUSED',
    'The code is not right, too old, or there is an administrator already.',
    'Start the cloud again: while there is no administrator it prints a new code.',
  );
}
