import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openStoredGateways, readCloudConfig } from '@caretaker/cloud';
import { CloudClient, loadIdentity } from '@caretaker/edge/uplink';
import { type Clock, systemClock } from '@caretaker/readings/base';
import { uplinkToken } from '@caretaker/readings/uplink';
import type { Sandbox } from './sandbox.ts';

/** Addresses without TLS show no certificate. */
const nobody = { ca: null, fingerprints: [] };

type Place = Pick<Sandbox, 'folder' | 'httpUrl' | 'environment'>;

/**
 * A code for a gateway of a cloud that has been started, as `caretaker gateway code` makes it.
 * @param clock as the cloud's, for one that runs at another time
 */
export async function gatewayCode(
  sandbox: Place,
  gateway: string,
  clock: Clock = systemClock,
): Promise<string> {
  const config = readCloudConfig({ ...process.env, ...sandbox.environment });
  const stored = await openStoredGateways(config, clock);
  try {
    const by = { actor: 'operator:0', at: clock.now() };
    return (await stored.code(gateway, by)).code;
  } finally {
    await stored.close();
  }
}

/**
 * Passwords for connections of a gateway that only a test plays; it enrols with the running cloud for the first one.
 */
export async function playedPassword(sandbox: Place, gateway: string): Promise<string> {
  const directory = join(sandbox.folder, 'played', gateway);
  const known = await loadIdentity(directory);
  if (known !== null) return uplinkToken(known, systemClock.now());
  await mkdir(directory, { recursive: true });
  const cloud = new CloudClient(sandbox.httpUrl, systemClock, nobody);
  const identity = await cloud.enrol(directory, gateway, await gatewayCode(sandbox, gateway));
  return uplinkToken(identity, systemClock.now());
}
