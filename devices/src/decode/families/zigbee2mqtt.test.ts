import { describe, expect, it } from 'vitest';
import { Refusal } from '../refusal.ts';
import { zigbee2mqtt } from './zigbee2mqtt.ts';

const opener = zigbee2mqtt.create();
const open = (topic: string, payload: string, base = 'zigbee2mqtt') =>
  opener.open(topic, Buffer.from(payload), base);

describe('Zigbee2MQTT', () => {
  it('names a device by everything below the base, levels and all', () => {
    const body = { contact: true, linkquality: 88 };
    expect(open('zigbee2mqtt/court/north gate', JSON.stringify(body))).toEqual([
      { device: 'court/north gate', aliases: [], about: 'values', body, at: null },
    ]);
    expect(open('home/zigbee/x', '{}', 'home/zigbee')).toMatchObject([{ device: 'x' }]);
  });

  it('takes last_seen in each of its forms, and the address where it is included', () => {
    const at = (seen: string) => open('zigbee2mqtt/x', `{"last_seen":${seen}}`);
    expect(at('"2026-11-21T11:59:00.794Z"')).toMatchObject([{ at: '2026-11-21T11:59:00.794Z' }]);
    expect(at('"2026-11-21T19:59:00+08:00"')).toMatchObject([{ at: '2026-11-21T19:59:00+08:00' }]);
    expect(at('1795262340794')).toMatchObject([{ at: 1_795_262_340_794 }]);
    expect(at('null')).toMatchObject([{ at: null }]);
    expect(
      open('zigbee2mqtt/x', '{"device":{"ieeeAddr":"0x00158d00aabbccdd"},"state":"ON"}'),
    ).toMatchObject([{ aliases: ['0x00158d00aabbccdd'] }]);
  });

  it.each([
    ['{"state":"online"}', true],
    ['{"state":"offline"}', false],
    ['online', true],
    [' offline\n', false],
  ])('reads the availability %s', (payload, online) => {
    expect(open('zigbee2mqtt/court/lamp/availability', payload)).toMatchObject([
      { device: 'court/lamp', about: 'presence', online },
    ]);
  });

  it.each([
    ['bridge', 'x'],
    ['bridge/state', '{"state":"online"}'],
    ['bridge/devices', '[]'],
    ['bridge/request/device/remove', '{"id":"x"}'],
    ['court/lamp/set', '{"state":"ON"}'],
    ['lamp/set/state', 'ON'],
    ['lamp/get', '{"state":""}'],
    ['lamp', ''],
  ])('takes %s for no message of a device', (name, payload) => {
    expect(open(`zigbee2mqtt/${name}`, payload)).toEqual([]);
  });

  it.each([
    ['zigbee2mqtt/x', 'open', 'DECODE_NOT_JSON'],
    ['zigbee2mqtt/x', '[1]', 'DECODE_NOT_JSON'],
    ['zigbee2mqtt/x/availability', 'maybe', 'DECODE_ENVELOPE'],
    ['zigbee2mqtt/x/availability', '{"state":1}', 'DECODE_ENVELOPE'],
    ['zigbee2mqtt/x/availability', '{"state', 'DECODE_ENVELOPE'],
  ])('refuses %s %s', (topic, payload, code) => {
    const opening = open(topic, payload);
    expect(opening).toBeInstanceOf(Refusal);
    expect(opening).toMatchObject({ code });
  });

  it('claims what lies below its base and nothing else', () => {
    expect(zigbee2mqtt.claims('zigbee2mqtt/x', 'zigbee2mqtt')).toBe(true);
    expect(zigbee2mqtt.claims('zigbee2mqtt', 'zigbee2mqtt')).toBe(false);
    expect(zigbee2mqtt.claims('zigbee2mqtt/', 'zigbee2mqtt')).toBe(false);
    expect(zigbee2mqtt.claims('zigbee2mqtt2/x', 'zigbee2mqtt')).toBe(false);
  });
});
