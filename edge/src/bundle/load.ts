import { createHash } from 'node:crypto';
import { createDecoder } from '@caretaker/devices/decode';
import { type Bundle, readBundle } from '@caretaker/devices/model';
import { CaretakerError } from '@caretaker/readings/base';
import { openBundle } from '@caretaker/readings/uplink';
import type { Standard } from '@caretaker/standards';
import { z } from 'zod';
import { givenIn } from '../access/given.ts';
import type { Configuration } from '../change.ts';
import { LocalJudge, nothingLocal, parseLocalStandard } from '../rules/index.ts';

/** A bundle whose signature is right, and of which only the head was looked at. */
export interface Signed {
  readonly gateway: string | null;
  /** Null when it cannot be read. */
  readonly version: number | null;
  /** The key that has signed it. */
  readonly key: string;
  /** The same for the same content, under any signature. */
  readonly digest: string;
  readonly payload: unknown;
}

/** A bundle by which this gateway can be built. */
export interface Loaded {
  readonly bundle: Bundle;
  readonly configuration: Configuration;
}

const headSchema = z.object({
  gateway: z.string().nullable().catch(null),
  version: z.int().positive().nullable().catch(null),
});

/**
 * @param key the public key that is believed
 * @throws CaretakerError what `openBundle` throws, and `EDGE_BUNDLE_UNPINNED` without a key
 */
export async function verified(message: Uint8Array, key: string | null): Promise<Signed> {
  if (key === null) throw unpinned();
  const payload = await openBundle(message, key);
  const head = headSchema.safeParse(payload);
  const { gateway, version } = head.success ? head.data : { gateway: null, version: null };
  const digest = createHash('sha256').update(JSON.stringify(payload)).digest('base64url');
  return { gateway, version, key, digest, payload };
}

/**
 * Reads a bundle wholly, and builds once what cannot be changed back to front: what decodes and what judges.
 * @param own what is judged by when the bundle brings no standard
 * @throws CaretakerError `EDGE_BUNDLE_FOREIGN`, `EDGE_BUNDLE_STANDARD`, `EDGE_BUNDLE_UNFIT`
 * @throws FaultsError `DEVICES_BUNDLE_INVALID`, `EDGE_CREDENTIALS` with every fault
 */
export function loaded(
  signed: Signed,
  { gateway, own }: { readonly gateway: string; readonly own: () => Standard | null },
): Loaded {
  if (signed.gateway !== gateway) throw foreign(signed.gateway, gateway);
  const bundle = readBundle(signed.payload);
  const { estate, credentials } = bundle;
  const standard = standardOf(bundle, own);
  givenIn(credentials);
  try {
    createDecoder(estate);
    new LocalJudge({ estate, gateway, standard: standard ?? nothingLocal }, null);
  } catch (cause) {
    throw unfit(cause);
  }
  return { bundle, configuration: { estate, standard, credentials } };
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

function unfit(cause: unknown): CaretakerError {
  return new CaretakerError(
    {
      code: 'EDGE_BUNDLE_UNFIT',
      message: `The gateway cannot be built by this configuration: ${reasonOf(cause)}`,
      next: 'Bring cloud and gateway to the same version.',
    },
    { cause },
  );
}

function foreign(theirs: string | null, ours: string): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_BUNDLE_FOREIGN',
    message: `The configuration is for the gateway "${theirs ?? '?'}", and this is "${ours}".`,
    next: 'Find out who publishes on the way between cloud and gateway.',
  });
}

function unpinned(): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_BUNDLE_UNPINNED',
    message: 'This gateway does not know by which key its cloud signs configuration.',
    next: 'Let CARETAKER_CLOUD_URL name the cloud and wait ten minutes, or enrol anew with "caretaker gateway enrol".',
  });
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
