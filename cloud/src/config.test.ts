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
    'CARETAKER_HOST CLOUD_HOST_NOT_LOOPBACK',
    'CARETAKER_HTTP_PORT CLOUD_PORT_INVALID',
    'CARETAKER_PUBLIC_URL CLOUD_URL_INVALID',
    'CLOUD_MQTT_URL CLOUD_URL_INVALID',
    'DATABASE_URL CLOUD_URL_INVALID',
    'INFLUX2_URL CLOUD_STORE_UNSUPPORTED',
  ]);
});

it.each(['0.0.0.0', '::', '192.168.1.4', 'cloud.example', '127.0.0.1.example'])(
  'does not listen on %s while there are no accounts',
  (host) => {
    expect(codesOf({ CARETAKER_HOST: host })).toEqual(['CARETAKER_HOST CLOUD_HOST_NOT_LOOPBACK']);
  },
);

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
