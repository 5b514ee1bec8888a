import { createHmac, randomBytes } from 'node:crypto';

const SECRET_BYTES = 20;
const SALT_BYTES = 32;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * A new secret of a device: 160 random bits as 32 letters and digits of RFC 4648 base32, which can be typed
 * from paper into the page of a device.
 */
export function newDeviceSecret(): string {
  let secret = '';
  let bits = 0;
  let held = 0;
  for (const byte of randomBytes(SECRET_BYTES)) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      secret += ALPHABET[(held >>> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return secret;
}

/** A new key for `deviceDigest`, 64 hex digits. */
export function newDeviceSalt(): string {
  return randomBytes(SALT_BYTES).toString('hex');
}

/**
 * What is kept of a device's secret: HMAC-SHA-256 under a key, with the name of its owner.
 *
 * A slow hash such as scrypt makes guessing dear where people choose passwords. These secrets are never
 * chosen: nobody guesses 160 random bits, however fast the hash. What a slow one would cost is all of a
 * gateway's processor for minutes when every device comes back after a power cut; docs/devices-access.md has
 * the measurement.
 *
 * @param salt a key of the gateway that lies in another file, or one of this secret alone; 64 hex digits
 */
export function deviceDigest(salt: string, owner: string, secret: string): string {
  return createHmac('sha256', Buffer.from(salt, 'hex')).update(`${owner}\n${secret}`).digest('hex');
}
