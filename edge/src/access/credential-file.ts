import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CaretakerError, type Clock, FaultsError } from '@caretaker/readings/base';
import { isMissing } from '../journal/files.ts';
import { type Credential, formatCredentials, parseCredentials } from './credential.ts';
import { readPrivate, writePrivate } from './private-file.ts';
import { newPepper } from './secret.ts';

const LOCK_RETRY_MS = 20;
const LOCK_PATIENCE_MS = 5_000;

/** What the two files hold; the pepper is null as long as there is no credential. */
export interface Kept {
  readonly credentials: readonly Credential[];
  readonly pepper: string | null;
}

/**
 * `credentials.json` and `credentials.key` in the gateway's data folder. They are changed by the gateway and by
 * the command line alike: under a lock of the operating system, and each time as a whole.
 */
export class CredentialFile {
  readonly #file: string;
  readonly #keyFile: string;
  readonly #lockFile: string;
  readonly #clock: Clock;

  constructor(directory: string, clock: Clock) {
    this.#file = path.join(directory, 'credentials.json');
    this.#keyFile = path.join(directory, 'credentials.key');
    this.#lockFile = path.join(directory, 'credentials.lock');
    this.#clock = clock;
  }

  /** Another text whenever the file is another one. */
  async mark(): Promise<string> {
    try {
      const { ino, mtimeNs, size } = await stat(this.#file, { bigint: true });
      return `${ino}:${mtimeNs}:${size}`;
    } catch (error) {
      if (isMissing(error)) return 'none';
      throw error;
    }
  }

  /** @throws FaultsError `EDGE_CREDENTIALS` with everything that is wrong */
  async read(): Promise<Kept> {
    const [text, key] = await Promise.all([readPrivate(this.#file), readPrivate(this.#keyFile)]);
    const pepper = key?.trim() ?? null;
    if (text === null) return { credentials: [], pepper };
    const credentials = parseCredentials(text, this.#file);
    if (pepper !== null && /^[0-9a-f]{64}$/.test(pepper)) return { credentials, pepper };
    throw new FaultsError('EDGE_CREDENTIALS', 'The credentials of devices cannot be used:', [
      {
        code: 'EDGE_CREDENTIALS_KEY',
        message: 'The key of the credentials is missing, or not what was written',
        next: 'bring it back from a backup; without it every device needs a new credential',
        where: this.#keyFile,
      },
    ]);
  }

  /**
   * Changes the credentials, one change at a time among all processes.
   * @throws CaretakerError `EDGE_CREDENTIALS_BUSY`, and what `read` and `change` throw
   */
  async change(change: (kept: Kept & { pepper: string }) => readonly Credential[]): Promise<Kept> {
    const free = await this.#lock();
    try {
      const kept = await this.read();
      const pepper = kept.pepper ?? newPepper();
      const credentials = change({ ...kept, pepper });
      // Validated like any other content, so that nothing is written that cannot be read again.
      const text = formatCredentials(credentials);
      parseCredentials(text, this.#file);
      if (kept.pepper === null) await writePrivate(this.#keyFile, `${pepper}\n`);
      await writePrivate(this.#file, text);
      return { credentials, pepper };
    } finally {
      free();
    }
  }

  /** The lock of an SQLite file: the system frees it when its holder dies. */
  async #lock(): Promise<() => void> {
    const since = this.#clock.monotonic();
    await (await open(this.#lockFile, 'a', 0o600)).close();
    const holder = new DatabaseSync(this.#lockFile);
    for (;;) {
      try {
        holder.exec('begin exclusive');
        return () => holder.close();
      } catch (cause) {
        if (this.#clock.monotonic() - since < LOCK_PATIENCE_MS) {
          await new Promise<void>((resolve) => this.#clock.after(LOCK_RETRY_MS, resolve));
          continue;
        }
        holder.close();
        throw new CaretakerError(
          {
            code: 'EDGE_CREDENTIALS_BUSY',
            message: 'Another program is changing the credentials.',
            next: 'Try again.',
          },
          { cause },
        );
      }
    }
  }
}
