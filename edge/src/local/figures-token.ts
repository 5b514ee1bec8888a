import { timingSafeEqual } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { digestOf, isToken, randomToken } from '@caretaker/readings/secrets';
import { readPrivate, writePrivate } from '../access/private-file.ts';

/**
 * The token by which programs of this machine, such as Prometheus, read the gateway's figures: in
 * `metrics-token` of its data folder, made at the first start. Whoever deletes the file gets a new one at the
 * next start.
 * @throws CaretakerError `EDGE_FILE_NOT_PRIVATE`
 */
export async function figuresToken(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const file = path.join(directory, 'metrics-token');
  const kept = (await readPrivate(file))?.trim() ?? '';
  if (isToken(kept)) return kept;
  const token = randomToken();
  await writePrivate(file, `${token}\n`);
  return token;
}

/** Whether the header carries the token; in a time that does not tell how much of it is right. */
export function bears(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (given === undefined) return false;
  return timingSafeEqual(Buffer.from(digestOf(given)), Buffer.from(digestOf(token)));
}
