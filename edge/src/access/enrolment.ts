import { createPrivateKey } from 'node:crypto';
import path from 'node:path';
import { CaretakerError } from '@caretaker/readings/base';
import type { EnrolAnswer, GatewayKey } from '@caretaker/readings/uplink';
import { z } from 'zod';
import { readPrivate, writePrivate } from './private-file.ts';

const identitySchema = z.strictObject({
  version: z.literal(1),
  gateway: z.string(),
  estate: z.string(),
  /** Name that the cloud gave the key. */
  key: z.string(),
  privateKey: z.string(),
});

/** Who a gateway is to its cloud. */
export type GatewayIdentity = Readonly<Omit<z.infer<typeof identitySchema>, 'version'>>;

export function identityOf(answer: EnrolAnswer, { privateKey }: GatewayKey): GatewayIdentity {
  const { gateway, estate, key } = answer;
  return { gateway, estate, key, privateKey };
}

/**
 * How far the cloud's clock is ahead of ours, from the `Date` of any answer of its API. A gateway without NTP
 * starts in 1970 and would be refused for ever; it asks once and adds this.
 *
 * @param sentAt our clock when the request left, `receivedAt` when the answer was there, epoch milliseconds
 * @returns null when the header cannot be read, or when the answer took too long to tell
 */
export function cloudOffset(
  date: string | null,
  sentAt: number,
  receivedAt: number,
): number | null {
  const cloud = date === null ? Number.NaN : Date.parse(date);
  const took = receivedAt - sentAt;
  if (Number.isNaN(cloud) || took < 0 || took > SLOWEST_ANSWER_MS) return null;
  // The header counts whole seconds: on average it says half a second too little.
  return Math.round(cloud + 500 - (sentAt + took / 2));
}

const SLOWEST_ANSWER_MS = 60_000;

/** Keeps the identity in `gateway-key.json` of the data folder, readable to its owner alone. */
export async function saveIdentity(directory: string, identity: GatewayIdentity): Promise<void> {
  await writePrivate(fileIn(directory), `${JSON.stringify({ version: 1, ...identity })}\n`);
}

/**
 * @returns null before the gateway has enrolled
 * @throws CaretakerError `EDGE_IDENTITY_DAMAGED`, `EDGE_FILE_NOT_PRIVATE`
 */
export async function loadIdentity(directory: string): Promise<GatewayIdentity | null> {
  const file = fileIn(directory);
  const text = await readPrivate(file);
  if (text === null) return null;
  try {
    const { version: _, ...identity } = identitySchema.parse(JSON.parse(text));
    createPrivateKey(identity.privateKey);
    return identity;
  } catch {
    // Without its cause, which may show a part of the key.
    throw new CaretakerError({
      code: 'EDGE_IDENTITY_DAMAGED',
      message: `The key of this gateway in ${file} is not what was written.`,
      next: 'Bring it back from a backup, or enrol the gateway again with a new code.',
      where: file,
    });
  }
}

function fileIn(directory: string): string {
  return path.join(directory, 'gateway-key.json');
}
