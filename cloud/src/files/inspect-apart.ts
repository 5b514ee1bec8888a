import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { CaretakerError, type Clock, type Fault } from '@caretaker/readings/base';
import { inspect } from './inspect.ts';
import { expands, type Inspected, type Wishes } from './types.ts';

interface Order extends Wishes {
  readonly path: string;
}

/** A file as it is kept, and the SHA-256 of what is kept. */
export interface Hashed extends Inspected {
  readonly hash: string;
}

/** What crosses from the worker: errors lose their fields on the way. */
type Sent = { readonly file: Hashed } | { readonly fault: Fault };

/** A file that takes more than this to be looked into is made to. */
const longest = 20_000;
const resourceLimits = { maxOldGenerationSizeMb: 384, maxYoungGenerationSizeMb: 64 };

/** @returns what the worker posts */
export async function send({ path, keepLocation }: Order): Promise<Sent> {
  try {
    const file = await inspect(await readFile(path), { keepLocation });
    const hash = createHash('sha256').update(file.bytes).digest('hex');
    // A memory of its own, which can be handed over.
    return { file: { ...file, hash, bytes: new Uint8Array(file.bytes) } };
  } catch (error) {
    if (!(error instanceof CaretakerError)) throw error;
    const { code, message, next } = error;
    return { fault: next === undefined ? { code, message } : { code, message, next } };
  }
}

/**
 * The same as `inspect` for a file on the disk, in a thread of its own with limits to its time and memory: what
 * strangers send cannot hold up the cloud.
 * @throws CaretakerError what `inspect` throws
 */
export async function inspectApart(
  order: Order,
  clock: Clock,
  stopped: AbortSignal,
): Promise<Hashed> {
  stopped.throwIfAborted();
  const url = new URL('./inspect-worker.ts', import.meta.url);
  const worker = new Worker(url, { workerData: order, resourceLimits });
  const { promise, resolve, reject } = Promise.withResolvers<Sent>();
  worker.once('message', resolve);
  worker.once('error', (error) => reject(isOutOfMemory(error) ? tooMuch() : error));
  worker.once('exit', (code) => reject(new Error(`the worker ended with ${code}`)));
  const giveUp = () => reject(stopped.reason);
  stopped.addEventListener('abort', giveUp);
  const cancel = clock.after(longest, () => reject(tooMuch()));
  try {
    const sent = await promise;
    if ('fault' in sent) throw new CaretakerError(sent.fault);
    return sent.file;
  } finally {
    cancel();
    stopped.removeEventListener('abort', giveUp);
    await worker.terminate();
  }
}

const tooMuch = () => expands('It takes too much to look into the file');

const isOutOfMemory = (error: unknown) =>
  (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
