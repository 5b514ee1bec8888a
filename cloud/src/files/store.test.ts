import { createHash } from 'node:crypto';
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/cloud.ts';
import { startS3, wantedSignature } from '../testing/s3-receiver.ts';
import { DiskStore } from './disk-store.ts';
import { S3Store } from './s3-store.ts';
import { type FileStore, placeOf } from './store.ts';

const keys = { key: 'AKIATEST', secret: 'a/secret+of=ours' };
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text));

interface Opened {
  readonly store: FileStore;
  /** Spoils or removes what is kept, behind the store's back. */
  readonly lose: (hash: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

async function onDisk(): Promise<Opened> {
  const folder = await temporaryFolder();
  const drafts = join(folder.path, 'drafts');
  await mkdir(drafts);
  const store = new DiskStore(folder.path, drafts);
  const lose = (hash: string) => writeFile(join(folder.path, placeOf(hash)), 'cut');
  return { store, lose, close: () => folder.remove() };
}

async function onS3(): Promise<Opened> {
  const s3 = await startS3(keys, 2);
  const store = new S3Store({ ...s3, ...keys, region: 'eu-central-1' });
  const lose = async (hash: string) => {
    s3.objects.delete(placeOf(hash));
  };
  return { store, lose, close: () => s3.stop() };
}

describe.each([
  ['a folder', onDisk],
  ['an object storage', onS3],
])('a store of files in %s', (_, begin) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await begin();
  });
  afterAll(() => opened.close());

  it('gives back what it was given, byte by byte', async () => {
    const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => i * 7);
    const hash = hashOf(bytes);
    await opened.store.put(hash, bytes);
    const found = await opened.store.open(hash);
    expect(found?.bytes).toBe(bytes.length);
    expect((await buffer(found?.stream ?? Readable.from([]))).equals(bytes)).toBe(true);
  });

  it('keeps the same content once, and knows what it does not have', async () => {
    const bytes = bytesOf('the same');
    const hash = hashOf(bytes);
    await Promise.all([opened.store.put(hash, bytes), opened.store.put(hash, bytes)]);
    await opened.store.put(hash, bytes);
    const all = await Array.fromAsync(opened.store.list());
    expect(all.filter((each) => each.hash === hash)).toHaveLength(1);
    expect(await opened.store.open(hashOf(bytesOf('another')))).toBeNull();
  });

  it('lists and removes, more than fits on a page', async () => {
    const texts = ['one', 'two', 'three', 'four', 'five'].map(bytesOf);
    for (const bytes of texts) await opened.store.put(hashOf(bytes), bytes);
    const listed = async () => (await Array.fromAsync(opened.store.list())).map(({ hash }) => hash);
    expect(await listed()).toEqual(expect.arrayContaining(texts.map(hashOf)));
    for (const bytes of texts) await opened.store.remove(hashOf(bytes));
    await opened.store.remove(hashOf(bytesOf('never')));
    const left = await listed();
    for (const bytes of texts) expect(left).not.toContain(hashOf(bytes));
  });

  it('says when content came', async () => {
    const bytes = bytesOf('just now');
    await opened.store.put(hashOf(bytes), bytes);
    const all = await Array.fromAsync(opened.store.list());
    const found = all.find(({ hash }) => hash === hashOf(bytes));
    expect(Math.abs((found?.at ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('writes anew what was lost', async () => {
    const bytes = bytesOf('lost and found');
    const hash = hashOf(bytes);
    await opened.store.put(hash, bytes);
    await opened.lose(hash);
    await opened.store.put(hash, bytes);
    const found = await opened.store.open(hash);
    expect(found?.bytes).toBe(bytes.length);
    // Whoever does not read it lets go of it: a file left open ends the process once it is collected.
    found?.stream.destroy();
  });
});

describe('a store of files in a folder', () => {
  it('lets nobody else read, and leaves nothing half-way', async () => {
    const folder = await temporaryFolder();
    const drafts = join(folder.path, 'drafts');
    await mkdir(drafts);
    const store = new DiskStore(folder.path, drafts);
    const bytes = bytesOf('private');
    const file = join(folder.path, placeOf(hashOf(bytes)));
    await store.put(hashOf(bytes), bytes);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(file, '..'))).mode & 0o777).toBe(0o700);
    expect(await readdir(drafts)).toEqual([]);
    const at = new Date(1_700_000_000_000);
    await utimes(file, at, at);
    await writeFile(join(file, '..', 'not-ours'), '');
    const [only, ...more] = await Array.fromAsync(store.list());
    expect(only).toEqual({ hash: hashOf(bytes), at: at.getTime() });
    expect(more).toEqual([]);
    await folder.remove();
    await expect(store.put(hashOf(bytes), bytes)).rejects.toMatchObject({
      code: 'CLOUD_FILE_STORE_UNAVAILABLE',
    });
  });
});

describe('a store of files in an object storage', () => {
  it('says that the storage refuses or is away', async () => {
    const s3 = await startS3(keys);
    const wrong = new S3Store({ ...s3, key: keys.key, secret: 'wrong', region: 'eu-central-1' });
    const right = new S3Store({ ...s3, ...keys, region: 'eu-central-1' });
    const bytes = bytesOf('x');
    const unavailable = { code: 'CLOUD_FILE_STORE_UNAVAILABLE' };
    await expect(wrong.put(hashOf(bytes), bytes)).rejects.toMatchObject(unavailable);
    // Not what it is said to be: cut on its way.
    await expect(right.put(hashOf(bytes), bytesOf('y'))).rejects.toMatchObject(unavailable);
    expect(s3.objects.size).toBe(0);
    s3.refuse = 503;
    await expect(right.open(hashOf(bytes))).rejects.toMatchObject(unavailable);
    await s3.stop();
    await expect(right.remove(hashOf(bytes))).rejects.toMatchObject(unavailable);
  });

  it('is tried with signatures that are those of the published examples', () => {
    const example = {
      key: 'AKIAIOSFODNN7EXAMPLE',
      secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    };
    const credential = `Credential=${example.key}/20130524/us-east-1/s3/aws4_request`;
    const common = { host: 'examplebucket.s3.amazonaws.com', 'x-amz-date': '20130524T000000Z' };
    const empty = hashOf(bytesOf(''));
    const get = 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41';
    const list = '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7';
    const got = wantedSignature(
      {
        method: 'GET',
        url: '/test.txt',
        headers: {
          ...{ ...common, range: 'bytes=0-9', 'x-amz-content-sha256': empty },
          authorization: `AWS4-HMAC-SHA256 ${credential},SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=${get}`,
        },
      },
      example,
    );
    expect(got).toEqual({ given: get, wanted: get });
    const listed = wantedSignature(
      {
        method: 'GET',
        url: '/?max-keys=2&prefix=J',
        headers: {
          ...{ ...common, 'x-amz-content-sha256': empty },
          authorization: `AWS4-HMAC-SHA256 ${credential},SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=${list}`,
        },
      },
      example,
    );
    expect(listed).toEqual({ given: list, wanted: list });
  });
});
