import { describe, expect, it } from 'vitest';
import { Refusal } from '../refusal.ts';
import { tasmota } from './tasmota.ts';

const open = (topic: string, payload: unknown, base = '') =>
  tasmota
    .create()
    .open(
      topic,
      Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
      base,
    );
const bodyOf = (topic: string, payload: unknown) => {
  const opening = open(topic, payload);
  if (opening instanceof Refusal) throw new Error(opening.message);
  return opening[0]?.body;
};

describe('Tasmota', () => {
  it.each([
    ['tele/plug_1/SENSOR', '', 'plug_1'],
    ['plug_1/tele/SENSOR', '', 'plug_1'],
    ['tele/court/plug/SENSOR', '', 'court/plug'],
    ['court/plug/tele/SENSOR', '', 'court/plug'],
    ['home/tele/plug_1/SENSOR', 'home', 'plug_1'],
    ['home/plug_1/tele/SENSOR', 'home', 'plug_1'],
  ])('names the device of %s', (topic, base, device) => {
    expect(open(topic, { BH1750: { Illuminance: 79 } }, base)).toEqual([
      { device, about: 'values', body: { BH1750: { Illuminance: 79 } }, at: null },
    ]);
  });

  it.each([
    [{ Time: '2026-11-21T12:00:00' }, null],
    [{ Time: '2026-11-21T12:00:00+08:00' }, '2026-11-21T12:00:00+08:00'],
    [{ Time: '2026-11-21T04:00:00Z' }, '2026-11-21T04:00:00Z'],
    [{ Time: '2026-11-21T12:00:00', Epoch: 1_795_262_340 }, 1_795_262_340_000],
    [{ Time: { Time: '2026-11-21T12:00:00', Epoch: 1_795_262_340 } }, 1_795_262_340_000],
    [{ Time: 1_795_262_340 }, 1_795_262_340_000],
    [{ Time: 1_795_262_340_250 }, 1_795_262_340_250],
    [{ Time: 'T'.repeat(60_000) }, null],
    [{}, null],
  ])('takes of %j the time %s', (values, at) => {
    expect(open('tele/x/SENSOR', values)).toMatchObject([{ at }]);
  });

  it('says the unit of its temperatures where it is Fahrenheit', () => {
    const sensors = {
      DS18B20: { Id: '000003287CD8', Temperature: 69.1 },
      SI7021: { Temperature: 70, Humidity: 40, DewPoint: 45 },
      TempUnit: 'F',
    };
    expect(bodyOf('tele/x/SENSOR', sensors)).toMatchObject({
      DS18B20: { Temperature: { value: 69.1, unit: '°F' } },
      SI7021: { Temperature: { value: 70, unit: '°F' }, Humidity: 40, DewPoint: { value: 45 } },
    });
    const celsius = { DS18B20: { Temperature: 20.6 }, TempUnit: 'C' };
    expect(bodyOf('tele/x/SENSOR', celsius)).toEqual(celsius);
  });

  it('gives a switch the same form whether it is asked or acts', () => {
    expect(bodyOf('tele/x/SENSOR', { Switch1: 'OFF' })).toEqual({ Switch1: 'OFF' });
    expect(bodyOf('stat/x/RESULT', { Switch1: { Action: 'ON' } })).toEqual({ Switch1: 'ON' });
    expect(bodyOf('stat/x/RESULT', { Button2: { Action: 'SINGLE' } })).toEqual({
      Button2: 'SINGLE',
    });
  });

  it('takes a bare text under the name of its topic', () => {
    expect(bodyOf('stat/x/POWER', 'OFF')).toEqual({ POWER: 'OFF' });
    expect(bodyOf('stat/x/POWER2', ' ON ')).toEqual({ POWER2: 'ON' });
    expect(bodyOf('tele/x/POWER_LOW', 'ON')).toEqual({ POWER_LOW: 'ON' });
    expect(bodyOf('stat/x/DIMMER', '{"Dimmer":50}')).toEqual({ Dimmer: 50 });
  });

  it('unwraps the answers to Status that hold values, and hears the others', () => {
    const values = { ENERGY: { Power: [40, 0] } };
    expect(bodyOf('stat/x/STATUS8', { StatusSNS: values })).toEqual(values);
    expect(bodyOf('stat/x/STATUS10', { StatusSNS: values })).toEqual(values);
    expect(bodyOf('stat/x/STATUS11', { StatusSTS: { POWER: 'ON' } })).toEqual({ POWER: 'ON' });
    for (const [topic, payload] of [
      ['stat/x/STATUS', '{"Status":{"Power":1}}'],
      ['stat/x/STATUS2', '{"StatusFWR":{}}'],
      ['stat/x/STATUS8', '{"StatusSNS":null}'],
      ['tele/x/INFO1', '{"Info1":{}}'],
    ] as const) {
      expect(open(topic, payload)).toMatchObject([{ device: 'x', about: 'sign' }]);
    }
  });

  it('reads signal strength in dBm', () => {
    const state = { POWER: 'ON', Wifi: { RSSI: 86, Signal: -57 } };
    expect(bodyOf('tele/x/STATE', state)).toEqual({ ...state, $rssi: -57 });
  });

  it('hears whether a device is there', () => {
    for (const [word, online] of [
      ['Online', true],
      ['Offline', false],
    ] as const) {
      expect(open('tele/x/LWT', word)).toMatchObject([{ device: 'x', about: 'presence', online }]);
    }
  });

  it.each([
    ['tele/x/LWT', 'Away', 'DECODE_ENVELOPE'],
    ['tele/x/SENSOR', 'ON', 'DECODE_NOT_JSON'],
    ['tele/x/STATE', '[]', 'DECODE_NOT_JSON'],
    ['stat/x/STATUS8', '{', 'DECODE_NOT_JSON'],
  ])('refuses %s %s', (topic, payload, code) => {
    expect(open(topic, payload)).toMatchObject({ code });
  });

  it.each([
    ['tele/x/SENSOR', true],
    ['x/stat/RESULT', true],
    ['cmnd/x/power', true],
    ['tele/SENSOR', false],
    ['tele/x/sensor', false],
    ['a/tele/x/SENSOR', false],
    ['x/SENSOR', false],
  ])('claims %s: %s', (topic, claimed) => {
    expect(tasmota.claims(topic, '')).toBe(claimed);
  });

  it('takes commands for no message of a device', () => {
    expect(open('cmnd/x/POWER', 'ON')).toEqual([]);
    expect(open('tele/x/SENSOR', '')).toEqual([]);
  });
});
