import type { Estate } from '@caretaker/devices/model';
import { type Clock, silentLog } from '@caretaker/readings/base';
import { pinnedBundleKey } from '../access/bundle-key.ts';
import { Bundles } from './bundles.ts';

export interface Settings {
  readonly dataDirectory: string;
  readonly gateway: string;
  readonly estate: Estate;
}

/** The kept bundle of a gateway as it would be used at a start; changes nothing. */
export async function keptBundle(
  { dataDirectory: directory, gateway }: Pick<Settings, 'dataDirectory' | 'gateway'>,
  clock: Clock,
) {
  const key = await pinnedBundleKey(directory, gateway);
  const parts = { directory, gateway, clock, log: silentLog };
  const bundles = new Bundles({ ...parts, ownStandard: () => null });
  const configuration = await bundles.restore(key);
  return { configuration, state: bundles.state, pinned: key !== null };
}

/** The estate by which the gateway with these settings goes, whether it runs or not. */
export async function estateInForce(settings: Settings, clock: Clock): Promise<Estate> {
  const { configuration } = await keptBundle(settings, clock);
  return configuration?.estate ?? settings.estate;
}
