import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  enrolmentText,
  enrolmentTextOfRotation,
  enrolRequest,
  enrolRequestSchema,
  newGatewayKey,
  rotateRequestSchema,
  rotationRequest,
  uplinkToken,
} from './index.ts';

const pair = newGatewayKey();
const signedBy = (x: string, text: string, signature: string) =>
  verify(
    null,
    Buffer.from(text),
    createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
    Buffer.from(signature, 'base64url'),
  );

describe('a gateway', () => {
  it('proves with its code that it has the key it shows', () => {
    const request = enrolRequest('ab12-cd34', pair);
    expect(enrolRequestSchema.parse(request)).toEqual(request);
    const { publicKey, proof } = request;
    expect(signedBy(publicKey, enrolmentText('ab12-cd34', publicKey), proof)).toBe(true);
    expect(signedBy(publicKey, enrolmentText('ab12-cd35', publicKey), proof)).toBe(false);
  });

  it('proves the same of the key that is to replace its present one', () => {
    const request = rotationRequest('yard-1', pair);
    expect(rotateRequestSchema.parse(request)).toEqual(request);
    const { publicKey, proof } = request;
    expect(signedBy(publicKey, enrolmentTextOfRotation('yard-1', publicKey), proof)).toBe(true);
    expect(signedBy(publicKey, enrolmentText('yard-1', publicKey), proof)).toBe(false);
  });

  it('signs a token of five minutes that never comes twice', () => {
    const signer = { gateway: 'yard-1', key: 'k1', privateKey: pair.privateKey };
    const now = Date.parse('2026-11-22T04:00:00.900Z');
    const token = uplinkToken(signer, now);
    const [header = '', claims = '', signature = ''] = token.split('.');
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(header)).toEqual({ alg: 'EdDSA', typ: 'JWT', kid: 'k1' });
    const iat = Math.floor(now / 1_000);
    expect(read(claims)).toMatchObject({
      sub: 'yard-1',
      aud: 'caretaker-uplink',
      iat,
      exp: iat + 300,
    });
    expect(signedBy(pair.publicKey, `${header}.${claims}`, signature)).toBe(true);
    expect(uplinkToken(signer, now)).not.toBe(token);
  });
});
