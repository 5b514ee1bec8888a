import { describe, expect, it } from 'vitest';
import { Refusal } from '../refusal.ts';
import { shelly } from './shelly.ts';

const id = 'shellyplus1pm-a0b1c2d3e4f5';
const opening = (topic: string, payload: unknown, base = '', opener = shelly.create()) =>
  opener.open(
    topic,
    Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
    base,
  );
const notify = (params: object, src: string = id, method = 'NotifyStatus') => ({
  ...{ src, dst: `${src}/events`, method, params },
});

describe('Shelly', () => {
  it('gives the components that changed, with the time of the device', () => {
    const params = { ts: 1_795_262_340.49, 'switch:0': { id: 0, apower: 11.8 } };
    expect(opening(`${id}/events/rpc`, notify(params))).toEqual([
      {
        ...{ device: id, aliases: [], about: 'values', at: 1_795_262_340_490 },
        body: { 'switch:0': { id: 0, apower: 11.8 } },
      },
    ]);
  });

  it('gives no time for a clock that was never set', () => {
    for (const ts of [12.5, null, 'now', undefined]) {
      expect(opening(`${id}/events/rpc`, notify({ ts }))).toMatchObject([{ at: null }]);
    }
  });

  it('lays signal and battery beside a full status', () => {
    const params = {
      ts: 1_795_262_340,
      'devicepower:0': { battery: { V: 5.8, percent: 77 } },
      wifi: { rssi: -61 },
    };
    const full = notify(params, id, 'NotifyFullStatus');
    expect(opening(`${id}/events/rpc`, full)).toMatchObject([
      { body: { $battery: 77, $rssi: -61, wifi: { rssi: -61 } } },
    ]);
  });

  it('wraps a status topic, so that the same paths work', () => {
    expect(opening(`${id}/status/switch:0`, { id: 0, output: true })).toEqual([
      {
        ...{ device: id, aliases: [], about: 'values', at: null },
        body: { 'switch:0': { id: 0, output: true } },
      },
    ]);
    expect(opening(`${id}/status/wifi`, { rssi: -70 })).toMatchObject([{ body: { $rssi: -70 } }]);
  });

  it('knows a device by its id and by its prefix, once it has said both', () => {
    const opener = shelly.create();
    const names = (topic: string, payload: unknown) => opening(topic, payload, 'gates', opener);
    expect(names('gates/north/online', 'true')).toMatchObject([
      { device: 'north', aliases: [], about: 'presence', online: true },
    ]);
    const named = [{ device: id, aliases: ['north'] }];
    expect(names('gates/north/events/rpc', notify({ ts: 1 }))).toMatchObject(named);
    expect(names('gates/north/online', 'false')).toMatchObject([
      { ...named[0], about: 'presence', online: false },
    ]);
    expect(names('gates/north/status/input:0', { state: true })).toMatchObject(named);
  });

  it('takes no device for that of the same prefix under another base', () => {
    const opener = shelly.create();
    opening('north/gate/events/rpc', notify({ ts: 1 }), 'north', opener);
    opening('south/gate/events/rpc', notify({ ts: 1 }, 'shelly1-b'), 'south', opener);
    const status = (base: string) => opening(`${base}/gate/status/input:0`, {}, base, opener);
    expect([status('north'), status('south')]).toMatchObject([
      [{ device: id }],
      [{ device: 'shelly1-b' }],
    ]);
  });

  it('remembers no name that is longer than any', () => {
    const refusal = { code: 'DECODE_ENVELOPE' };
    const long = 'x'.repeat(60_000);
    const said = { src: long, method: 'NotifyStatus', params: { ts: 1 } };
    expect(opening('north/events/rpc', said, '')).toMatchObject(refusal);
    expect(opening(`${long}/events/rpc`, { ...said, src: id }, '')).toMatchObject(refusal);
  });

  it('keeps one event an envelope', () => {
    const events = [
      { component: 'input:0', id: 0, event: 'single_push', ts: 1_795_262_340.49 },
      { component: 'input:1', id: 1, event: 'long_push' },
      { event: 'ota_begin' },
      17,
    ];
    const message = notify({ ts: 1_795_262_341, events }, id, 'NotifyEvent');
    expect(opening(`${id}/events/rpc`, message)).toMatchObject([
      { at: 1_795_262_340_490, body: { 'input:0': { event: 'single_push' } } },
      { at: 1_795_262_341_000, body: { 'input:1': { event: 'long_push' } } },
    ]);
  });

  it('names a Bluetooth device by its address, whoever heard it', () => {
    const data = { address: '3C:2E:F5:AA:BB:CC', rssi: -70, battery: 99, window: 1, pid: 17 };
    const events = [{ component: 'script:1', event: 'shelly-blu', data, ts: 1_795_262_340 }];
    expect(opening(`${id}/events/rpc`, notify({ events }, id, 'NotifyEvent'))).toEqual([
      {
        ...{ device: '3c:2e:f5:aa:bb:cc', aliases: ['3c2ef5aabbcc'], about: 'values' },
        ...{ body: { ...data, $rssi: -70, $battery: 99 }, at: 1_795_262_340_000 },
      },
    ]);
  });

  it.each([
    [`${id}/rpc`, { method: 'Switch.Set' }],
    [`${id}/command`, 'status_update'],
    [`${id}/debug/log`, 'boot'],
    [`${id}/online`, ''],
  ])('takes %s for no message of a device', (topic, payload) => {
    expect(opening(topic, payload)).toEqual([]);
  });

  it('takes any other method for a sign of life', () => {
    const other = notify({}, id, 'Mqtt.Reconnect');
    expect(opening(`${id}/events/rpc`, other)).toMatchObject([{ device: id, about: 'sign' }]);
    const empty = notify({ events: [] }, id, 'NotifyEvent');
    expect(opening(`${id}/events/rpc`, empty)).toMatchObject([{ device: id, about: 'sign' }]);
  });

  it.each([
    [`${id}/events/rpc`, { method: 'NotifyStatus', params: {} }, 'DECODE_ENVELOPE'],
    [`${id}/events/rpc`, { src: id, method: 'NotifyStatus' }, 'DECODE_ENVELOPE'],
    [`${id}/events/rpc`, { src: id, method: 'NotifyEvent', params: {} }, 'DECODE_ENVELOPE'],
    [`${id}/events/rpc`, 'hello', 'DECODE_NOT_JSON'],
    [`${id}/status/switch:0`, '[1]', 'DECODE_NOT_JSON'],
    [`${id}/online`, 'perhaps', 'DECODE_ENVELOPE'],
  ])('refuses %s %j', (topic, payload, code) => {
    const refusal = opening(topic, payload);
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({ code });
  });

  it.each([
    [`${id}/events/rpc`, '', true],
    ['garage/door/events/rpc', '', true],
    ['events/rpc', '', false],
    [`home/${id}/online`, '', true],
    ['gates/north/online', '', false],
    ['gates/north/online', 'gates', true],
    ['gates/north/online', 'gates/north', true],
    ['gates/north/status/input:0', '', true],
    ['gates/north/status/sys', '', false],
    [`${id}/status/sys`, '', true],
    ['other/north/online', 'gates', false],
    ['building/3/status/elevator', '', false],
  ])('claims %s under "%s": %s', (topic, base, claimed) => {
    expect(shelly.claims(topic, base)).toBe(claimed);
  });
});
