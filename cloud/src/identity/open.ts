import { join } from 'node:path';
import type { Database } from '../db/database.ts';
import { PersonCodes } from './codes.ts';
import type { Audit } from './deed.ts';
import { FirstAdministrator } from './first.ts';
import { Passwords } from './passwords.ts';
import { People } from './people.ts';
import { SecondFactors } from './second-factor.ts';
import { Sessions } from './sessions.ts';
import { SignIn } from './sign-in.ts';
import { Tokens } from './tokens.ts';
import { openVault, type Vault } from './vault.ts';

export interface IdentityOptions {
  readonly database: Database;
  readonly audit: Audit;
  /** Data folder, where the key of sealed secrets lies. */
  readonly folder: string;
  readonly passwords?: Passwords;
  /** What seals secrets, in place of a key in the folder. */
  readonly vault?: Vault;
}

/** Everything about who comes, put together. */
export interface Identity {
  readonly people: People;
  readonly sessions: Sessions;
  readonly factors: SecondFactors;
  readonly tokens: Tokens;
  readonly first: FirstAdministrator;
  readonly signIn: SignIn;
  readonly vault: Vault;
  readonly codes: PersonCodes;
}

/** @throws CaretakerError `CLOUD_KEY_UNREADABLE` */
export function openIdentity({ database, audit, folder, ...rest }: IdentityOptions): Identity {
  const passwords = rest.passwords ?? new Passwords();
  const vault = rest.vault ?? openVault(join(folder, 'secrets.key'));
  const people = new People({ database, audit, passwords });
  const sessions = new Sessions(database, audit);
  const factors = new SecondFactors({ database, audit, vault });
  return {
    people,
    sessions,
    factors,
    tokens: new Tokens(database, audit),
    first: new FirstAdministrator({ database, audit, people }),
    signIn: new SignIn({ database, audit, passwords, people, sessions, factors }),
    vault,
    codes: new PersonCodes({ database, audit, people, sessions }),
  };
}
