import { open } from 'node:fs/promises';
import path from 'node:path';
import { isMissing, syncDirectory } from '../journal/files.ts';

/** Brings what was deployed to the disk itself: a confined process may not ask for that. */
export async function keepFlows(directory: string): Promise<void> {
  for (const name of ['flows.json', 'flows_cred.json']) {
    try {
      const handle = await open(path.join(directory, name), 'r+');
      await handle.sync().finally(() => handle.close());
    } catch (error) {
      // Nothing was deployed yet, or without credentials.
      if (!isMissing(error)) throw error;
    }
  }
  await syncDirectory(directory);
}
