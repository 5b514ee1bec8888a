import { createDecoder } from '@caretaker/devices/decode';
import type { Bundle } from '@caretaker/devices/model';
import { CaretakerError } from '@caretaker/readings/base';
import type { Standard } from '@caretaker/standards';
import { givenIn } from '../access/given.ts';
import type { Configuration } from '../change.ts';
import { LocalJudge, nothingLocal, parseLocalStandard } from '../rules/index.ts';
import type { Signed } from './read.ts';

/** A bundle with what it says the gateway is to go by. */
export interface Loaded {
  readonly bundle: Bundle;
  readonly configuration: Configuration;
}

/**
 * What a bundle says the gateway is to go by.
 * @param own what is judged by when the bundle brings no standard
 * @throws CaretakerError `EDGE_BUNDLE_FOREIGN`, `EDGE_BUNDLE_STANDARD`; `DEVICES_BUNDLE_INVALID`, `EDGE_CREDENTIALS`
 *   with every fault
 */
export function loaded(
  { gateway: theirs, content }: Signed,
  { gateway, own }: { readonly gateway: string; readonly own: () => Standard | null },
): Loaded {
  if (theirs !== gateway) throw foreign(theirs, gateway);
  if ('fault' in content) throw new CaretakerError(content.fault);
  const { bundle } = content;
  const { estate, credentials } = bundle;
  givenIn(credentials);
  return { bundle, configuration: { estate, standard: standardOf(bundle, own), credentials } };
}

/**
 * Builds once what cannot be gone back from at a start: what decodes and what judges.
 * @throws CaretakerError `EDGE_BUNDLE_UNFIT`
 */
export function tryOut({ estate, standard }: Configuration, gateway: string): void {
  try {
    createDecoder(estate);
    new LocalJudge({ estate, gateway, standard: standard ?? nothingLocal }, null);
  } catch (cause) {
    throw new CaretakerError(
      {
        code: 'EDGE_BUNDLE_UNFIT',
        message: `The gateway cannot be built by this configuration: ${reasonOf(cause)}`,
        next: 'Bring cloud and gateway to the same version.',
      },
      { cause },
    );
  }
}

/** @throws CaretakerError `EDGE_BUNDLE_UNPINNED` without a key */
export function believed(key: string | null): string {
  if (key !== null) return key;
  throw new CaretakerError({
    code: 'EDGE_BUNDLE_UNPINNED',
    message: 'This gateway does not know by which key its cloud signs configuration.',
    next: 'Let CARETAKER_CLOUD_URL name the cloud and wait ten minutes, or enrol anew with "caretaker gateway enrol".',
  });
}

function standardOf({ standard }: Bundle, own: () => Standard | null): Standard | null {
  if (standard === null) return own();
  try {
    return parseLocalStandard(standard.content, standard.version);
  } catch (cause) {
    throw new CaretakerError(
      {
        code: 'EDGE_BUNDLE_STANDARD',
        message: `The standard ${standard.version} of the configuration does not load: ${reasonOf(cause)}`,
        next: 'Bring cloud and gateway to the same version, or publish the standard anew.',
      },
      { cause },
    );
  }
}

function foreign(theirs: string | null, ours: string): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_BUNDLE_FOREIGN',
    message: `The configuration is for the gateway "${theirs ?? '?'}", and this is "${ours}".`,
    next: 'Find out who publishes on the way between cloud and gateway.',
  });
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
