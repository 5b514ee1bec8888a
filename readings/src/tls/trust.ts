import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { CaretakerError, type Fault } from '@caretaker/readings/base';
import { keyFingerprint } from './identity.ts';
import { readPem } from './pem.ts';

/** Whom a client believes. */
export interface Trust {
  /** PEM of certificates that vouch; null for those that this machine knows. */
  readonly ca: string | null;
  /** SHA-256 of certificates or their public keys, 64 hexadecimal digits; if there are any, nothing else counts. */
  readonly fingerprints: readonly string[];
  /**
   * SHA-256 of the public key of this very process, which nobody but this machine can prove; counts only without
   * the other two.
   */
  readonly own?: () => string | null;
}

/**
 * Reads whom to believe.
 * @param text value of a setting, if it has one
 */
export function readTrust(text: (name: string) => string | null | undefined, faults: Fault[]) {
  const file = text('CARETAKER_UPLINK_CA') || null;
  const given = text('CARETAKER_UPLINK_FINGERPRINT') || '';
  const ca = file === null ? null : readPem(file, faults);
  const fingerprints = given
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map(plain);
  if (ca !== null && ca !== '' && !ca.includes('-----BEGIN CERTIFICATE-----')) {
    faults.push(noCertificate);
  }
  if (!fingerprints.every((one) => /^[0-9a-f]{64}$/.test(one))) faults.push(noFingerprint);
  return { ca, fingerprints } satisfies Trust;
}

/**
 * Connects by TLS 1.2 or newer. The connection is destroyed with the error, before anything is written to it, unless
 * the server is trusted.
 */
export function connectTls(host: string, port: number, trust: Trust): TLSSocket {
  const socket = connect({
    host,
    port,
    minVersion: 'TLSv1.2',
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(trust.ca === null ? {} : { ca: trust.ca }),
    // Judged below: whether a fingerprint fits can only be asked of a certificate.
    rejectUnauthorized: false,
  });
  socket.setNoDelay(true);
  // Node refuses at this same place: what is waiting to be written was not encrypted yet.
  socket.prependOnceListener('secureConnect', () => {
    const certificate = socket.getPeerX509Certificate();
    const shown =
      certificate === undefined
        ? []
        : [plain(certificate.fingerprint256), plain(keyFingerprint(certificate))];
    if (isTrusted(trust, shown, socket.authorized)) return;
    const why = String(socket.authorizationError ?? 'unknown');
    socket.destroy(untrusted(`${host}:${port}`, trust, certificate?.fingerprint256 ?? '-', why));
  });
  return socket;
}

function isTrusted(trust: Trust, shown: readonly string[], authorized: boolean): boolean {
  if (trust.fingerprints.length > 0) return shown.some((one) => trust.fingerprints.includes(one));
  if (authorized) return true;
  const own = trust.ca === null ? (trust.own?.() ?? null) : null;
  return own !== null && shown.includes(plain(own));
}

function plain(fingerprint: string): string {
  return fingerprint
    .replace(/^sha-?256[:= ]/i, '')
    .replace(/[:\s]/g, '')
    .toLowerCase();
}

function untrusted(place: string, trust: Trust, shown: string, why: string): CaretakerError {
  const pinned = trust.fingerprints.length > 0;
  return new CaretakerError({
    code: 'READINGS_TLS_UNTRUSTED',
    message: pinned
      ? `${place} shows another certificate than CARETAKER_UPLINK_FINGERPRINT names: ${shown}.`
      : `The certificate of ${place} is not trusted (${why}); its SHA-256 is ${shown}.`,
    next: pinned
      ? 'Compare it with what the cloud has logged at its start; if it differs, somebody is in between.'
      : 'Set CARETAKER_UPLINK_CA to what vouches for it, or CARETAKER_UPLINK_FINGERPRINT to what the cloud has logged.',
    where: place,
  });
}

const noFingerprint: Fault = {
  code: 'READINGS_TLS_SETTING',
  where: 'CARETAKER_UPLINK_FINGERPRINT',
  message: 'this is no SHA-256',
  next: 'give 64 hexadecimal digits, as the cloud logs them at its start; colons do not matter, commas separate several',
};

const noCertificate: Fault = {
  code: 'READINGS_TLS_CERTIFICATE_INVALID',
  where: 'CARETAKER_UPLINK_CA',
  message: 'there is no certificate in it',
  next: 'give a PEM file of certificates that vouch for the cloud',
};
