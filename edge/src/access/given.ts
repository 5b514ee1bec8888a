import type { BundleCredential } from '@caretaker/devices/model';
import { type Credential, formatCredentials, parseCredentials } from './credential.ts';

/** A credential that the cloud gives, and the key of its digest. */
export interface Given {
  readonly credential: Credential;
  readonly pepper: string;
}

/**
 * What the cloud gives in the form of the gateway's own list, by the same rules.
 * @throws FaultsError `EDGE_CREDENTIALS` with everything that is wrong
 */
export function givenIn(credentials: readonly BundleCredential[]): readonly Given[] {
  const own = credentials.map(ownForm);
  const read = parseCredentials(formatCredentials(own), 'the configuration of the cloud');
  return read.map((credential, index) => ({ credential, pepper: credentials[index]?.salt ?? '' }));
}

function ownForm(given: BundleCredential): Credential {
  const { id, hash, created, revoked } = given;
  const rest = { id, created, revoked, secrets: [{ digest: hash, created, until: null }] };
  return given.kind === 'device'
    ? { ...rest, kind: 'device', assets: given.assets }
    : { ...rest, kind: 'bridge', prefix: given.prefix };
}
