import { createHash, randomBytes } from 'node:crypto';

/** Letters and digits that are not mistaken for each other when read out or copied by hand. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** 256 random bits for a cookie or header, 43 characters after the prefix. */
export function randomToken(prefix = ''): string {
  return prefix + randomBytes(32).toString('base64url');
}

/** Whether a text can be a token at all; saves the database what cannot. */
export function isToken(text: string, prefix = ''): boolean {
  return text.startsWith(prefix) && /^[\w-]{43}$/.test(text.slice(prefix.length));
}

/** A code for a person to type: groups of four characters, 20 random bits each. */
export function readableCode(groups: number): string {
  const letters = [...randomBytes(groups * 4)].map((byte) => alphabet.charAt(byte & 31));
  return Array.from({ length: groups }, (_, i) => letters.slice(i * 4, i * 4 + 4).join('')).join(
    '-',
  );
}

/** A typed code as it was given out: without case, spaces and dashes, and with look-alikes mended. */
export function plainCode(typed: string): string {
  return typed
    .slice(0, 200)
    .toLowerCase()
    .replaceAll(/[\s-]/g, '')
    .replaceAll('o', '0')
    .replaceAll(/[il]/g, '1');
}

/**
 * What is kept of a token or code. A plain SHA-256 is enough for random values of 80 bits and more: there is
 * nothing to guess, and a slow hash would be paid at every request.
 */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
