import { dirname, join } from 'node:path';
import { AuditChain, auditInto } from '../audit/chain.ts';
import { HeadKeeper } from '../audit/keeper.ts';
import { headsFileOf } from '../audit/stored.ts';
import type { CloudConfig } from '../config.ts';
import type { Database } from '../db/database.ts';
import { type SessionCookie, sessionCookie } from '../http/access/cookie.ts';
import type { Audit } from '../identity/deed.ts';
import { type Entry, localAccess } from '../identity/local.ts';
import { type Oidc, openOidc } from '../identity/oidc/open.ts';
import { type Identity, openIdentity } from '../identity/open.ts';
import type { Surroundings, Undo } from './stores.ts';

/** Who may come in, and the log of what they do. */
export interface Accounts {
  readonly identity: Identity;
  readonly oidc: Oidc | null;
  readonly chain: AuditChain;
  readonly audit: Audit;
  readonly headsFile: string;
  readonly cookie: SessionCookie;
  /** How the first person gets in; null when there are people enough. */
  readonly entry: Entry | null;
}

const day = 24 * 3_600_000;

/** @throws CaretakerError `CLOUD_KEY_UNREADABLE` */
export async function openAccounts(
  config: CloudConfig,
  { clock, log }: Surroundings,
  database: Database,
  undo: Undo,
): Promise<Accounts> {
  const chain = new AuditChain();
  const audit = auditInto(chain);
  const identity = openIdentity({ database, audit, folder: config.folder });
  const settings = config.oidc;
  const oidc = settings && openOidc({ settings, identity, database, audit, log });
  const headsFile = headsFileOf(config);
  undo.push(
    clock.every(day, () => {
      identity.sessions.forget(clock.now()).catch((error: Error) => {
        log.error({ error: error.message }, 'forgetting old sessions failed');
      });
    }),
  );
  const entry = await entryOf(config, identity, database, clock.now());
  // After what the start itself tells, so that a new log is noted from its first row on.
  const keeper = new HeadKeeper({ database, file: headsFile, clock, log });
  await keeper.start();
  undo.push(() => keeper.stop());
  return { identity, oidc, chain, audit, headsFile, cookie: sessionCookie(config.secure), entry };
}

async function entryOf(
  config: CloudConfig,
  identity: Identity,
  database: Database,
  now: number,
): Promise<Entry | null> {
  if (config.localAccess) {
    // Beside the folders of the parts: it is for whoever runs them all.
    const tokenFile = join(dirname(config.folder), 'admin-token');
    const entry = await localAccess(database, identity, tokenFile, now);
    if (entry !== null) return entry;
  }
  const code = await identity.first.issue(now);
  return code === null ? null : { kind: 'first', code };
}
