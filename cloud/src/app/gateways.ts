import { uplinkTopic } from '@caretaker/readings/uplink';
import { DeviceCredentials } from '../bundles/credentials.ts';
import { BundleDesk } from '../bundles/desk.ts';
import { BundleFaults } from '../bundles/faults.ts';
import { openBundleKey } from '../bundles/signing.ts';
import { GatewayDesk } from '../gateways/desk.ts';
import type { Change } from '../gateways/gateway-episodes.ts';
import type { Gateways } from '../gateways/open.ts';
import type { Transport } from '../inbox/transport.ts';
import type { Accounts } from './accounts.ts';
import type { Live } from './live.ts';
import type { Stores, Surroundings } from './stores.ts';

export type GatewayDesks = Awaited<ReturnType<typeof openGatewayDesks>>;

interface Around {
  readonly known: Gateways;
  readonly transport: Transport;
  readonly change: Change;
}

/** Who gateways are, what they work by, and who may speak to them. */
export async function openGatewayDesks(
  { clock, log }: Surroundings,
  { database, directory, inForce }: Stores,
  { registry }: Live,
  { audit, identity }: Accounts,
  { known, transport, change }: Around,
) {
  const key = await openBundleKey(database, identity.vault, log, clock.now());
  const credentials = new DeviceCredentials(database, audit);
  await credentials.load();
  const standardVersion = () => inForce.standard.version;
  const faults = new BundleFaults({ database, registry, clock, standardVersion, change });
  const bundles = new BundleDesk({
    ...{ database, directory, inForce, credentials, faults, key, clock, log },
    send: (gateway, message) => transport.send(uplinkTopic(gateway, 'config'), message),
  });
  await bundles.load();
  const gateways = new GatewayDesk({
    ...{ database, directory, registry, ...known, bundles, clock },
    connected: (gateway) => transport.connected(gateway),
  });
  return { gateways, bundles, credentials };
}
