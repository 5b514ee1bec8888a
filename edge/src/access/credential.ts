import { type Fault, FaultsError } from '@caretaker/readings/base';
import { z } from 'zod';
import { prefixesMeet, prefixOf } from './rights.ts';
import { digestOf, sameDigest } from './secret.ts';

const id = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,62}$/,
    'an id is 1 to 63 of a-z, 0-9, _ and -, not starting with _ or -',
  );
const instant = z.int().nonnegative();

const secretSchema = z.strictObject({
  digest: z.string().regex(/^[0-9a-f]{64}$/, 'a digest is 64 hex digits'),
  created: instant,
  /** Good until then; null without an end. UTC epoch milliseconds, like all times here. */
  until: instant.nullable(),
});

const common = {
  /** The user name of the connection. */
  id,
  /** The newest first. */
  secrets: z.array(secretSchema).min(1).max(8),
  created: instant,
  revoked: instant.nullable(),
};

const credentialSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('device'), assets: z.array(id).min(1).max(64) }),
  z.strictObject({
    ...common,
    kind: z.literal('bridge'),
    /** Levels it owns: `zigbee2mqtt`, `application/lakeside`. */
    prefix: z.string().refine((text) => prefixOf(text) === text, 'nobody can own this prefix'),
  }),
]);

/** What a device or bridge proves itself with, without its secret. */
export type Credential = Readonly<z.infer<typeof credentialSchema>>;
/** What a credential lets its holder be. */
export type Holder =
  | { readonly kind: 'device'; readonly assets: readonly string[] }
  | { readonly kind: 'bridge'; readonly prefix: string };

const fileSchema = z.strictObject({ version: z.literal(1), credentials: z.array(z.unknown()) });

/**
 * Reads the content of the file.
 * @throws FaultsError `EDGE_CREDENTIALS` with everything that is wrong
 */
export function parseCredentials(text: string, file: string): Credential[] {
  const faults: Fault[] = [];
  const credentials = readAll(text, file, faults);
  checkIds(credentials, file, faults);
  checkPrefixes(credentials, file, faults);
  if (faults.length === 0) return credentials;
  throw new FaultsError('EDGE_CREDENTIALS', 'The credentials of devices cannot be used:', faults);
}

export function formatCredentials(credentials: readonly Credential[]): string {
  return `${JSON.stringify({ version: 1, credentials }, null, 1)}\n`;
}

function readAll(text: string, file: string, faults: Fault[]): Credential[] {
  const raw = parseJson(text);
  const whole = fileSchema.safeParse(raw);
  if (!whole.success) {
    faults.push(...faultsOf(whole.error, file));
    return [];
  }
  return whole.data.credentials.flatMap((one, index) => {
    const parsed = credentialSchema.safeParse(one);
    if (parsed.success) return [parsed.data];
    faults.push(...faultsOf(parsed.error, `${file}: credentials[${index}]`));
    return [];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function faultsOf(error: z.ZodError, where: string): Fault[] {
  return error.issues.map((issue) => ({
    code: 'EDGE_CREDENTIALS_SHAPE',
    message: issue.message,
    next: 'bring back the file from a backup, or mend the place named',
    where: [where, ...issue.path.map(String)].join('.'),
  }));
}

function checkIds(credentials: readonly Credential[], file: string, faults: Fault[]): void {
  const seen = new Set<string>();
  for (const { id } of credentials) {
    if (seen.has(id)) {
      faults.push({
        code: 'EDGE_CREDENTIALS_TWICE',
        message: `"${id}" is there twice`,
        where: file,
      });
    }
    seen.add(id);
  }
}

function checkPrefixes(credentials: readonly Credential[], file: string, faults: Fault[]): void {
  const bridges = credentials.flatMap((one) =>
    one.kind === 'bridge' && one.revoked === null ? [one] : [],
  );
  for (const [index, one] of bridges.entries()) {
    for (const other of bridges.slice(0, index)) {
      if (!prefixesMeet(one.prefix, other.prefix)) continue;
      faults.push({
        code: 'EDGE_CREDENTIAL_PREFIX',
        message: `The prefixes of "${other.id}" and "${one.id}" lie within each other: ${other.prefix}, ${one.prefix}`,
        next: 'give each bridge a prefix of its own',
        where: file,
      });
    }
  }
}

/**
 * Whose secret it is.
 * @returns the digest that it proved, null when it is not the credential's, spent or revoked
 */
export function proves(
  credential: Credential,
  secret: string,
  pepper: string,
  now: number,
): string | null {
  const digest = digestOf(pepper, credential.id, secret);
  let found: string | null = null;
  for (const one of credential.secrets) if (sameDigest(one.digest, digest)) found = one.digest;
  return found !== null && isGood(credential, found, now) ? found : null;
}

/** Whether a secret that was proved before still counts. */
export function isGood(credential: Credential, digest: string, now: number): boolean {
  return (
    credential.revoked === null &&
    credential.secrets.some(
      (secret) => secret.digest === digest && (secret.until === null || now < secret.until),
    )
  );
}

export function added(id: string, holder: Holder, digest: string, now: number): Credential {
  const secrets = [{ digest, created: now, until: null }];
  const rest = { id, secrets, created: now, revoked: null };
  return holder.kind === 'device'
    ? { ...rest, kind: 'device', assets: [...holder.assets] }
    : { ...rest, kind: 'bridge', prefix: holder.prefix };
}

/** A new secret beside the present one, which stays good for `grace` milliseconds; older ones end now. */
export function rotated(
  credential: Credential,
  digest: string,
  grace: number,
  now: number,
): Credential {
  const [present] = credential.secrets;
  const old =
    present === undefined || grace <= 0
      ? []
      : [{ ...present, until: Math.min(present.until ?? Infinity, now + grace) }];
  return { ...credential, secrets: [{ digest, created: now, until: null }, ...old] };
}

export function revoked(credential: Credential, now: number): Credential {
  return { ...credential, revoked: now };
}
