import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Invited, invitedSchema } from '@caretaker/cloud/contract';
import type { BrowserContextOptions } from 'playwright-core';
import type { Sandbox } from './sandbox.ts';

type Place = Pick<Sandbox, 'folder' | 'httpUrl'>;

/** The headers by which a script on this machine proves itself to a cloud that has been started. */
export function scriptHeaders({ folder }: Pick<Sandbox, 'folder'>): Record<string, string> {
  const token = readFileSync(join(folder, 'admin-token'), 'utf8').trim();
  return { authorization: `Bearer ${token}` };
}

/** A password that is nobody's. */
const password = 'plain violet anchor meadow';
let people = 0;

/**
 * Lets somebody in as an administrator does, and signs in as them.
 * @returns what a browser then holds
 */
export async function signedIn(
  place: Place,
  name = 'Wang Wei',
  grants: Invited['person']['grants'] = [{ role: 'administrator', estates: 'all' }],
): Promise<NonNullable<BrowserContextOptions['storageState']>> {
  people += 1;
  const { invite } = invitedSchema.parse(
    await post(place, '/api/people', { login: `person-${people}`, name, grants }),
  );
  const answer = await send(place, '/api/invite', { code: invite.code, password }, {});
  const cookie = /^(\w+)=([\w-]+);/.exec(answer.headers.get('set-cookie') ?? '');
  if (cookie === null) throw new Error(`nobody is signed in: ${answer.status}`);
  const [, key = '', value = ''] = cookie;
  const { hostname } = new URL(place.httpUrl);
  const rest = { expires: -1, httpOnly: true, secure: false, sameSite: 'Strict' as const };
  return { cookies: [{ name: key, value, domain: hostname, path: '/', ...rest }], origins: [] };
}

async function post(place: Place, path: string, body: object): Promise<unknown> {
  const answer = await send(place, path, body, scriptHeaders(place));
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return await answer.json();
}

function send({ httpUrl }: Place, path: string, body: object, headers: Record<string, string>) {
  return fetch(`${httpUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}
