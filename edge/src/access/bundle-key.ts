import { rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { readPrivate, writePrivate } from './private-file.ts';

const pinSchema = z.strictObject({
  version: z.literal(1),
  gateway: z.string(),
  publicKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});

/**
 * Pins the key by which this gateway believes configuration, beside its own key in `bundle-key.json` of the data
 * folder. An enrolment replaces it; nothing else does.
 * @param publicKey null when the cloud signs none
 */
export async function pinBundleKey(
  directory: string,
  gateway: string,
  publicKey: string | null,
): Promise<void> {
  const file = fileIn(directory);
  if (publicKey === null) await rm(file, { force: true });
  else await writePrivate(file, `${JSON.stringify({ version: 1, gateway, publicKey })}\n`);
}

/**
 * @returns null when none is pinned, or when the file is not what was written: then no configuration is believed
 * @throws CaretakerError `EDGE_FILE_NOT_PRIVATE`
 */
export async function pinnedBundleKey(directory: string, gateway: string): Promise<string | null> {
  const text = await readPrivate(fileIn(directory));
  try {
    const pin = pinSchema.parse(JSON.parse(text ?? ''));
    return pin.gateway === gateway ? pin.publicKey : null;
  } catch {
    return null;
  }
}

function fileIn(directory: string): string {
  return path.join(directory, 'bundle-key.json');
}
