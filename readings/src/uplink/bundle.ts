import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { z } from 'zod';
import { CaretakerError } from '../base/index.ts';
import { type GatewayKey, newGatewayKey } from './gateway-key.ts';

const MEGABYTE = 1024 * 1024;

/** An estate of 10,000 points takes some 4 MB before compression, and a twentieth of it after. */
export const bundleLimits = {
  /** Of the payload when it is compressed, bytes. */
  packedBytes: 4 * MEGABYTE,
  /** Of the payload before, bytes: what expands beyond is not unpacked. */
  payloadBytes: 32 * MEGABYTE,
  /** Of the MQTT packet with the message, and so of anything that a cloud says to a gateway. */
  packetBytes: 6 * MEGABYTE,
} as const;

/** What stands around base64 in a message, bytes. */
const AROUND_BYTES = 1_024;
const MOST_TEXT = Math.ceil(bundleLimits.packedBytes / 3) * 4;

/** Cloud → gateway on `config`. The signature is over `signedPart` of the bytes that `signed` holds. */
const envelopeSchema = z.object({
  type: z.literal('bundle'),
  /** Name of the key it is signed with; see `bundleKeyId`. */
  key: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  /** The payload, JSON compressed by zstd, in base64. */
  signed: z.string().max(MOST_TEXT),
  /** Ed25519 [RFC 8032], in base64url. */
  signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
});

const pack = promisify(zstdCompress);
const unpack = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(zstdDecompress);

/** A new key pair of a cloud, for the bundles of all of its gateways. */
export function newBundleKey(): GatewayKey {
  return newGatewayKey();
}

/** How a public key is named: by itself, so that nobody can give a key the name of another. */
export function bundleKeyId(publicKey: string): string {
  return createHash('sha256').update(publicKey, 'base64url').digest('base64url').slice(0, 22);
}

/**
 * @returns the whole message for the topic `config` of a gateway
 * @throws CaretakerError `READINGS_BUNDLE_TOO_LARGE`
 */
export async function sealBundle(payload: unknown, key: GatewayKey): Promise<string> {
  const text = Buffer.from(JSON.stringify(payload));
  if (text.length > bundleLimits.payloadBytes) throw tooLarge(text.length);
  const packed = await pack(text);
  if (packed.length > bundleLimits.packedBytes) throw tooLarge(packed.length);
  const signature = sign(null, signedPart(packed), createPrivateKey(key.privateKey));
  return JSON.stringify({
    type: 'bundle',
    key: bundleKeyId(key.publicKey),
    signed: packed.toString('base64'),
    signature: signature.toString('base64url'),
  });
}

/**
 * The payload of a bundle, after its signature was found to be that of the key; nothing is unpacked before.
 * @throws CaretakerError `READINGS_BUNDLE_MALFORMED`, `READINGS_BUNDLE_KEY_UNKNOWN`, `READINGS_BUNDLE_FORGED`,
 *   `READINGS_BUNDLE_TOO_LARGE`
 */
export async function openBundle(message: Uint8Array, publicKey: string): Promise<unknown> {
  if (message.length > MOST_TEXT + AROUND_BYTES) throw tooLarge(message.length);
  const envelope = envelopeSchema.safeParse(parsed(message));
  if (!envelope.success) throw malformed('the message is no bundle');
  const { key, signed, signature } = envelope.data;
  if (key !== bundleKeyId(publicKey)) throw unknownKey(key);
  const packed = Buffer.from(signed, 'base64');
  if (!isSigned(packed, signature, publicKey)) throw forged();
  return parsed(await unpacked(packed)) ?? refuseEmpty();
}

/** A signature for a bundle is good for nothing else. */
function signedPart(packed: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from('caretaker bundle\n'), packed]);
}

function isSigned(packed: Uint8Array, signature: string, publicKey: string): boolean {
  try {
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: publicKey },
      format: 'jwk',
    });
    return verify(null, signedPart(packed), key, Buffer.from(signature, 'base64url'));
  } catch {
    // Not every 32 bytes are a key.
    return false;
  }
}

async function unpacked(packed: Uint8Array): Promise<Buffer> {
  try {
    return await unpack(packed, { maxOutputLength: bundleLimits.payloadBytes });
  } catch (error) {
    const long = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw long ? tooLarge(null) : malformed('what was signed cannot be unpacked');
  }
}

/** @returns null when it is not JSON */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  } catch {
    return null;
  }
}

function refuseEmpty(): never {
  throw malformed('what was signed is no JSON');
}

function malformed(why: string): CaretakerError {
  return new CaretakerError({
    code: 'READINGS_BUNDLE_MALFORMED',
    message: `The configuration cannot be read: ${why}.`,
    next: 'Bring cloud and gateway to the same version.',
  });
}

function unknownKey(key: string): CaretakerError {
  return new CaretakerError({
    code: 'READINGS_BUNDLE_KEY_UNKNOWN',
    message: `The configuration is signed with the key ${key}, and this gateway believes another one.`,
    next: 'If the cloud was set up anew, enrol the gateway with a new code; else find out who sends it.',
  });
}

function forged(): CaretakerError {
  return new CaretakerError({
    code: 'READINGS_BUNDLE_FORGED',
    message: 'The signature of the configuration is not that of the key it names.',
    next: 'Find out who publishes on the way between cloud and gateway.',
  });
}

function tooLarge(bytes: number | null): CaretakerError {
  const size = bytes === null ? 'more' : `${bytes} bytes`;
  return new CaretakerError({
    code: 'READINGS_BUNDLE_TOO_LARGE',
    message: `The configuration takes ${size}; ${bundleLimits.payloadBytes} are allowed, and ${bundleLimits.packedBytes} compressed.`,
    next: 'Divide the estate among several gateways.',
  });
}
