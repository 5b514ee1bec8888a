import type { Fault } from '@caretaker/readings/base';
import { describe, expect, it } from 'vitest';
import { configFor, temporaryFolder } from '../../testing/cloud.ts';
import { grantsOfGroups, groupsOf, parseRoles } from './roles.ts';
import { readOidc } from './settings.ts';

const enough = {
  ISSUER: 'https://id.example/realms/a',
  CLIENT_ID: 'caretaker',
  CLIENT_SECRET: 's',
};
const roles = JSON.stringify([{ group: 'a', role: 'viewer', estates: ['court'] }]);

function read(
  given: Record<string, string>,
  where: { host?: string; publicUrl?: string | null } = {},
) {
  const faults: Fault[] = [];
  const text = (name: string) => given[name.replace('CARETAKER_OIDC_', '')] ?? null;
  const settings = readOidc(text, { host: '127.0.0.1', publicUrl: null, ...where }, faults);
  return { settings, faults: faults.map(({ where, code }) => `${where} ${code}`) };
}

describe('settings of a sign-in provider', () => {
  it('are none, or whole with what may be left out', () => {
    expect(read({})).toEqual({ settings: null, faults: [] });
    expect(read(enough).settings).toEqual({
      issuer: enough.ISSUER,
      clientId: 'caretaker',
      clientSecret: 's',
      name: 'id.example',
      scope: 'openid profile email',
      groupsClaim: 'groups',
      roles: [],
      newPeople: false,
    });
    const more = {
      NAME: 'Group',
      SCOPE: 'openid groups',
      GROUPS_CLAIM: 'realm_access.roles',
      ROLES: roles,
      NEW_PEOPLE: '1',
    };
    expect(read({ ...enough, ...more }).settings).toMatchObject({
      name: 'Group',
      scope: 'openid groups',
      groupsClaim: 'realm_access.roles',
      roles: [{ group: 'a', role: 'viewer', estates: ['court'] }],
      newPeople: true,
    });
  });

  it('are refused with every fault at once', () => {
    const bad = {
      ISSUER: 'http://id.example',
      SCOPE: 'profile',
      NEW_PEOPLE: 'yes',
      ROLES: '[{"group":""}]',
    };
    expect(read(bad, { publicUrl: 'http://care.example' })).toEqual({
      settings: null,
      faults: [
        'CARETAKER_OIDC_CLIENT_ID CLOUD_OIDC_SETTING_INVALID',
        'CARETAKER_OIDC_CLIENT_SECRET CLOUD_OIDC_SETTING_INVALID',
        'CARETAKER_OIDC_ISSUER CLOUD_OIDC_SETTING_INVALID',
        'CARETAKER_PUBLIC_URL CLOUD_OIDC_SETTING_INVALID',
        'CARETAKER_OIDC_ROLES[0].group CLOUD_OIDC_ROLES_INVALID',
        'CARETAKER_OIDC_ROLES[0].role CLOUD_OIDC_ROLES_INVALID',
        'CARETAKER_OIDC_ROLES[0].estates CLOUD_OIDC_ROLES_INVALID',
        'CARETAKER_OIDC_SCOPE CLOUD_OIDC_SETTING_INVALID',
        'CARETAKER_OIDC_NEW_PEOPLE CLOUD_OIDC_SETTING_INVALID',
      ],
    });
    expect(read({ ...enough, NEW_PEOPLE: '1' }).faults).toHaveLength(1);
    expect(read({ NAME: 'alone' }).faults).toHaveLength(3);
  });

  it.each([
    'http://id.example',
    'https://id.example/?a=1',
    'https://u:p@id.example',
    'ftp://127.0.0.1',
    'id.example',
  ])('takes no issuer like %s', (issuer) => {
    expect(read({ ...enough, ISSUER: issuer }).settings).toBeNull();
  });

  it.each([
    ['127.0.0.1', null, true],
    ['::1', null, true],
    ['0.0.0.0', null, false],
    ['0.0.0.0', 'https://care.example', true],
    ['0.0.0.0', 'http://care.example', false],
    ['127.0.0.1', 'http://localhost:8080', true],
  ])('on host %s with public address %s: %s', (host, publicUrl, good) => {
    expect(read(enough, { host, publicUrl }).settings !== null).toBe(good);
  });

  it('come from the environment of the cloud, and no fault tells a secret', async () => {
    const folder = await temporaryFolder();
    const env = (more: object) =>
      Object.fromEntries(
        Object.entries({ ...enough, ...more }).map(([key, value]) => [
          `CARETAKER_OIDC_${key}`,
          value,
        ]),
      );
    expect(configFor(folder.path, env({})).oidc?.clientId).toBe('caretaker');
    expect(configFor(folder.path).oidc).toBeNull();
    const secret = { CLIENT_SECRET: 'canary-secret', ISSUER: 'https://canary:canary@id.example' };
    const attempt = () => configFor(folder.path, env(secret));
    expect(attempt).toThrow('CARETAKER_OIDC_ISSUER');
    expect(attempt).not.toThrow('canary');
    await folder.remove();
  });
});

describe('what groups give', () => {
  const mapping = parseRoles(
    JSON.stringify([
      { group: 'a', role: 'viewer', estates: ['court'] },
      { group: 'b', role: 'viewer', estates: ['park', 'court'] },
      { group: 'CN=c,OU=x', role: 'engineer', estates: 'all' },
      { group: 'd', role: 'engineer', estates: ['park'] },
    ]),
    'X',
    [],
  );

  it('is each role once, for all estates that any of them gives', () => {
    expect(grantsOfGroups(mapping, ['a', 'b'])).toEqual([
      { role: 'viewer', estates: ['court', 'park'] },
    ]);
    expect(grantsOfGroups(mapping, ['d', 'CN=c,OU=x'])).toEqual([
      { role: 'engineer', estates: 'all' },
    ]);
    expect(grantsOfGroups(mapping, ['A', 'a ', '', '*'])).toEqual([]);
  });

  it('is read from a claim by name, or by the way to it', () => {
    expect(groupsOf({ groups: ['a', 1, null, 'b'] }, 'groups')).toEqual(['a', 'b']);
    expect(groupsOf({ groups: 'a' }, 'groups')).toEqual(['a']);
    expect(groupsOf({ realm: { roles: ['a'] } }, 'realm.roles')).toEqual(['a']);
    expect(groupsOf({ 'https://x.example/groups': ['a'] }, 'https://x.example/groups')).toEqual([
      'a',
    ]);
    for (const claims of [{}, { groups: null }, { groups: { a: 1 } }, { groups: 7 }]) {
      expect(groupsOf(claims, 'groups')).toBeNull();
    }
    expect(groupsOf({}, 'constructor.name')).toBeNull();
  });

  it.each([
    '',
    'null',
    '{}',
    '[]',
    '[1]',
    '[{"group":"a","role":"boss","estates":"all"}]',
    '[{"group":"a","role":"viewer","estates":[]}]',
    '[{"group":"a","role":"viewer","estates":["*"]}]',
    '[{"group":"a","role":"viewer","estates":"all","more":1}]',
  ])('is not read from %s', (text) => {
    const faults: Fault[] = [];
    expect(parseRoles(text, 'X', faults)).toEqual([]);
    expect(faults.length).toBeGreaterThan(0);
  });
});
