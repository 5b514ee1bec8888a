import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Keys {
  readonly key: string;
  readonly secret: string;
}

/** What is signed of a request. */
export interface SignedRequest {
  readonly method: string;
  /** With its query, as sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const hmac = (key: string | Buffer, text: string) =>
  createHmac('sha256', key).update(text).digest();
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The signature that the published rules of AWS Signature Version 4 ask of a request; null for one without. */
export function wantedSignature({ method, url, headers }: SignedRequest, { key, secret }: Keys) {
  const given =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([\w-]+)\/s3\/aws4_request, ?SignedHeaders=([\w;-]+), ?Signature=([0-9a-f]{64})$/.exec(
      String(headers.authorization),
    );
  if (given === null || given[1] !== key) return null;
  const [, , date = '', region = '', names = '', signature = ''] = given;
  const { pathname, searchParams } = new URL(url, 'http://s3.invalid');
  const encode = (text: string) =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const query = [...searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const lines = names.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const content = String(headers['x-amz-content-sha256']);
  const canonical = [method, pathname, query, lines.join(''), names, content].join('\n');
  const scope = `${date}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const signingKey = ['s3', 'aws4_request'].reduce(
    (made, part) => hmac(made, part),
    hmac(hmac(`AWS4${secret}`, date), region),
  );
  return { given: signature, wanted: hmac(signingKey, toSign).toString('hex') };
}

export interface S3Receiver {
  readonly url: string;
  readonly bucket: string;
  /** What is kept, by key. */
  readonly objects: Map<string, { readonly bytes: Buffer; readonly at: Date }>;
  /** Answers everything with this status until it is null. */
  refuse: number | null;
  stop(): Promise<void>;
}

/**
 * A loopback receiver built from the published contract of Amazon S3: objects by path, ListObjectsV2 in pages,
 * signatures of version 4 and checksums. It stands in for an object storage, which no machine of ours has.
 */
export async function startS3(keys: Keys, pageSize = 1000): Promise<S3Receiver> {
  const objects: S3Receiver['objects'] = new Map();
  const bucket = 'caretaker-files';
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    if (receiver.refuse !== null) return fail(response, receiver.refuse, 'SlowDown');
    const { method = '', url = '', headers } = request;
    const signature = wantedSignature({ method, url, headers }, keys);
    if (signature === null || signature.given !== signature.wanted) {
      return fail(response, 403, 'SignatureDoesNotMatch');
    }
    const { pathname, searchParams } = new URL(url, 'http://s3.invalid');
    const [, first, ...rest] = pathname.split('/').map(decodeURIComponent);
    if (first !== bucket) return fail(response, 404, 'NoSuchBucket');
    const key = rest.join('/');
    if (key === '') return list(response, objects, searchParams, pageSize);
    return answer(request, response, objects, key, body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const receiver: S3Receiver = {
    ...{ url: `http://127.0.0.1:${port}`, bucket, objects, refuse: null },
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return receiver;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

function answer(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  objects: S3Receiver['objects'],
  key: string,
  body: Buffer,
): ServerResponse {
  if (method === 'PUT') {
    const sum = headers['x-amz-checksum-sha256'];
    const is = createHash('sha256').update(body).digest('base64');
    if (sum !== undefined && sum !== is) return fail(response, 400, 'BadDigest');
    objects.set(key, { bytes: body, at: new Date() });
    return response.end();
  }
  if (method === 'DELETE') {
    objects.delete(key);
    return response.writeHead(204).end();
  }
  const found = objects.get(key);
  if (found === undefined) return fail(response, 404, 'NoSuchKey');
  response.writeHead(200, { 'content-length': found.bytes.length });
  return response.end(method === 'HEAD' ? undefined : found.bytes);
}

function list(
  response: ServerResponse,
  objects: S3Receiver['objects'],
  query: URLSearchParams,
  pageSize: number,
): ServerResponse {
  if (query.get('list-type') !== '2') return fail(response, 501, 'NotImplemented');
  const after = query.get('continuation-token') ?? '';
  const most = Math.min(pageSize, Number(query.get('max-keys') ?? 1000));
  const keys = [...objects.keys()].sort().filter((key) => key > after);
  const page = keys.slice(0, most);
  const contents = page.map((key) => {
    const { bytes, at } = objects.get(key) ?? { bytes: Buffer.alloc(0), at: new Date(0) };
    return `<Contents><Key>${key}</Key><LastModified>${at.toISOString()}</LastModified><ETag>"x"</ETag><Size>${bytes.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
  });
  const more = keys.length > page.length;
  const token = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  response.writeHead(200, { 'content-type': 'application/xml' });
  return response.end(
    `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${more}</IsTruncated>${token}<KeyCount>${page.length}</KeyCount>${contents.join('')}</ListBucketResult>`,
  );
}

function fail(response: ServerResponse, status: number, code: string): ServerResponse {
  response.writeHead(status, { 'content-type': 'application/xml' });
  return response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}
