import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FaultsError } from '@caretaker/readings/base';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readEdgeConfig } from './config.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'caretaker-config-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function faultsOf(env: Record<string, string>): [string, string | undefined][] {
  try {
    readEdgeConfig(env);
  } catch (error) {
    if (error instanceof FaultsError) return error.faults.map(({ code, where }) => [code, where]);
    throw error;
  }
  return [];
}

it('needs no setting at all: the demo estate on loopback', () => {
  const config = readEdgeConfig({});
  expect(config).toMatchObject({
    host: '127.0.0.1',
    mqttPort: 1883,
    httpPort: 8081,
    uplinkUrl: 'mqtt://127.0.0.1:1884',
    uplinkKilobits: null,
    clock: 'check',
    influxUrl: null,
    historyDays: 30,
    gateway: config.estate.gateway,
  });
  expect(config.dataDirectory).toBe(path.resolve('data/edge'));
});

it('tells everything that is wrong at once', () => {
  const faults = faultsOf({
    CARETAKER_HOST: '0.0.0.0',
    CARETAKER_MQTT_PORT: '70000',
    CARETAKER_EDGE_HTTP_PORT: 'http',
    CARETAKER_GATEWAY: 'Lake Side',
    CARETAKER_UPLINK_URL: 'http://127.0.0.1',
    CARETAKER_CLOUD_URL: 'mqtt://127.0.0.1',
    INFLUX_URL: 'influx:8086',
    CARETAKER_HISTORY_DAYS: '0',
    CARETAKER_JOURNAL_MB: '2GB',
    CARETAKER_JOURNAL_DAYS: '0',
  });
  expect(faults).toEqual([
    ['READINGS_HOST_EXPOSED', 'CARETAKER_HOST'],
    ['EDGE_PORT_INVALID', 'CARETAKER_MQTT_PORT'],
    ['EDGE_PORT_INVALID', 'CARETAKER_EDGE_HTTP_PORT'],
    ['EDGE_URL_INVALID', 'INFLUX_URL'],
    ['EDGE_DAYS_INVALID', 'CARETAKER_HISTORY_DAYS'],
    ['EDGE_JOURNAL_LIMIT_INVALID', 'CARETAKER_JOURNAL_MB'],
    ['EDGE_JOURNAL_LIMIT_INVALID', 'CARETAKER_JOURNAL_DAYS'],
    ['EDGE_GATEWAY_INVALID', 'CARETAKER_GATEWAY'],
    ['EDGE_URL_INVALID', 'CARETAKER_UPLINK_URL'],
    ['EDGE_URL_INVALID', 'CARETAKER_CLOUD_URL'],
  ]);
});

it('reads the devices of a broker that is not its own', () => {
  expect(readEdgeConfig({}).external).toBeNull();
  const url = 'mqtts://gateway:secret@192.0.2.1';
  expect(readEdgeConfig({ EDGE_MQTT_URL: url }).external).toEqual({ url, topics: ['#'] });
  const some = { EDGE_MQTT_URL: url, EDGE_MQTT_TOPICS: 'zigbee2mqtt/#, +/status/+' };
  expect(readEdgeConfig(some).external?.topics).toEqual(['zigbee2mqtt/#', '+/status/+']);
  const wrong = { EDGE_MQTT_URL: 'http://192.0.2.1', EDGE_MQTT_TOPICS: 'a/#/b,c+,,$SYS/#' };
  expect(faultsOf(wrong)).toEqual([
    ['EDGE_URL_INVALID', 'EDGE_MQTT_URL'],
    ...Array.from({ length: 4 }, () => ['EDGE_TOPICS_INVALID', 'EDGE_MQTT_TOPICS']),
  ]);
});

it('reads how much the journal may keep', () => {
  const megabyte = 1024 * 1024;
  expect(readEdgeConfig({}).journal).toMatchObject({ maxBytes: 2_048 * megabyte, maxDays: 30 });
  const env = { CARETAKER_JOURNAL_MB: '32', CARETAKER_JOURNAL_DAYS: '7' };
  expect(readEdgeConfig(env).journal).toMatchObject({
    maxBytes: 32 * megabyte,
    segmentBytes: 2 * megabyte,
    maxDays: 7,
  });
});

it('lets devices come without credentials only where it is asked for, and only on loopback', () => {
  expect(readEdgeConfig({}).anonymous).toBe(false);
  expect(readEdgeConfig({ CARETAKER_MQTT_ANONYMOUS: '1' }).anonymous).toBe(true);
  expect(faultsOf({ CARETAKER_MQTT_ANONYMOUS: 'yes' })).toEqual([
    ['EDGE_SWITCH_INVALID', 'CARETAKER_MQTT_ANONYMOUS'],
  ]);
  const elsewhere = { CARETAKER_MQTT_ANONYMOUS: '1', CARETAKER_HOST: '192.0.2.1' };
  expect(faultsOf(elsewhere)).toContainEqual([
    'EDGE_ANONYMOUS_NOT_LOOPBACK',
    'CARETAKER_MQTT_ANONYMOUS',
  ]);
});

it('lets no devices come without credentials through a proxy, which makes all look like this machine', () => {
  const proxy = { CARETAKER_BEHIND_PROXY: '1', CARETAKER_PUBLIC_URL: 'https://care.example' };
  expect(faultsOf({ ...proxy, CARETAKER_MQTT_ANONYMOUS: '1' })).toEqual([
    ['EDGE_ANONYMOUS_NOT_LOOPBACK', 'CARETAKER_MQTT_ANONYMOUS'],
  ]);
  expect(faultsOf(proxy)).toEqual([]);
});

it.each(['localhost', '127.0.0.1', '127.8.9.1', '::1'])('accepts %s as loopback', (host) => {
  expect(readEdgeConfig({ CARETAKER_HOST: host }).host).toBe(host);
});

it('passes on every fault of an estate file, beside its own', () => {
  const file = path.join(directory, 'estate.yaml');
  writeFileSync(file, 'id: 7\nassets: none\n');
  const faults = faultsOf({ CARETAKER_ESTATE: file, CARETAKER_HOST: 'example.com' });
  expect(faults.length).toBeGreaterThan(2);
  expect(faults).toContainEqual(['READINGS_HOST_EXPOSED', 'CARETAKER_HOST']);
});

it('runs Node-RED only where it is asked for, with the memory that is given', () => {
  expect(readEdgeConfig({}).nodeRed).toBeNull();
  expect(readEdgeConfig({ CARETAKER_NODE_RED: '1' }).nodeRed).toEqual({
    megabytes: 256,
    mqttUrl: null,
    confined: true,
  });
  const given = { CARETAKER_NODE_RED: '1', CARETAKER_NODE_RED_MB: '512' };
  expect(readEdgeConfig(given).nodeRed).toMatchObject({ megabytes: 512 });
  const free = { ...given, CARETAKER_NODE_RED_CONFINED: '0' };
  expect(readEdgeConfig(free).nodeRed?.confined).toBe(false);
  const external = { ...given, EDGE_MQTT_URL: 'mqtt://gateway:x@192.0.2.7' };
  expect(readEdgeConfig(external).nodeRed?.mqttUrl).toBe(external.EDGE_MQTT_URL);
  const own = { ...external, CARETAKER_NODE_RED_MQTT_URL: 'mqtt://flows:y@192.0.2.7' };
  expect(readEdgeConfig(own).nodeRed?.mqttUrl).toBe(own.CARETAKER_NODE_RED_MQTT_URL);
  expect(faultsOf({ CARETAKER_NODE_RED: '1', EDGE_MQTT_URL: 'http://192.0.2.7' })).toEqual([
    ['EDGE_URL_INVALID', 'EDGE_MQTT_URL'],
  ]);
  expect(faultsOf({ CARETAKER_NODE_RED: 'yes' })).toEqual([
    ['EDGE_SWITCH_INVALID', 'CARETAKER_NODE_RED'],
  ]);
  for (const size of ['0', '63', '1e3', '256 MB', '16385']) {
    const faulty = { CARETAKER_NODE_RED_MB: size };
    expect(faultsOf(faulty)).toEqual([['EDGE_NODE_RED_MEMORY_INVALID', 'CARETAKER_NODE_RED_MB']]);
  }
});

it('reads secrets from files, and says when one cannot be read', () => {
  const file = path.join(directory, 'url');
  writeFileSync(file, 'http://user:secret@127.0.0.1:8086\n');
  expect(readEdgeConfig({ INFLUX_URL_FILE: file }).influxUrl).toBe(
    'http://user:secret@127.0.0.1:8086',
  );
  expect(faultsOf({ INFLUX_URL_FILE: path.join(directory, 'none') })).toEqual([
    ['EDGE_FILE_UNREADABLE', 'INFLUX_URL_FILE'],
  ]);
});

it('never repeats an address, which may hold a password', () => {
  const url = 'ftp://user:secret@127.0.0.1';
  expect(() => readEdgeConfig({ INFLUX_URL: url })).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining('secret') }),
  );
});

it('publishes events unless it is told not to, and tells Home Assistant only when it is', () => {
  const read = (env: Record<string, string>) => readEdgeConfig(env).outward;
  expect(read({})).toEqual({ discovery: null });
  expect(read({ CARETAKER_EVENTS: '0' })).toBeNull();
  expect(read({ CARETAKER_HOMEASSISTANT: '1' })).toEqual({
    discovery: { prefix: 'homeassistant', language: 'en' },
  });
  const chinese = { CARETAKER_HOMEASSISTANT: 'ha/yard', CARETAKER_HOMEASSISTANT_LANGUAGE: 'zh' };
  expect(read(chinese)).toEqual({ discovery: { prefix: 'ha/yard', language: 'zh' } });
  for (const bad of [
    { CARETAKER_EVENTS: 'no' },
    { CARETAKER_EVENTS: '0', CARETAKER_HOMEASSISTANT: '1' },
    { CARETAKER_HOMEASSISTANT: 'ctk/x' },
    { CARETAKER_HOMEASSISTANT: 'ha/#' },
    { CARETAKER_HOMEASSISTANT: 'node-red' },
    { CARETAKER_HOMEASSISTANT: '1', CARETAKER_HOMEASSISTANT_LANGUAGE: 'de' },
  ]) {
    expect(() => readEdgeConfig(bad), JSON.stringify(bad)).toThrow();
  }
});
