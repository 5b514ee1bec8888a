import { CaretakerError, type Log } from '@caretaker/readings/base';
import { type GatewayKey, newBundleKey } from '@caretaker/readings/uplink';
import type { Database } from '../db/database.ts';
import type { Vault } from '../identity/vault.ts';

const owner = 'bundle-key';

/**
 * The key that signs the configuration of every gateway, made when there is none. Gateways believe the key that they
 * learnt at their enrolment and no other, so it is never made anew beside one that cannot be opened.
 * @returns null then: nothing is signed until the key of the data folder is back
 */
export async function openBundleKey(
  database: Database,
  vault: Vault,
  log: Log,
  now: number,
): Promise<GatewayKey | null> {
  const kept = await database.read.selectFrom('bundle_keys').selectAll().executeTakeFirst();
  if (kept === undefined) {
    const key = newBundleKey();
    const row = { public_key: key.publicKey, sealed: vault.seal(key.privateKey, owner) };
    await database.write((tx) =>
      tx
        .insertInto('bundle_keys')
        .values({ ...row, created: now })
        .execute(),
    );
    return key;
  }
  try {
    return { publicKey: kept.public_key, privateKey: vault.open(kept.sealed, owner) };
  } catch (error) {
    if (!(error instanceof CaretakerError)) throw error;
    log.error(
      { code: error.code, where: error.where },
      'the key that signs the configuration of gateways cannot be opened: none is sent until secrets.key is restored',
    );
    return null;
  }
}
