import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type FileStore, hashAt, placeOf, storeUnavailable } from './store.ts';

/** Content in a folder of this machine, which nobody else may read. */
export class DiskStore implements FileStore {
  readonly #folder: string;
  readonly #drafts: string;

  /** @param drafts a folder on the same disk for what is not whole yet */
  constructor(folder: string, drafts: string) {
    this.#folder = folder;
    this.#drafts = drafts;
  }

  async put(hash: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const file = join(this.#folder, placeOf(hash));
    try {
      const there = await stat(file).catch(() => null);
      // What was cut short by a disk that failed is written anew.
      if (there?.size === bytes.length) return;
      await this.#write(file, bytes);
    } catch (cause) {
      throw storeUnavailable(cause);
    }
  }

  async open(hash: string) {
    try {
      const handle = await open(join(this.#folder, placeOf(hash)));
      const { size } = await handle.stat();
      return { bytes: size, stream: createReadStream('', { fd: handle }) };
    } catch (cause) {
      if (isMissing(cause)) return null;
      throw storeUnavailable(cause);
    }
  }

  async remove(hash: string): Promise<void> {
    try {
      await rm(join(this.#folder, placeOf(hash)), { force: true });
    } catch (cause) {
      throw storeUnavailable(cause);
    }
  }

  async *list() {
    for (const folder of await namesIn(this.#folder)) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      for (const name of await namesIn(join(this.#folder, folder))) {
        const hash = hashAt(`${folder}/${name}`);
        const there = await stat(join(this.#folder, folder, name)).catch(() => null);
        if (hash !== null && there !== null) yield { hash, at: there.mtimeMs };
      }
    }
  }

  /** Whole and on the disk before it has its name. */
  async #write(file: string, bytes: Uint8Array): Promise<void> {
    const draft = join(this.#drafts, randomUUID());
    try {
      const handle = await open(draft, 'wx', 0o600);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      const made = await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await rename(draft, file);
      await syncFolder(dirname(file));
      if (made !== undefined) await syncFolder(this.#folder);
    } finally {
      await rm(draft, { force: true });
    }
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((cause) => {
    if (isMissing(cause)) return [];
    throw storeUnavailable(cause);
  });
}

const isMissing = (cause: unknown) => (cause as NodeJS.ErrnoException).code === 'ENOENT';
