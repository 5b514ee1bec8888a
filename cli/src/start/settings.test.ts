import { createServer } from 'node:net';
import { FaultsError } from '@caretaker/readings/base';
import { describe, expect, it } from 'vitest';
import { addressesOf } from './addresses.ts';
import { checkPorts } from './ports.ts';
import { readSettings } from './settings.ts';

describe('readSettings', () => {
  it('has a working preset for everything', () => {
    const settings = readSettings({});
    expect(settings).toMatchObject({ host: '127.0.0.1', simulate: true });
    expect(settings.ports).toEqual({ http: 8080, mqtt: 1883, edgeHttp: 8081, cloudMqtt: 1884 });
    expect(settings.dataFolder).toMatch(/^\/.*\/data$/);
  });

  it('puts nothing invented into an estate of one’s own unless asked to', () => {
    expect(readSettings({ CARETAKER_ESTATE: 'garden.yaml' }).simulate).toBe(false);
    const asked = { CARETAKER_ESTATE: 'garden.yaml', CARETAKER_SIMULATE: '1' };
    expect(readSettings(asked).simulate).toBe(true);
  });

  it('lets devices come without credentials on this machine only, unless told otherwise', () => {
    expect(readSettings({}).anonymous).toBe('1');
    expect(readSettings({ CARETAKER_MQTT_ANONYMOUS: '0' }).anonymous).toBe('0');
    const tls = { CARETAKER_HOST: '192.0.2.1', CARETAKER_TLS: 'self-signed' };
    expect(readSettings(tls).anonymous).toBe('0');
    const proxy = { CARETAKER_BEHIND_PROXY: '1', CARETAKER_PUBLIC_URL: 'https://care.example' };
    expect(readSettings(proxy).anonymous).toBe('0');
  });

  it('simulates no devices where the gateway would ask them for credentials', () => {
    const locked = { CARETAKER_MQTT_ANONYMOUS: '0' };
    expect(readSettings(locked).simulate).toBe(false);
    const asked = () => readSettings({ ...locked, CARETAKER_SIMULATE: '1' });
    expect(asked).toThrow(/CARETAKER_SIMULATE.*no credentials/);
  });

  it('simulates no devices and needs no port for them where they speak to another broker', async () => {
    const foreign = { EDGE_MQTT_URL: 'mqtt://127.0.0.1:1883' };
    expect(readSettings(foreign)).toMatchObject({ simulate: false, foreignBroker: true });
    expect(() => readSettings({ ...foreign, CARETAKER_SIMULATE: '1' })).toThrow('EDGE_MQTT_URL');
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = String(typeof address === 'object' && address !== null ? address.port : 0);
    const free = {
      CARETAKER_HTTP_PORT: '0',
      CARETAKER_EDGE_HTTP_PORT: '0',
      CARETAKER_CLOUD_MQTT_PORT: '0',
      CARETAKER_MQTT_PORT: port,
    };
    await expect(checkPorts(readSettings(free))).rejects.toThrow('CARETAKER_MQTT_PORT');
    await expect(checkPorts(readSettings({ ...free, ...foreign }))).resolves.toBeUndefined();
    await new Promise((done) => server.close(done));
  });

  it('lists every fault at once', () => {
    const read = () => readSettings({ CARETAKER_HTTP_PORT: 'web', CARETAKER_SIMULATE: 'yes' });
    expect(read).toThrow(FaultsError);
    expect(read).toThrow(/CARETAKER_HTTP_PORT[\s\S]*CARETAKER_SIMULATE/);
  });
});

describe('addressesOf', () => {
  it('speaks TLS when that is on, and names an address that one can connect to', () => {
    const plain = addressesOf(readSettings({ CARETAKER_HOST: '::1' }));
    expect(plain.page).toBe('http://[::1]:8080');
    const tls = { CARETAKER_HOST: '0.0.0.0', CARETAKER_TLS: 'self-signed' };
    expect(addressesOf(readSettings(tls))).toEqual({
      page: 'https://127.0.0.1:8080',
      gatewayPage: 'https://127.0.0.1:8081',
      devices: 'mqtts://127.0.0.1:1883',
      gateways: 'mqtts://127.0.0.1:1884',
    });
  });

  it('is not asked for a host that others reach in the clear', () => {
    expect(() => readSettings({ CARETAKER_HOST: '0.0.0.0' })).toThrow(/READINGS_HOST_EXPOSED/);
  });
});

describe('checkPorts', () => {
  it('names the variable that moves a taken port', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const address = server.address();
    const taken = typeof address === 'object' && address !== null ? address.port : 0;
    const settings = {
      ...readSettings({}),
      ports: { http: 0, mqtt: taken, edgeHttp: 0, cloudMqtt: 0 },
    };
    await expect(checkPorts(settings)).rejects.toThrow(/CARETAKER_MQTT_PORT/);
    await new Promise((resolve) => server.close(resolve));
    await expect(checkPorts(settings)).resolves.toBeUndefined();
  });
});
