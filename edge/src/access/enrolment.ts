import { createPrivateKey } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { CaretakerError } from '@caretaker/readings/base';
import { type EnrolAnswer, type GatewayKey, newGatewayKey } from '@caretaker/readings/uplink';
import { z } from 'zod';
import { readPrivate, writePrivate } from './private-file.ts';

const identitySchema = z.strictObject({
  version: z.literal(1),
  gateway: z.string(),
  estate: z.string(),
  /** Name that the cloud gave the key. */
  key: z.string(),
  privateKey: z.string(),
  /** When the cloud took the key, by its clock. */
  created: z.int(),
});

/** Who a gateway is to its cloud. */
export type GatewayIdentity = Readonly<Omit<z.infer<typeof identitySchema>, 'version'>>;

export function identityOf(answer: EnrolAnswer, { privateKey }: GatewayKey): GatewayIdentity {
  const { gateway, estate, key, at } = answer;
  return { gateway, estate, key, privateKey, created: at };
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

/**
 * A mark of the file that changes whenever its content does; empty when there is none.
 */
export async function identityMark(directory: string): Promise<string> {
  try {
    const { mtimeMs, ino, size, mode } = await stat(fileIn(directory));
    return `${mtimeMs} ${ino} ${size} ${mode}`;
  } catch {
    return '';
  }
}

const nextSchema = z.strictObject({ publicKey: z.string(), privateKey: z.string() });

/**
 * The key that is to be the gateway's next. It is on disk before the cloud hears of it, so that a gateway that dies in
 * between asks again with the same one.
 * @returns `tried` when the cloud may have heard of it
 */
export async function nextKey(directory: string): Promise<{ key: GatewayKey; tried: boolean }> {
  const file = nextFileIn(directory);
  const kept = nextSchema.safeParse(parsed(await readPrivate(file)));
  if (kept.success) return { key: kept.data, tried: true };
  const key = newGatewayKey();
  await writePrivate(file, `${JSON.stringify(key)}\n`);
  return { key, tried: false };
}

export async function forgetNextKey(directory: string): Promise<void> {
  await rm(nextFileIn(directory), { force: true });
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function fileIn(directory: string): string {
  return path.join(directory, 'gateway-key.json');
}

function nextFileIn(directory: string): string {
  return path.join(directory, 'gateway-key-next.json');
}
