import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { CaretakerError } from '@caretaker/readings/base';

/** Seals what has to be read again, such as the secret of a second factor, so that the database alone gives nothing away. */
export interface Vault {
  /** @param owner whose it is: sealed text that is moved to another row does not open */
  seal(text: string, owner: string): string;
  /** @throws CaretakerError `CLOUD_SECRET_SEALED` when another key or owner sealed it, or it was changed */
  open(sealed: string, owner: string): string;
}

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * The vault of one data folder; its key is made when there is none.
 * @param file of the key, readable by its owner alone
 * @throws CaretakerError `CLOUD_KEY_UNREADABLE`
 */
export function openVault(file: string): Vault {
  const key = readKey(file) ?? makeKey(file);
  return {
    seal(text, owner) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(owner));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return `v1.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
    },
    open(sealed, owner) {
      try {
        if (!sealed.startsWith('v1.')) throw new Error('not sealed by this version');
        const bytes = Buffer.from(sealed.slice(3), 'base64url');
        const tag = bytes.subarray(nonceBytes, nonceBytes + tagBytes);
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {
          authTagLength: tagBytes,
        });
        decipher.setAAD(Buffer.from(owner)).setAuthTag(tag);
        const body = decipher.update(bytes.subarray(nonceBytes + tagBytes));
        return Buffer.concat([body, decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new CaretakerError(
          {
            code: 'CLOUD_SECRET_SEALED',
            message: 'A sealed secret cannot be opened with the key of this data folder.',
            next: 'Restore secrets.key together with the database, or set the second factor up anew.',
            where: file,
          },
          { cause },
        );
      }
    },
  };
}

function readKey(file: string): Buffer | null {
  let text: string;
  let mode: number;
  try {
    text = readFileSync(file, 'utf8');
    mode = statSync(file).mode;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw unreadable(file, 'cannot be read', cause);
  }
  if ((mode & 0o077) !== 0) throw unreadable(file, 'can be read by others (chmod 600)');
  const key = Buffer.from(text.trim(), 'base64url');
  if (key.length !== keyBytes) throw unreadable(file, 'is damaged');
  return key;
}

function makeKey(file: string): Buffer {
  const key = randomBytes(keyBytes);
  try {
    // Written whole before it has its name: neither half a key nor, of two that start at once, two keys.
    const draft = `${file}.${randomBytes(6).toString('hex')}`;
    const handle = openSync(draft, 'wx', 0o600);
    try {
      fchmodSync(handle, 0o600);
      writeSync(handle, `${key.toString('base64url')}\n`);
      fsyncSync(handle);
      linkSync(draft, file);
    } finally {
      closeSync(handle);
      unlinkSync(draft);
    }
    const folder = openSync(dirname(file), 'r');
    fsyncSync(folder);
    closeSync(folder);
    return key;
  } catch (cause) {
    throw unreadable(file, 'cannot be written', cause);
  }
}

function unreadable(file: string, what: string, cause?: unknown): CaretakerError {
  return new CaretakerError(
    {
      code: 'CLOUD_KEY_UNREADABLE',
      message: `The key file ${what}.`,
      next: 'Check the file and its rights, or restore it from a backup.',
      where: file,
    },
    { cause },
  );
}
