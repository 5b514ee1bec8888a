import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writePrivate } from '../access/private-file.ts';
import { isMissing } from '../journal/files.ts';

/** Which of the two kept bundles. */
export type Which = 'last' | 'previous';

/**
 * The bundles of a gateway as they came, in `bundle.json` and `bundle-previous.json` of its data folder. Their signature
 * says whether they are whole.
 */
export class KeptBundles {
  readonly #files: Readonly<Record<Which, string>>;

  constructor(directory: string) {
    this.#files = {
      last: path.join(directory, 'bundle.json'),
      previous: path.join(directory, 'bundle-previous.json'),
    };
  }

  /** @returns null when there is none */
  async read(which: Which): Promise<Uint8Array | null> {
    try {
      return await readFile(this.#files[which]);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /**
   * Keeps a bundle that is in force. After a crash at any instant `bundle.json` is the old or the new one, whole.
   * @param good whether the present one is fit to be gone back to
   */
  async replace(message: Uint8Array, good: boolean): Promise<void> {
    const present = good ? await this.read('last') : null;
    if (present !== null) await writePrivate(this.#files.previous, textOf(present));
    await writePrivate(this.#files.last, textOf(message));
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
