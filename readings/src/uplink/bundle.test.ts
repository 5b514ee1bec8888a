import { createPrivateKey, sign } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundleKeyId, bundleLimits, newBundleKey, openBundle, sealBundle } from './index.ts';

const key = newBundleKey();
const payload = { format: 1, gateway: 'yard-1', name: '花园苑' };
const bytes = (text: string) => Buffer.from(text);
const codeOf = (message: string | Uint8Array, publicKey = key.publicKey) =>
  openBundle(typeof message === 'string' ? bytes(message) : message, publicKey).then(
    () => 'opened',
    (error: { code?: string }) => error.code,
  );

/** A message with any compressed content, signed as the key signs. */
function signed(packed: Buffer, text = 'caretaker bundle\n'): string {
  const content = Buffer.concat([bytes(text), packed]);
  return JSON.stringify({
    type: 'bundle',
    key: bundleKeyId(key.publicKey),
    signed: packed.toString('base64'),
    signature: sign(null, content, createPrivateKey(key.privateKey)).toString('base64url'),
  });
}

describe('a bundle', () => {
  it('is opened by the key that it was sealed for', async () => {
    expect(await openBundle(bytes(await sealBundle(payload, key)), key.publicKey)).toEqual(payload);
  });

  it('is refused with any byte of it changed', async () => {
    const message = await sealBundle(payload, key);
    const places = fc.tuple(fc.nat(message.length - 1), fc.integer({ min: 33, max: 126 }));
    await fc.assert(
      fc.asyncProperty(places, async ([at, letter]) => {
        const other = bytes(message);
        other[at] = letter;
        const opened = await openBundle(other, key.publicKey).catch(() => null);
        // What stays the same in what was signed stays good: a letter as it was, or the name of the last bits.
        if (opened !== null) expect(opened).toEqual(payload);
      }),
    );
  });

  it('is not unpacked when it is of another key, or forged', async () => {
    const message = JSON.parse(await sealBundle(payload, key));
    const other = newBundleKey();
    expect(await codeOf(JSON.stringify(message), other.publicKey)).toBe(
      'READINGS_BUNDLE_KEY_UNKNOWN',
    );
    const forged = JSON.parse(await sealBundle({ ...payload, gateway: 'yard-2' }, other));
    const named = JSON.stringify({ ...forged, key: bundleKeyId(key.publicKey) });
    expect(await codeOf(named)).toBe('READINGS_BUNDLE_FORGED');
    const swapped = JSON.stringify({ ...message, signed: forged.signed });
    expect(await codeOf(swapped)).toBe('READINGS_BUNDLE_FORGED');
  });

  it('is not taken for something else that the key has signed, nor that for it', async () => {
    const packed = zstdCompressSync(bytes(JSON.stringify(payload)));
    expect(await codeOf(signed(packed))).toBe('opened');
    expect(await codeOf(signed(packed, ''))).toBe('READINGS_BUNDLE_FORGED');
    expect(await codeOf(signed(packed, 'caretaker rotation\n'))).toBe('READINGS_BUNDLE_FORGED');
  });

  it('is refused when it is no bundle', async () => {
    for (const message of ['', 'nonsense', '[]', '{"type":"bundle"}', await sealBundle(1, key)]) {
      const cut = message.slice(0, -40);
      expect(await codeOf(cut)).toBe('READINGS_BUNDLE_MALFORMED');
    }
    expect(await codeOf(signed(bytes('not packed')))).toBe('READINGS_BUNDLE_MALFORMED');
    expect(await codeOf(signed(zstdCompressSync(bytes('no JSON'))))).toBe(
      'READINGS_BUNDLE_MALFORMED',
    );
  });

  it('never unpacks beyond its bound', async () => {
    const bomb = zstdCompressSync(Buffer.alloc(bundleLimits.payloadBytes + 1, 0x20));
    expect(bomb.length).toBeLessThan(100_000);
    expect(await codeOf(signed(bomb))).toBe('READINGS_BUNDLE_TOO_LARGE');
    expect(await codeOf(Buffer.alloc(bundleLimits.packedBytes * 2))).toBe(
      'READINGS_BUNDLE_TOO_LARGE',
    );
    const large = 'x'.repeat(bundleLimits.payloadBytes);
    await expect(sealBundle({ large }, key)).rejects.toMatchObject({
      code: 'READINGS_BUNDLE_TOO_LARGE',
    });
  });
});
