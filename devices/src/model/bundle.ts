import { type Fault, FaultsError } from '@caretaker/readings/base';
import { z } from 'zod';
import type { Estate } from './estate.ts';
import { counted } from './report.ts';
import { id } from './schema.ts';
import { readEstateValue } from './stored.ts';

const instant = z.int().nonnegative();
const hex = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits');

/** A credential that the cloud gives a device or bridge: nobody learns its secret from this. */
const credential = {
  /** The user name of the connection. */
  id,
  /** Random, of this credential alone. */
  salt: hex,
  /** HMAC-SHA-256 under the salt of `<id>\n<secret>`; a secret is 160 random bits, so that no slow hash is needed. */
  hash: hex,
  created: instant,
  revoked: instant.nullable().default(null),
};
const credentialSchema = z.discriminatedUnion('kind', [
  z.object({ ...credential, kind: z.literal('device'), assets: z.array(id).min(1).max(64) }),
  z.object({ ...credential, kind: z.literal('bridge'), prefix: z.string().min(1).max(256) }),
]);
export type BundleCredential = Readonly<z.infer<typeof credentialSchema>>;

const formatSchema = z.object({ format: z.int().positive() });
const bundleSchema = z.object({
  format: z.literal(1),
  gateway: id,
  /** Grows with every bundle for this gateway. */
  version: z.int().positive(),
  /** When the cloud made it, UTC epoch milliseconds. */
  issued: instant,
  estate: z.unknown(),
  /** Null leaves the gateway with its own. */
  standard: z
    .object({
      version: z.string().min(1).max(100),
      /** As `standardText` has it. */
      content: z.string(),
    })
    .nullable(),
  credentials: z.array(credentialSchema).max(100_000),
});

/** All that a gateway takes from its cloud: what exists, what its devices say, by what is judged, and who may speak. */
export type Bundle = Readonly<
  Omit<z.infer<typeof bundleSchema>, 'estate' | 'credentials'> & {
    readonly estate: Estate;
    readonly credentials: readonly BundleCredential[];
  }
>;

/**
 * Reads the payload of a bundle. Its standard is not looked into.
 * @throws FaultsError `DEVICES_BUNDLE_INVALID` with every fault
 */
export function readBundle(value: unknown): Bundle {
  const faults: Fault[] = [];
  const parsed = bundleSchema.safeParse(value);
  const format = formatSchema.safeParse(value);
  if (format.success && format.data.format > 1) faults.push(unknownFormat(format.data.format));
  else if (!parsed.success) faults.push(...parsed.error.issues.map(shapeFault));
  const estate = estateOf(value, faults);
  if (parsed.success && estate !== null) {
    faults.push(...credentialFaults(parsed.data.credentials, estate));
    if (faults.length === 0) return { ...parsed.data, estate };
  }
  const summary = `The configuration has ${counted(faults)}; nothing of it is used:`;
  throw new FaultsError('DEVICES_BUNDLE_INVALID', summary, faults);
}

function estateOf(value: unknown, faults: Fault[]): Estate | null {
  const estate =
    typeof value === 'object' && value !== null ? Reflect.get(value, 'estate') : undefined;
  try {
    return readEstateValue(estate, 'of the bundle');
  } catch (error) {
    if (!(error instanceof FaultsError)) throw error;
    faults.push(...error.faults);
    return null;
  }
}

function credentialFaults(credentials: readonly BundleCredential[], estate: Estate): Fault[] {
  const assets = new Set(estate.assets.map((asset) => asset.id));
  const seen = new Set<string>();
  return credentials.flatMap((one, index) => {
    const faults: Fault[] = [];
    const where = `credentials[${index}]`;
    const add = (message: string) =>
      faults.push({ code: 'DEVICES_BUNDLE_CREDENTIAL', message, where });
    if (seen.has(one.id)) add(`"${one.id}" is there twice`);
    seen.add(one.id);
    for (const asset of one.kind === 'device' ? one.assets : []) {
      if (!assets.has(asset)) add(`There is no asset "${asset}"`);
    }
    return faults;
  });
}

function shapeFault({ path, message }: z.core.$ZodIssue): Fault {
  return {
    code: 'DEVICES_BUNDLE_SHAPE',
    message,
    where: path.map(String).join('.') || 'bundle',
  };
}

function unknownFormat(format: number): Fault {
  return {
    code: 'DEVICES_BUNDLE_FORMAT',
    message: `The configuration has format ${format}, which this version does not know`,
    next: 'update the gateway',
    where: 'format',
  };
}
