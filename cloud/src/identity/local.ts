import { open } from 'node:fs/promises';
import type { Database } from '../db/database.ts';
import { actorOf } from './deed.ts';
import type { Identity } from './open.ts';
import type { Grant } from './principal.ts';

const login = 'local';
const everything: Grant[] = [{ role: 'administrator', estates: 'all' }];
const year = 365 * 24 * 3_600_000;

/** How the first person gets in. */
export type Entry =
  | { readonly kind: 'link'; readonly code: string }
  | { readonly kind: 'first'; readonly code: string };

/**
 * Lets in whoever started the cloud on their own machine: a person without a password who comes by a link that each
 * start makes anew, and a token for scripts, made once, in a file that only they can read.
 * @param tokenFile written when there was nobody before
 * @returns null when that person was not made, or is let in no more
 */
export async function localAccess(
  database: Database,
  { people, tokens, codes }: Identity,
  tokenFile: string,
  at: number,
): Promise<Entry | null> {
  const anybody = await database.read.selectFrom('people').select('id').limit(1).execute();
  if (anybody.length === 0) {
    const by = { actor: 'system', at };
    const name = 'Local administrator';
    const id = await people.create(by, { login, name, password: null, grants: everything });
    const wanted = { name: 'scripts', grants: everything, readOnly: false, expires: at + year };
    const { token } = await tokens.create({ actor: actorOf(id), at }, id, wanted);
    await writeSecret(tokenFile, token);
  }
  const person = await database.read
    .selectFrom('people')
    .select('id')
    .where('login', '=', login)
    .where('password', 'is', null)
    .where('disabled', 'is', null)
    .executeTakeFirst();
  if (person === undefined) return null;
  const { code } = await codes.issue({ actor: 'system', at }, person.id, 'link');
  return { kind: 'link', code };
}

/** Readable to its owner alone from the first moment on, whatever was there before. */
async function writeSecret(file: string, secret: string): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(`${secret}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
