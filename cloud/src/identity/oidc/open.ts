import type { Log } from '@caretaker/readings/base';
import type { Database } from '../../db/database.ts';
import type { Audit } from '../deed.ts';
import type { Identity } from '../open.ts';
import { Linked } from './linked.ts';
import { Provider } from './provider.ts';
import type { OidcSettings } from './settings.ts';
import { OidcSignIn } from './sign-in.ts';

export interface Oidc {
  /** On the button. */
  readonly name: string;
  readonly signIn: OidcSignIn;
  readonly linked: Linked;
}

/** Sign-in with the company's own accounts, put together; nothing is asked of the provider yet. */
export function openOidc(parts: {
  readonly settings: OidcSettings;
  readonly identity: Identity;
  readonly database: Database;
  readonly audit: Audit;
  readonly log: Log;
}): Oidc {
  const { settings, identity, database, audit, log } = parts;
  const { people, sessions, vault } = identity;
  const linked = new Linked({ database, audit, people, settings });
  const provider = new Provider(settings, log);
  const signIn = new OidcSignIn({ database, audit, vault, sessions, provider, linked });
  return { name: settings.name, signIn, linked };
}
