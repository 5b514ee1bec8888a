import { createHmac } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '@caretaker/readings/base';
import { patient } from '@caretaker/readings/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { post } from './webhook.ts';

interface Request {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Server;
let url: string;
let requests: Request[];
let answers: ((response: ServerResponse) => void)[];
/** Pauses, in milliseconds. */
let pauses: number[];
/** Whether the time of an answer passes. */
let late: boolean;
let ended: AbortController;

const status = (code: number) => (response: ServerResponse) => void response.writeHead(code).end();
const never = () => {};
const answerMs = 2_000;

/** Pauses pass at once; the time for an answer only when the test says so. */
const clock: Clock = {
  ...systemClock,
  now: () => 1_700_000_000_000,
  after(ms, task) {
    if (ms === answerMs && !late) return never;
    if (ms !== answerMs) pauses.push(ms);
    // Behind a request that is on its way.
    return systemClock.after(ms === answerMs ? 50 : 0, task);
  },
};

beforeEach(async () => {
  requests = [];
  answers = [];
  pauses = [];
  late = false;
  ended = new AbortController();
  server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    requests.push({ headers: request.headers, body });
    (answers.shift() ?? status(200))(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/alarms`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const body = '{"rule":"lift-trapped"}';
const send = (secret: string | null = null, to = url) =>
  post({ url: to, body, key: 'yard/lift lift-trapped 1 0', secret, clock, signal: ended.signal });

describe('a webhook', () => {
  it('is posted once, signed over time and body', async () => {
    await send('a secret of some length');
    expect(requests).toHaveLength(1);
    const [request] = requests;
    expect(request?.body).toBe(body);
    const mark = createHmac('sha256', 'a secret of some length')
      .update(`1700000000.${body}`)
      .digest('hex');
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'caretaker-signature': `t=1700000000,v1=${mark}`,
      'idempotency-key': expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('goes out unsigned without a secret', async () => {
    await send();
    expect(requests[0]?.headers['caretaker-signature']).toBeUndefined();
  });

  it('is tried again with the same key while the receiver cannot', async () => {
    answers = [status(503), status(429)];
    await send();
    expect(requests).toHaveLength(3);
    expect(pauses).toEqual([500, 1_500]);
    expect(new Set(requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('is given up after four tries', async () => {
    answers = [500, 502, 503, 504].map(status);
    await expect(send()).rejects.toMatchObject({
      code: 'EDGE_ACTION_FAILED',
      message: 'the address answered 504',
    });
    expect(requests).toHaveLength(4);
  });

  it('is not tried again when it is refused, or sent elsewhere', async () => {
    answers = [status(404)];
    await expect(send()).rejects.toMatchObject({ message: 'the address answered 404' });
    answers = [(response) => void response.writeHead(307, { location: url }).end()];
    await expect(send()).rejects.toMatchObject({ message: 'the address answered 307' });
    expect(requests).toHaveLength(2);
  });

  it('waits 2 s for an answer, each time', async () => {
    answers = [never, never, never, never];
    late = true;
    await expect(send()).rejects.toMatchObject({ message: 'no answer within 2 s' });
    expect(pauses).toEqual([500, 1_500, 5_000]);
  });

  it('says that nobody is there, and not where', async () => {
    const message = expect.stringMatching(/^the address cannot be reached( \([A-Z_]+\))?$/);
    const gone = 'http://127.0.0.1:9/secret';
    await expect(send(null, gone)).rejects.toMatchObject({ message });
    expect(pauses).toHaveLength(3);
  });

  it('ends when it is to end', async () => {
    answers = [never];
    const done = send();
    await vi.waitUntil(() => requests.length > 0, patient);
    ended.abort(new Error('enough'));
    await expect(done).rejects.toThrow('enough');
    expect(requests).toHaveLength(1);
  });
});
