import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** A clock that is behind ours must not find it too young. */
const EARLIER_MS = 24 * 3_600_000;
/** Devices keep a copy of it for as long as they hang on a wall. */
const VALID_MS = 10 * 365 * 24 * 3_600_000;

/**
 * Makes a certificate that vouches for itself. P-256, because devices without Ed25519 are many.
 * @param names host names and addresses of the server
 * @param key PEM of the key to go on with, or null for a new one
 * @param now UTC epoch milliseconds
 * @returns both as PEM
 */
export async function generate(names: readonly string[], key: string | null, now: number) {
  // Loaded only where it is needed, which is once in years; @peculiar/x509 asks for the first.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const keys = key === null ? await newKeys() : keysOf(key);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: ['Caretaker'] }],
    notBefore: new Date(now - EARLIER_MS),
    notAfter: new Date(now + VALID_MS),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      // It vouches for itself alone: whoever trusts it trusts this server and nothing that its key might sign.
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
      ),
    ],
  });
  const exported = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { cert: `${certificate.toString('pem')}\n`, key: pem('PRIVATE KEY', exported) };
}

function newKeys() {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function keysOf(text: string) {
  const secret = createPrivateKey(text);
  return {
    privateKey: secret.toCryptoKey(algorithm, true, ['sign']),
    publicKey: createPublicKey(secret).toCryptoKey(algorithm, true, ['verify']),
  };
}

function pem(label: string, bytes: ArrayBuffer): string {
  const text = Buffer.from(bytes).toString('base64');
  const lines = text.match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
