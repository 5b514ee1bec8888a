import { createServer } from 'node:net';
import { FaultsError } from '@caretaker/readings/base';
import { describe, expect, it } from 'vitest';
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
    expect(readSettings({ CARETAKER_HOST: '192.0.2.1' }).anonymous).toBe('0');
  });

  it('lists every fault at once', () => {
    const read = () => readSettings({ CARETAKER_HTTP_PORT: 'web', CARETAKER_SIMULATE: 'yes' });
    expect(read).toThrow(FaultsError);
    expect(read).toThrow(/CARETAKER_HTTP_PORT[\s\S]*CARETAKER_SIMULATE/);
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
