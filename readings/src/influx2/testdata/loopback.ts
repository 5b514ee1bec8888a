import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';

export interface Asked {
  readonly method: string;
  /** Path with its query. */
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON unless it is text. */
  readonly body?: unknown;
}

/**
 * A loopback receiver that takes requests down and answers what a test gives it, in the shape that the API of
 * InfluxDB 2.7 is published to have. It keeps nothing and is no InfluxDB: what that does is for the server suite.
 */
export interface Loopback {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** The last answer given for a method and a beginning of a path counts. */
  answer(method: string, path: string, answer: Answer | ((asked: Asked) => Answer)): void;
  close(): Promise<void>;
}

/** One that has every bucket, each made by somebody else, takes every write and holds nothing. */
export async function loopback(): Promise<Loopback> {
  const asked: Asked[] = [];
  const answers: { method: string; path: string; answer: Answer | ((one: Asked) => Answer) }[] = [];
  const server = createServer(async (request, response) => {
    const one = await taken(request);
    asked.push(one);
    const found = answers.findLast(
      ({ method, path }) => one.method === method && one.path.startsWith(path),
    );
    const given = found?.answer ?? { status: 404, body: { code: 'not found', message: 'no path' } };
    const { status = 200, headers, body } = typeof given === 'function' ? given(one) : given;
    const isText = typeof body === 'string';
    response.writeHead(status, {
      'content-type': isText ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8',
      ...headers,
    });
    response.end(body === undefined || isText ? body : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const answer: Loopback['answer'] = (method, path, given) =>
    answers.push({ method, path, answer: given });
  answer('GET', '/ping', { status: 204, headers: { 'x-influxdb-version': 'v2.7.12' } });
  answer('POST', '/api/v2/write', { status: 204 });
  answer('POST', '/api/v2/query', { body: '' });
  answer('POST', '/api/v2/delete', { status: 204 });
  answer('GET', '/api/v2/buckets', (one) => {
    const name = new URL(one.path, 'http://here').searchParams.get('name');
    return { body: { buckets: [{ id: `id-${name}`, name, orgID: 'o1', retentionRules: [] }] } };
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function taken(request: IncomingMessage): Promise<Asked> {
  const isZipped = request.headers['content-encoding'] === 'gzip';
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    authorization: request.headers.authorization,
    body: await text(isZipped ? request.pipe(createGunzip()) : request),
  };
}
