import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import {
  type EnrolRequest,
  enrolmentText,
  enrolmentTextOfRotation,
  type RotateRequest,
  uplinkAudience,
} from './enrolment.ts';

const TOKEN_SECONDS = 300;

/** A key pair that only this gateway has; Ed25519 [RFC 8032]. */
export interface GatewayKey {
  /** PKCS 8 in PEM. */
  readonly privateKey: string;
  /** The 32 bytes in base64url, as `x` of a JSON Web Key [RFC 8037]. */
  readonly publicKey: string;
}

/** Who signs a token. */
export interface TokenSigner {
  readonly gateway: string;
  /** Name that the cloud gave the key. */
  readonly key: string;
  readonly privateKey: string;
}

export function newGatewayKey(): GatewayKey {
  const pair = generateKeyPairSync('ed25519');
  return {
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: pair.publicKey.export({ format: 'jwk' }).x ?? '',
  };
}

/** What the gateway sends with its one-time code: the public key, and a proof that it has the private one. */
export function enrolRequest(code: string, key: GatewayKey): EnrolRequest {
  const text = enrolmentText(code, key.publicKey);
  return { code, publicKey: key.publicKey, proof: signed(key.privateKey, text) };
}

/** What the gateway sends to replace its key, beside a token signed with the present one. */
export function rotationRequest(gateway: string, next: GatewayKey): RotateRequest {
  const text = enrolmentTextOfRotation(gateway, next.publicKey);
  return { publicKey: next.publicKey, proof: signed(next.privateKey, text) };
}

/**
 * A password for one connection to the cloud: a JSON Web Token signed by the gateway's key [RFC 7519, 8037].
 * Each is good once, so every attempt to connect needs a new one; the user name is the gateway's id.
 *
 * @param now UTC epoch milliseconds of the cloud's clock, as far as it is known; see `cloudOffset`
 */
export function uplinkToken(signer: TokenSigner, now: number): string {
  const header = { alg: 'EdDSA', typ: 'JWT', kid: signer.key };
  const issued = Math.floor(now / 1_000);
  const claims = {
    sub: signer.gateway,
    aud: uplinkAudience,
    iat: issued,
    // Brokers that check tokens by themselves ask for an end.
    exp: issued + TOKEN_SECONDS,
    jti: randomBytes(16).toString('base64url'),
  };
  const text = `${encoded(header)}.${encoded(claims)}`;
  return `${text}.${signed(signer.privateKey, text)}`;
}

function signed(privateKey: string, text: string): string {
  return sign(null, Buffer.from(text), createPrivateKey(privateKey)).toString('base64url');
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
