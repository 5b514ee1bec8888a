import { request } from 'node:http';
import type { Grant } from '../identity/principal.ts';
import type { RunningCloud } from './cloud.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed where it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of every kind, looked at by tests
  readonly body: any;
}

/** A raw request: `fetch` sets Host and Origin itself, and keeps cookies to itself. */
export function visit(
  url: string,
  method: string,
  { headers = {}, body }: { headers?: Record<string, string> | undefined; body?: unknown } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = body === undefined ? '' : JSON.stringify(body);
    // Node leaves the length out where it expects no body.
    const length = String(Buffer.byteLength(sent));
    const json = { 'content-type': 'application/json', 'content-length': length };
    const asked = request(
      url,
      { method, headers: { ...(sent === '' ? {} : json), ...headers } },
      (answer) => {
        let text = '';
        const done = () => {
          const { statusCode: status = 0, headers: given } = answer;
          resolve({ status, headers: given, body: parsed(text) });
          answer.destroy();
        };
        // A stream of events never ends by itself.
        if (String(answer.headers['content-type']).startsWith('text/event-stream')) return done();
        answer.setEncoding('utf8');
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', done);
      },
    );
    asked.on('error', reject);
    asked.end(sent);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const goodPassword = 'violet anchor tin meadow';

/** The cookie that an answer gives, as a browser sends it back; null when it gives none. */
export function cookieOf({ headers }: Answer): string | null {
  const [given] = [headers['set-cookie']].flat();
  const found = /^([\w-]+)=([\w-]*);/.exec(given ?? '');
  return found === null || found[2] === '' ? null : `${found[1]}=${found[2]}`;
}

/** Somebody whom the administrator lets in, signed in. */
export async function letIn(
  { url, bearer }: RunningCloud,
  login: string,
  grants: readonly Grant[],
): Promise<{ id: string; cookie: string; headers: Record<string, string> }> {
  const admin = { authorization: `Bearer ${bearer}` };
  const made = await visit(`${url}/api/people`, 'POST', {
    headers: admin,
    body: { login, name: `Name of ${login}`, grants },
  });
  const code = made.body.invite.code;
  const taken = await visit(`${url}/api/invite`, 'POST', {
    body: { code, password: goodPassword },
  });
  const cookie = cookieOf(taken);
  if (cookie === null) throw new Error(`${login} is not let in: ${taken.status}`);
  // As a browser does for a page of ours.
  return { id: made.body.person.id, cookie, headers: { cookie, origin: url } };
}

/** Somebody who was let in before, signed in anew. */
export async function signIn({ url }: RunningCloud, login: string) {
  const body = { login, password: goodPassword };
  const cookie = cookieOf(await visit(`${url}/api/session`, 'POST', { body }));
  if (cookie === null) throw new Error(`${login} cannot sign in`);
  return { headers: { cookie, origin: url } };
}
