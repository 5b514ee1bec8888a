import type { Fault } from '@caretaker/readings/base';
import { type GroupRole, parseRoles } from './roles.ts';

/** How people of a company sign in with its own accounts. */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** On the button. */
  readonly name: string;
  readonly scope: string;
  readonly groupsClaim: string;
  readonly roles: readonly GroupRole[];
  /** Whether somebody unknown is made a person when the mapping gives them something. */
  readonly newPeople: boolean;
}

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);

/**
 * @param text reads a setting, or the file that `NAME_FILE` names
 * @param faults gets every fault
 * @returns null when nothing of it is set, or something is wrong
 */
export function readOidc(
  text: (name: string) => string | null,
  { host, publicUrl }: { readonly host: string; readonly publicUrl: string | null },
  faults: Fault[],
): OidcSettings | null {
  const read = (name: string) => text(`CARETAKER_OIDC_${name}`);
  const found: Fault[] = [];
  const [issuer, clientId, clientSecret] = ['ISSUER', 'CLIENT_ID', 'CLIENT_SECRET'].map(read);
  const [name, scope, claim] = ['NAME', 'SCOPE', 'GROUPS_CLAIM'].map(read);
  const [mapping, newPeople] = ['ROLES', 'NEW_PEOPLE'].map(read);
  const all = { ISSUER: issuer, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret };
  const rest = [name, scope, claim, mapping, newPeople];
  if ([...Object.values(all), ...rest].every((value) => value === null)) return null;
  for (const [key, value] of Object.entries(all)) if (value === null) found.push(missing(key));
  if (issuer != null) checkIssuer(issuer, found);
  if (!isSafeWayBack(host, publicUrl)) found.push(noWayBack);
  const roles = mapping == null ? [] : parseRoles(mapping, 'CARETAKER_OIDC_ROLES', found);
  const words = (scope ?? 'openid profile email').split(/\s+/);
  if (!words.includes('openid'))
    found.push(invalid('SCOPE', 'The scope needs the word openid.', 'Begin it with openid.'));
  if (newPeople !== null && newPeople !== '0' && newPeople !== '1') {
    found.push(invalid('NEW_PEOPLE', 'This is neither 0 nor 1.', 'Give 1 or leave it out.'));
  }
  if (newPeople === '1' && mapping === null) {
    found.push(
      invalid(
        'NEW_PEOPLE',
        'New people would be let in without any role.',
        'Say in CARETAKER_OIDC_ROLES what groups give.',
      ),
    );
  }
  faults.push(...found);
  if (found.length > 0 || issuer == null || clientId == null || clientSecret == null) return null;
  return {
    issuer,
    clientId,
    clientSecret,
    name: name ?? new URL(issuer).hostname,
    scope: words.join(' '),
    groupsClaim: claim ?? 'groups',
    roles,
    newPeople: newPeople === '1',
  };
}

function checkIssuer(issuer: string, faults: Fault[]): void {
  if (URL.canParse(issuer)) {
    const { protocol, hostname, search, hash, username } = new URL(issuer);
    const plain = search === '' && hash === '' && username === '';
    if (plain && (protocol === 'https:' || (protocol === 'http:' && loopback.has(hostname))))
      return;
  }
  faults.push(
    invalid(
      'ISSUER',
      'This is not the address of a provider.',
      'Give the issuer as the provider names it: https, without query; http on this machine only.',
    ),
  );
}

/** The provider sends people back to an address that we name, with a code that nobody may read on the way. */
function isSafeWayBack(host: string, publicUrl: string | null): boolean {
  if (publicUrl === null) return loopback.has(host) || host === '::1';
  const { protocol, hostname } = new URL(publicUrl);
  return protocol === 'https:' || loopback.has(hostname);
}

const noWayBack: Fault = {
  code: 'CLOUD_OIDC_SETTING_INVALID',
  where: 'CARETAKER_PUBLIC_URL',
  message: 'The sign-in provider has to send people back to an address with https.',
  next: 'Give the address under which people reach the cloud; http on this machine only.',
};

function missing(key: string): Fault {
  const next = 'Give issuer, client id and client secret, or no CARETAKER_OIDC_… at all.';
  return invalid(key, 'Sign-in with a company needs this setting.', next);
}

function invalid(key: string, message: string, next: string): Fault {
  return { code: 'CLOUD_OIDC_SETTING_INVALID', where: `CARETAKER_OIDC_${key}`, message, next };
}
