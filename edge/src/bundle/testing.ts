import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Bundle, loadEstate } from '@caretaker/devices/model';
import { newBundleKey, sealBundle } from '@caretaker/readings/uplink';
import { pinBundleKey } from '../access/bundle-key.ts';
import { testEstateText } from '../testing.ts';

/** Of the cloud of these tests. */
export const cloudKey = newBundleKey();

/** The estate of the tests with more assets, of which each has some metrics of its kind. */
export function grownEstate(...assets: readonly (readonly [string, string, string])[]) {
  const lines = assets.map(
    ([id, kind, points]) =>
      `  - { id: ${id}, name: ${id}, kind: ${kind}, touchpoint: TP01, place: Yard, points: [${points}] }`,
  );
  return loadEstate([testEstateText(), ...lines].join('\n'), 'yard.yaml');
}

/** A bundle for the gateway of the tests, as the cloud would send it. */
export function bundle(
  version: number,
  change: Readonly<Record<string, unknown>> = {},
  key = cloudKey,
): Promise<string> {
  const whole: Omit<Bundle, 'estate'> = {
    format: 1,
    gateway: 'yard-1',
    version,
    issued: 1_780_000_000_000 + version,
    standard: null,
    credentials: [],
  };
  return sealBundle({ ...whole, estate: grownEstate(), ...change }, key);
}

/** Pins the cloud's key in the folder of a gateway to be started with it. */
export async function pinned(directory: string, publicKey = cloudKey.publicKey): Promise<void> {
  const data = path.join(directory, 'edge');
  await mkdir(data, { recursive: true });
  await pinBundleKey(data, 'yard-1', publicKey);
}
