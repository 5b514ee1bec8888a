import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Fault } from '@caretaker/readings/base';

/** What a server shows and proves by TLS: a certificate, those that vouch for it, and the key that belongs to it. */
export interface Identity {
  /** PEM, the server's own certificate first. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** SHA-256 of the certificate, as browsers and openssl show it. */
  readonly fingerprint: string;
  /** SHA-256 of the public key: stays the same when a certificate is renewed for the same key. */
  readonly keyFingerprint: string;
  /** End of validity, UTC epoch milliseconds. */
  readonly until: number;
}

/** Where the parts came from, for faults. */
export interface Places {
  readonly cert: string;
  readonly key: string;
}

/**
 * Puts a certificate and a key together.
 * @param now UTC epoch milliseconds
 * @returns the identity, or everything that keeps it from being one
 */
export function identityOf(cert: string, key: string, places: Places, now: number) {
  const faults: Fault[] = [];
  const certificate = certificateOf(cert, places.cert, faults);
  const secret = keyOf(key, places.key, faults);
  if (certificate !== null) faults.push(...validity(certificate, places.cert, now));
  if (certificate !== null && secret !== null && !certificate.checkPrivateKey(secret)) {
    faults.push(mismatch(places));
  }
  if (certificate === null || faults.length > 0) return { identity: null, faults };
  const identity: Identity = {
    cert,
    key,
    fingerprint: certificate.fingerprint256,
    keyFingerprint: keyFingerprint(certificate),
    until: certificate.validToDate.getTime(),
  };
  return { identity, faults };
}

/** SHA-256 of the public key of a certificate, written like a fingerprint. */
export function keyFingerprint(certificate: X509Certificate): string {
  const der = certificate.publicKey.export({ type: 'spki', format: 'der' });
  const hex = createHash('sha256').update(der).digest('hex').toUpperCase();
  return (hex.match(/../g) ?? []).join(':');
}

function certificateOf(pem: string, where: string, faults: Fault[]): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    faults.push({
      code: 'READINGS_TLS_CERTIFICATE_INVALID',
      where,
      message: 'there is no certificate in it',
      next: 'give a PEM file: the certificate of this server first, then those that vouch for it',
    });
    return null;
  }
}

function keyOf(pem: string, where: string, faults: Fault[]): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    // What the library says could show parts of the key.
    faults.push({
      code: 'READINGS_TLS_KEY_INVALID',
      where,
      message: 'there is no private key in it, or one with a password',
      next: 'give a PEM file with the key, without a password and readable to its owner alone',
    });
    return null;
  }
}

function validity(certificate: X509Certificate, where: string, now: number): Fault[] {
  const { validFromDate: from, validToDate: until } = certificate;
  if (now >= until.getTime()) {
    const message = `the certificate has expired on ${until.toISOString()}`;
    return [{ code: 'READINGS_TLS_EXPIRED', where, message, next: 'renew it' }];
  }
  if (now < from.getTime()) {
    const message = `the certificate is good only from ${from.toISOString()} on`;
    const next = 'wait, or set the clock of this machine';
    return [{ code: 'READINGS_TLS_NOT_YET_VALID', where, message, next }];
  }
  return [];
}

function mismatch({ cert, key }: Places): Fault {
  return {
    code: 'READINGS_TLS_KEY_MISMATCH',
    where: key,
    message: `the key does not belong to the first certificate in ${cert}`,
    next: 'give the two that were made together, the certificate of this server first',
  };
}
