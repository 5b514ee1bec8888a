import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { type Bundle, readBundle } from '@caretaker/devices/model';
import { CaretakerError, type Fault } from '@caretaker/readings/base';
import { openBundle } from '@caretaker/readings/uplink';
import { z } from 'zod';

/** A bundle whose signature is right. */
export interface Signed {
  readonly gateway: string | null;
  /** Null when it cannot be read. */
  readonly version: number | null;
  /** The same for the same content, under any signature. */
  readonly digest: string;
  /** The whole of it, or why it cannot be used. */
  readonly content: { readonly bundle: Bundle } | { readonly fault: Fault };
}

/** An estate that takes more is none that a gateway could serve. */
const resourceLimits = { maxOldGenerationSizeMb: 512 };

/** What crosses from the worker: errors lose their fields on the way. */
export type Sent = { readonly signed: Signed } | { readonly fault: Fault };

const headSchema = z.object({
  gateway: z.string().nullable().catch(null),
  version: z.int().positive().nullable().catch(null),
});

/**
 * Verifies a bundle and reads it.
 * @param key the public key that is believed
 * @throws CaretakerError what `openBundle` throws
 */
export async function readSigned(message: Uint8Array, key: string): Promise<Signed> {
  const payload = await openBundle(message, key);
  const head = headSchema.safeParse(payload);
  const { gateway, version } = head.success ? head.data : { gateway: null, version: null };
  const digest = createHash('sha256').update(JSON.stringify(payload)).digest('base64url');
  try {
    return { gateway, version, digest, content: { bundle: readBundle(payload) } };
  } catch (error) {
    if (!(error instanceof CaretakerError)) throw error;
    return { gateway, version, digest, content: { fault: plain(error) } };
  }
}

/** @returns what the worker posts */
export async function send(message: Uint8Array, key: string): Promise<Sent> {
  try {
    return { signed: await readSigned(message, key) };
  } catch (error) {
    if (!(error instanceof CaretakerError)) throw error;
    return { fault: plain(error) };
  }
}

/** The same as `readSigned` in a thread of its own: of 10,000 points it takes long enough to be felt by devices. */
export async function readSignedApart(message: Uint8Array, key: string): Promise<Signed> {
  const url = new URL('./read-worker.ts', import.meta.url);
  const worker = new Worker(url, { workerData: { message, key }, resourceLimits });
  const sent = await new Promise<Sent>((done, fail) => {
    worker.once('message', done);
    worker.once('error', fail);
    worker.once('exit', (code) => fail(new Error(`the worker ended with ${code}`)));
  });
  if ('fault' in sent) throw new CaretakerError(sent.fault);
  return sent.signed;
}

function plain({ code, message, next, where }: CaretakerError): Fault {
  return {
    code,
    message,
    ...(next === undefined ? {} : { next }),
    ...(where === undefined ? {} : { where }),
  };
}
