import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FaultsError } from '@caretaker/readings/base';
import { expect, it } from 'vitest';
import { readCloudConfig } from './config.ts';
import { temporaryFolder } from './testing/cloud.ts';

function codesOf(env: Record<string, string>): string[] {
  try {
    readCloudConfig(env);
  } catch (error) {
    if (error instanceof FaultsError) return error.faults.map((f) => `${f.where} ${f.code}`);
    throw error;
  }
  return [];
}

it('needs nothing to be set', () => {
  expect(readCloudConfig({})).toMatchObject({
    host: '127.0.0.1',
    httpPort: 8080,
    mqttPort: 1884,
    brokerUrl: null,
    database: { engine: 'sqlite' },
    estateFile: null,
  });
});

it('says everything that is wrong at once', () => {
  expect(
    codesOf({
      CARETAKER_HOST: '0.0.0.0',
      CARETAKER_HTTP_PORT: '70000',
      CARETAKER_CLOUD_MQTT_PORT: 'x',
      CARETAKER_ESTATE: '/nowhere.yaml',
      CLOUD_MQTT_URL: 'http://x',
      DATABASE_URL: 'mysql://x',
      CARETAKER_PUBLIC_URL: 'care.example',
      INFLUX2_URL: 'http://x',
    }).sort(),
  ).toEqual([
    'CARETAKER_CLOUD_MQTT_PORT CLOUD_PORT_INVALID',
    'CARETAKER_ESTATE CLOUD_ESTATE_NOT_FOUND',
    'CARETAKER_HOST READINGS_HOST_EXPOSED',
    'CARETAKER_HTTP_PORT CLOUD_PORT_INVALID',
    'CARETAKER_PUBLIC_URL CLOUD_URL_INVALID',
    'CLOUD_MQTT_URL CLOUD_URL_INVALID',
    'DATABASE_URL CLOUD_URL_INVALID',
    'INFLUX2_ORG CLOUD_INFLUX_INCOMPLETE',
    'INFLUX2_TOKEN CLOUD_INFLUX_INCOMPLETE',
  ]);
});

it('keeps readings in InfluxDB 2.x where one is named whole, its token from a file', async () => {
  const { path, remove } = await temporaryFolder();
  try {
    const file = join(path, 'token');
    writeFileSync(file, 'a-token\n');
    const named = { INFLUX2_URL: 'https://influx.example:8086', INFLUX2_ORG: 'care' };
    expect(readCloudConfig({ ...named, INFLUX2_TOKEN_FILE: file }).readings).toEqual({
      store: 'influx2',
      url: 'https://influx.example:8086',
      organisation: 'care',
      token: 'a-token',
      bucket: 'caretaker',
      rawRetentionMs: null,
    });
    const days = (n: string) => readCloudConfig({ CARETAKER_RAW_DAYS: n }).readings.rawRetentionMs;
    expect(days('90')).toBe(90 * 86_400_000);
    expect(codesOf({ CARETAKER_RAW_DAYS: '35' })).toEqual([
      'CARETAKER_RAW_DAYS CLOUD_SETTING_INVALID',
    ]);
    expect(readCloudConfig({}).readings).toMatchObject({ store: 'sqlite' });
  } finally {
    await remove();
  }
});

it.each<[Record<string, string>, string[]]>([
  [
    { INFLUX2_URL: 'influx:8086', INFLUX2_TOKEN: 'secret' },
    ['INFLUX2_ORG CLOUD_INFLUX_INCOMPLETE', 'INFLUX2_URL CLOUD_URL_INVALID'],
  ],
  [
    { INFLUX2_TOKEN: 'secret', INFLUX2_BUCKET: 'care' },
    ['INFLUX2_BUCKET CLOUD_INFLUX_INCOMPLETE', 'INFLUX2_TOKEN CLOUD_INFLUX_INCOMPLETE'],
  ],
  [
    {
      INFLUX2_URL: 'http://me:secret@x:8086',
      INFLUX2_TOKEN: 'secret',
      INFLUX2_ORG: 'care',
      INFLUX2_BUCKET: '_monitoring',
    },
    ['INFLUX2_BUCKET CLOUD_SETTING_INVALID', 'INFLUX2_URL CLOUD_URL_INVALID'],
  ],
])('takes no half of an InfluxDB, and repeats no secret', (env, codes) => {
  expect(codesOf(env).sort()).toEqual(codes);
  expect(() => readCloudConfig(env)).not.toThrow('secret');
});

it('keeps files in an object storage where one is named whole, its secret from a file', async () => {
  const { path, remove } = await temporaryFolder();
  try {
    const file = join(path, 'secret');
    writeFileSync(file, 'a-secret\n');
    const named = {
      CARETAKER_FILES_S3_URL: 'https://s3.example',
      CARETAKER_FILES_S3_BUCKET: 'caretaker-files',
      CARETAKER_FILES_S3_KEY: 'a-key',
    };
    const whole = { ...named, CARETAKER_FILES_S3_SECRET_FILE: file };
    expect(readCloudConfig(whole).files).toEqual({
      ...{ url: 'https://s3.example', bucket: 'caretaker-files', region: 'us-east-1' },
      ...{ key: 'a-key', secret: 'a-secret' },
    });
    expect(codesOf(named)).toEqual(['CARETAKER_FILES_S3_SECRET CLOUD_FILES_INCOMPLETE']);
    expect(codesOf({ CARETAKER_FILES_S3_REGION: 'x' })).toEqual([
      'CARETAKER_FILES_S3_REGION CLOUD_FILES_INCOMPLETE',
    ]);
    expect(codesOf({ ...whole, CARETAKER_FILES_S3_BUCKET: 'a/../b' })).toEqual([
      'CARETAKER_FILES_S3_BUCKET CLOUD_SETTING_INVALID',
    ]);
    const bad = { ...whole, CARETAKER_FILES_S3_URL: 'https://me:hidden@s3.example' };
    expect(codesOf(bad)).toEqual(['CARETAKER_FILES_S3_URL CLOUD_URL_INVALID']);
    expect(() => readCloudConfig(bad)).not.toThrow('hidden');
    expect(readCloudConfig({}).files).toBeNull();
  } finally {
    await remove();
  }
});

it.each(['0.0.0.0', '::', '192.168.1.4', 'cloud.example', '127.0.0.1.example'])(
  'listens on %s only with TLS, its own or that of a proxy',
  (host) => {
    expect(codesOf({ CARETAKER_HOST: host })).toEqual(['CARETAKER_HOST READINGS_HOST_EXPOSED']);
    const own = readCloudConfig({ CARETAKER_HOST: host, CARETAKER_TLS: 'self-signed' });
    expect(own).toMatchObject({ host, secure: true, proxies: [] });
    const proxy = { CARETAKER_BEHIND_PROXY: '1', CARETAKER_PUBLIC_URL: 'https://care.example' };
    expect(readCloudConfig({ CARETAKER_HOST: host, ...proxy })).toMatchObject({
      tls: null,
      secure: true,
      proxies: ['127.0.0.0/8', '::1'],
    });
  },
);

it('listens behind a proxy only when that speaks TLS', () => {
  const proxied = { CARETAKER_HOST: '0.0.0.0', CARETAKER_BEHIND_PROXY: '1' };
  const refused = ['CARETAKER_BEHIND_PROXY READINGS_PROXY_SETTING'];
  expect(codesOf(proxied)).toEqual(refused);
  expect(codesOf({ ...proxied, CARETAKER_PUBLIC_URL: 'http://care.example' })).toEqual(refused);
  expect(codesOf({ CARETAKER_BEHIND_PROXY: 'yes', CARETAKER_PUBLIC_URL: 'https://x' })).toEqual(
    refused,
  );
});

it('believes only proxies that can be told apart from everybody', () => {
  const proxied = { CARETAKER_BEHIND_PROXY: '1', CARETAKER_PUBLIC_URL: 'https://care.example' };
  const given = { ...proxied, CARETAKER_PROXY_ADDRESSES: '10.0.0.7, 172.18.0.0/16' };
  expect(readCloudConfig(given).proxies).toEqual(['10.0.0.7', '172.18.0.0/16']);
  for (const wrong of ['0.0.0.0/0', '::/0', 'proxy.example', '10.0.0.0/33', '10.0.0.7/8/8']) {
    expect(codesOf({ ...proxied, CARETAKER_PROXY_ADDRESSES: wrong })).toEqual([
      'CARETAKER_PROXY_ADDRESSES READINGS_PROXY_SETTING',
    ]);
  }
  expect(codesOf({ CARETAKER_PROXY_ADDRESSES: '10.0.0.7' })).toEqual([
    'CARETAKER_PROXY_ADDRESSES READINGS_PROXY_SETTING',
  ]);
});

it.each([
  [{}, true],
  [{ CARETAKER_HOST: '::1' }, true],
  [{ CARETAKER_PUBLIC_URL: 'http://localhost:8080' }, true],
  [{ CARETAKER_PUBLIC_URL: 'http://[::1]:8080' }, true],
  [{ CARETAKER_LOCAL_ACCESS: '0' }, false],
  [{ CARETAKER_HOST: '0.0.0.0', CARETAKER_TLS: 'self-signed' }, false],
  [{ CARETAKER_PUBLIC_URL: 'https://care.example' }, false],
  [{ CARETAKER_PUBLIC_URL: 'http://127.0.0.1.example' }, false],
  [{ CARETAKER_BEHIND_PROXY: '1', CARETAKER_PUBLIC_URL: 'https://localhost' }, false],
])('lets in whoever started it only where nobody comes from elsewhere: %o', (env, expected) => {
  const asked = { CARETAKER_LOCAL_ACCESS: '1', ...env };
  expect(readCloudConfig(asked).localAccess).toBe(expected);
});

it('tells of a certificate that cannot be used beside everything else', () => {
  const env = { CARETAKER_HOST: '0.0.0.0', CARETAKER_HTTP_PORT: 'x' };
  const files = { CARETAKER_TLS_CERT: '/nowhere.crt', CARETAKER_TLS_KEY: '/nowhere.key' };
  expect(codesOf({ ...env, ...files })).toEqual([
    '/nowhere.crt READINGS_TLS_FILE_UNREADABLE',
    '/nowhere.key READINGS_TLS_FILE_UNREADABLE',
    'CARETAKER_HTTP_PORT CLOUD_PORT_INVALID',
  ]);
});

it('takes secrets from files, and does not repeat them when they are wrong', async () => {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'url');
  writeFileSync(file, 'postgres://u:secret@db/care\n');
  expect(readCloudConfig({ DATABASE_URL_FILE: file }).database).toEqual({
    engine: 'postgres',
    url: 'postgres://u:secret@db/care',
  });
  writeFileSync(file, 'mysql://u:secret@db/care');
  expect(() => readCloudConfig({ DATABASE_URL_FILE: file })).toThrow(/DATABASE_URL/);
  expect(() => readCloudConfig({ DATABASE_URL_FILE: file })).not.toThrow(/secret/);
  expect(codesOf({ DATABASE_URL_FILE: '/nowhere' })).toEqual([
    'DATABASE_URL_FILE CLOUD_SECRET_UNREADABLE',
  ]);
  await folder.remove();
});
