import { AuditChain, auditInto } from '../audit/chain.ts';
import type { CloudConfig } from '../config.ts';
import { openExisting } from '../db/existing.ts';
import { type PersonCode, PersonCodes } from './codes.ts';
import { type By, refuse } from './deed.ts';
import { Passwords } from './passwords.ts';
import { loginOf, People, type Person } from './people.ts';
import { SecondFactors } from './second-factor.ts';
import { Sessions } from './sessions.ts';
import type { Vault } from './vault.ts';

/** The people of a cloud as somebody sees to them who may write to its database, whether it runs or not. */
export interface StoredPeople {
  list(): Promise<readonly Person[]>;
  /**
   * A code by which somebody sets a new password. Their sessions end; the password they have goes on until then.
   * @param secondFactor take it away, too, if they have one
   * @throws CaretakerError `CLOUD_PERSON_UNKNOWN`
   */
  reset(login: string, secondFactor: boolean, by: By): Promise<PersonCode>;
  close(): Promise<void>;
}

/** Nothing is sealed or opened here, so the key need not be readable to whoever does this. */
const noVault: Vault = {
  seal: () => {
    throw new Error('nothing is sealed here');
  },
  open: () => {
    throw new Error('nothing is opened here');
  },
};

/**
 * @throws CaretakerError `CLOUD_DATABASE_NONE`, `CLOUD_DATABASE_UNAVAILABLE`, `CLOUD_DATABASE_OLDER`,
 *   `CLOUD_DATABASE_NEWER`
 */
export async function openStoredPeople({
  database: config,
}: Pick<CloudConfig, 'database'>): Promise<StoredPeople> {
  const database = await openExisting(config);
  const audit = auditInto(new AuditChain());
  const people = new People({ database, audit, passwords: new Passwords() });
  const factors = new SecondFactors({ database, audit, vault: noVault });
  const sessions = new Sessions(database, audit);
  const codes = new PersonCodes({ database, audit, people, sessions });
  return {
    list: () => people.list(),
    async reset(typed, secondFactor, by) {
      const login = loginOf(typed);
      const person = (await people.list()).find((one) => one.login === login);
      if (person === undefined) {
        refuse(
          'CLOUD_PERSON_UNKNOWN',
          'Nobody has that login.',
          'Look it up: caretaker person list',
        );
      }
      // First the code: it is refused for somebody who is disabled.
      const code = await codes.issue(by, person.id, 'invite');
      if (secondFactor && person.secondFactor) await factors.remove(by, person.id);
      return code;
    },
    close: () => database.close(),
  };
}
