import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { S3mini } from 's3mini';
import type { S3Config } from './config.ts';
import { type FileStore, hashAt, placeOf, storeUnavailable } from './store.ts';

const answerWithin = 30_000;
const pageSize = 1000;

/** Content in an object storage that speaks S3, addressed by path. */
export class S3Store implements FileStore {
  readonly #s3: S3mini;

  constructor({ url, bucket, region, key, secret }: S3Config) {
    this.#s3 = new S3mini({
      endpoint: `${url.replace(/\/+$/, '')}/${bucket}`,
      region,
      accessKeyId: key,
      secretAccessKey: secret,
      requestAbortTimeout: answerWithin,
    });
  }

  async put(hash: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    // The storage refuses what did not arrive as it was sent.
    const sum = { 'x-amz-checksum-sha256': Buffer.from(hash, 'hex').toString('base64') } as const;
    await told(async () => {
      if ((await this.#s3.objectExists(placeOf(hash))) === true) return;
      const type = 'application/octet-stream';
      await this.#s3.putObject(placeOf(hash), bytes, type, undefined, sum, bytes.length);
    });
  }

  open(hash: string) {
    return told(async () => {
      const answer = await this.#s3.getObjectResponse(placeOf(hash));
      if (answer?.body == null) return null;
      const stream = Readable.fromWeb(answer.body as ReadableStream);
      return { bytes: Number(answer.headers.get('content-length')), stream };
    });
  }

  async remove(hash: string): Promise<void> {
    await told(() => this.#s3.deleteObject(placeOf(hash)));
  }

  async *list() {
    let next: string | undefined;
    do {
      const page = await told(() => this.#s3.listObjectsPaged('/', '', pageSize, next));
      for (const { Key, LastModified } of page?.objects ?? []) {
        const hash = hashAt(Key);
        if (hash !== null) yield { hash, at: new Date(LastModified).getTime() };
      }
      next = page?.nextContinuationToken;
    } while (next !== undefined);
  }
}

async function told<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    throw storeUnavailable(cause);
  }
}
