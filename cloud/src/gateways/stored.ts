import type { Clock } from '@caretaker/readings/base';
import { AuditChain, auditInto } from '../audit/chain.ts';
import type { CloudConfig } from '../config.ts';
import { openExisting } from '../db/existing.ts';
import { Directory } from '../estates/directory.ts';
import { storedEstate } from '../estates/stored.ts';
import type { By } from '../identity/deed.ts';
import { checkGateway } from './desk.ts';
import type { GatewayKeyRow } from './enrolment.ts';
import { openGateways } from './open.ts';

/** The gateways of a cloud as somebody manages them who may write to its database, whether it runs or not. */
export interface StoredGateways {
  /** Gateways that estates name, each with its estate. */
  readonly named: ReadonlyMap<string, string>;
  /** All keys ever, the newest first. */
  keys(): Promise<readonly GatewayKeyRow[]>;
  /**
   * A code to enrol a gateway with; earlier ones that nobody used are void.
   * @throws CaretakerError `CLOUD_GATEWAY_UNKNOWN`
   */
  code(gateway: string, by: By): Promise<{ estate: string; code: string; expires: number }>;
  /**
   * Ends every key and code; a running cloud cuts the gateway off within two seconds.
   * @throws CaretakerError `CLOUD_GATEWAY_UNKNOWN`
   */
  revoke(gateway: string, by: By): Promise<void>;
  close(): Promise<void>;
}

/**
 * @throws CaretakerError `CLOUD_DATABASE_NONE`, `CLOUD_DATABASE_UNAVAILABLE`, `CLOUD_DATABASE_OLDER`,
 *   `CLOUD_DATABASE_NEWER`
 */
export async function openStoredGateways(
  { database: config }: Pick<CloudConfig, 'database'>,
  clock: Clock,
): Promise<StoredGateways> {
  const database = await openExisting(config);
  const { keys } = await openGateways(database, auditInto(new AuditChain()), clock);
  const rows = await database.read.selectFrom('estates').select('definition').execute();
  const directory = new Directory(rows.map(({ definition }) => storedEstate(definition)));
  return {
    named: directory.gateways,
    keys: () => keys.list(),
    async code(gateway, by) {
      const estate = directory.gateways.get(gateway) ?? '';
      checkGateway(directory, gateway);
      return { estate, ...(await keys.issueCode(gateway, estate, by)) };
    },
    async revoke(gateway, by) {
      // Also one that no estate names any more.
      const known = (await keys.list()).some((key) => key.gateway === gateway);
      if (!known) checkGateway(directory, gateway);
      await keys.revoke(gateway, by);
    },
    close: () => database.close(),
  };
}
