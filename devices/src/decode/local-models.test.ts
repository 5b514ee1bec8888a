import { describe, expect, it } from 'vitest';
import { loadEstate } from '../model/index.ts';
import { createDecoder, learn, topicsOf } from './index.ts';
import { sparkplugPayload } from './testing/sparkplug.ts';

const shelly1 = 'shelly1minig3-00aa11bb22cc';
const addOn = 'shellyplus1-00aa11bb22dd';

const estate = loadEstate(
  `
id: court
name: Court
zone: Asia/Shanghai
location: { latitude: 31, longitude: 121 }
gateway: court-1
assets:
  - { id: door, name: Door, kind: access-gate, touchpoint: TP01, place: North, points: [door] }
  - { id: cellar, name: Cellar, kind: leak, touchpoint: TP26, place: North, points: [leak] }
  - { id: lamp, name: Lamp, kind: lighting, touchpoint: TP03, place: North, points: [lux, power_w, commanded] }
  - { id: cover, name: Cover, kind: manhole, touchpoint: TP03, place: North, points: [tilt_deg, moved] }
  - { id: bin, name: Bin, kind: bin, touchpoint: TP23, place: North, points: [distance_cm] }
  - { id: hall, name: Hall, kind: climate, touchpoint: TP26, place: North, points: [temp_c, humidity_pct] }
  - { id: arm, name: Arm, kind: barrier, touchpoint: TP05, place: North, points: [position, travel_s, loop, fault] }
  - { id: gb-lift, name: Lift, kind: lift, touchpoint: TP27, place: North, points: [mode, floor, door, trapped, fault] }
  - { id: api-lift, name: Lift, kind: lift, touchpoint: TP27, place: North, points: [mode, trapped, fault, door] }
  - { id: sump, name: Sump, kind: sump-pump, touchpoint: TP26, place: North, points: [level_cm, running] }
  - { id: node, name: Node, kind: device, touchpoint: TP26, place: North, points: [battery_pct, battery_v, link_quality, rssi_dbm, tamper] }
sources:
  - { format: zigbee2mqtt, base: zigbee }
mappings:
  - { format: zigbee2mqtt, device: court/door 1, asset: door, node: node, preset: aqara/mccgq11lm }
  - { format: zigbee2mqtt, device: leak1, asset: cellar, node: node, preset: aqara/sjcgq11lm }
  - { format: zigbee2mqtt, device: lux1, asset: lamp, node: node, preset: aqara/gzcgq01lm }
  - { format: zigbee2mqtt, device: cover1, asset: cover, node: node, preset: aqara/djt11lm }
  - { format: zigbee2mqtt, device: gate-lamp, asset: lamp, node: node, preset: tuya/ts011f }
  - { format: zigbee2mqtt, device: door2, asset: door, node: node, preset: hive/dws003 }
  - { format: shelly, device: ${shelly1}, asset: lamp, node: node, preset: shelly/switch }
  - { format: shelly, device: shellyi4-00aa11bb22ee, asset: door, node: node, preset: shelly/input }
  - { format: shelly, device: ${addOn}, asset: hall, node: node, preset: shelly/temperature }
  - { format: shelly, device: 3c2ef5aabbcc, asset: door, node: node, preset: shelly/blu-door-window }
  - { format: tasmota, device: lux_1, asset: lamp, preset: tasmota/bh1750 }
  - { format: tasmota, device: bin_1, asset: bin, preset: tasmota/sr04 }
  - { format: tasmota, device: door_1, asset: door, preset: tasmota/switch }
  - { format: tasmota, device: hall_1, asset: hall, preset: tasmota/ds18b20 }
  - { format: tasmota, device: plug_1, asset: lamp, node: node, preset: tasmota/plug }
  - format: sparkplug
    device: Court 1/pump house/sump
    asset: sump
    fields: [{ path: Tank/level, metric: level_cm, unit: mm }, { path: Pump/running, metric: running }]
  - topic: estate/court/barrier/1/state
    format: json
    asset: arm
    at: ts
    fields:
      - { path: position, metric: position }
      - { path: loop, metric: loop }
      - { path: travel_ms, metric: travel_s, unit: ms }
  - { topic: cover/arm/state, format: bare, asset: arm, fields: [{ metric: position }] }
  - topic: lifts/1/status
    format: json
    asset: gb-lift
    at: time
    fields:
      - { path: serviceMode, metric: mode, words: { "0": stopped, "1": normal, "2": inspection, "3": fire, "4": fire, "7": unknown } }
      - { path: currentFloor, metric: floor }
      - { path: doorClosed, metric: door, words: { "true": closed, "false": open } }
      - { path: trapped, metric: trapped }
      - { path: faultCode, metric: fault, words: { "00": false, "01": true, "02": true, "05": true } }
  - topic: lifts/2/status
    format: json
    asset: api-lift
    fields:
      - { path: status.entrapment, metric: trapped }
      - { path: status.outOfOrder, metric: fault }
      - { path: availability.serviceMode, metric: mode, words: { NORMAL: normal, OUT_OF_ORDER: stopped, MAINTENANCE: inspection, FIRE: fire } }
`,
  'court.yaml',
);
const now = Date.parse('2026-11-21T12:00:00Z');

function decode(topic: string, payload: unknown, decoder = createDecoder(estate)) {
  const bytes =
    payload instanceof Uint8Array
      ? payload
      : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return decoder.decode(topic, bytes, { received: now, retained: false });
}

/** Readings of one message by point, and the times that they have. */
function readings(topic: string, payload: unknown, decoder = createDecoder(estate)) {
  const { found, faults, ignored } = decode(topic, payload, decoder);
  expect(faults).toEqual([]);
  expect(ignored === null).toBe(found.length > 0);
  return {
    values: Object.fromEntries(found.map(({ point, value }) => [point, value])),
    at: [...new Set(found.map(({ at }) => at))],
  };
}

describe('one message of every local model', () => {
  it.each([
    [
      'Aqara contact',
      'zigbee2mqtt/court/door 1',
      { contact: true, battery: 97, voltage: 3015, temperature: 21, linkquality: 144 },
      {
        'door/door': 'closed',
        'node/battery_pct': 97,
        'node/battery_v': 3.015,
        'node/link_quality': 144,
      },
    ],
    [
      'Aqara leak probe, battery in words',
      'zigbee/leak1',
      { battery: '100.00', voltage: 3045, linkquality: 99, water_leak: false, battery_low: false },
      {
        'cellar/leak': false,
        'node/battery_pct': 100,
        'node/battery_v': 3.045,
        'node/link_quality': 99,
      },
    ],
    [
      'Aqara light, Zigbee2MQTT 1.x',
      'zigbee2mqtt/lux1',
      { illuminance: 14_771, illuminance_lux: 30, linkquality: 80 },
      { 'lamp/lux': 30, 'node/link_quality': 80 },
    ],
    ['Aqara light, Zigbee2MQTT 2.x', 'zigbee2mqtt/lux1', { illuminance: 30 }, { 'lamp/lux': 30 }],
    [
      'Aqara vibration',
      'zigbee2mqtt/cover1',
      { action: 'tilt', strength: 65, angle_x: 12, angle_y: 3, angle_z: 71, battery: 91 },
      { 'cover/tilt_deg': 19, 'cover/moved': true, 'node/battery_pct': 91 },
    ],
    [
      'Aqara vibration of a car',
      'zigbee2mqtt/cover1',
      { action: 'vibration', angle_z: 90 },
      { 'cover/tilt_deg': 0 },
    ],
    [
      'Tuya plug',
      'zigbee2mqtt/gate-lamp',
      { state: 'ON', power: 11.8, current: 0.06, voltage: 231, energy: 4.21, linkquality: 120 },
      { 'lamp/power_w': 11.8, 'lamp/commanded': true, 'node/link_quality': 120 },
    ],
    [
      'Hive contact with tamper',
      'zigbee2mqtt/door2',
      { contact: false, tamper: true, battery_low: false, battery: 88, temperature: 19 },
      { 'door/door': 'open', 'node/battery_pct': 88, 'node/tamper': true },
    ],
    [
      'Shelly relay, what changed',
      `${shelly1}/events/rpc`,
      {
        ...{ src: shelly1, dst: `${shelly1}/events`, method: 'NotifyStatus' },
        params: { 'switch:0': { id: 0, output: false, source: 'HTTP_in' } },
      },
      { 'lamp/commanded': false },
    ],
    [
      'Shelly relay, status topic',
      `${shelly1}/status/switch:0`,
      { id: 0, output: true, apower: 11.8, voltage: 230.1, temperature: { tC: 54, tF: 129.3 } },
      { 'lamp/commanded': true, 'lamp/power_w': 11.8 },
    ],
    [
      'Shelly input',
      'shellyi4-00aa11bb22ee/status/input:0',
      { id: 0, state: true },
      { 'door/door': 'closed' },
    ],
    [
      'Shelly temperature add-on',
      `${addOn}/events/rpc`,
      {
        ...{ src: addOn, method: 'NotifyFullStatus' },
        params: {
          'temperature:100': { id: 100, tC: 22.5 },
          'humidity:100': { rh: 41 },
          wifi: { rssi: -61 },
        },
      },
      { 'hall/temp_c': 22.5, 'hall/humidity_pct': 41, 'node/rssi_dbm': -61 },
    ],
    [
      'Shelly Bluetooth contact',
      `${addOn}/events/rpc`,
      {
        ...{ src: addOn, method: 'NotifyEvent' },
        params: {
          events: [
            {
              ...{ component: 'script:1', event: 'shelly-blu' },
              data: { address: '3C:2E:F5:AA:BB:CC', window: 1, battery: 99, rssi: -70 },
            },
          ],
        },
      },
      { 'door/door': 'open', 'node/battery_pct': 99, 'node/rssi_dbm': -70 },
    ],
    [
      'Tasmota BH1750',
      'tele/lux_1/SENSOR',
      { Time: '2026-11-21T20:00:00', BH1750: { Illuminance: 79 } },
      { 'lamp/lux': 79 },
    ],
    [
      'Tasmota HC-SR04',
      'tele/bin_1/SENSOR',
      { Time: '2026-11-21T20:00:00', SR04: { Distance: 16.754 } },
      { 'bin/distance_cm': 16.754 },
    ],
    [
      'Tasmota contact',
      'tele/door_1/SENSOR',
      { Time: '2026-11-21T20:00:00', Switch1: 'OFF' },
      { 'door/door': 'closed' },
    ],
    [
      'Tasmota contact at once',
      'stat/door_1/RESULT',
      { Switch1: { Action: 'ON' } },
      { 'door/door': 'open' },
    ],
    [
      'Tasmota DS18B20',
      'tele/hall_1/SENSOR',
      { Time: '2026-11-21T20:00:00', DS18B20: { Id: '00', Temperature: 20.6 }, TempUnit: 'C' },
      { 'hall/temp_c': 20.6 },
    ],
    [
      'Tasmota DS18B20 in Fahrenheit',
      'tele/hall_1/SENSOR',
      { DS18B20: { Temperature: 68 }, TempUnit: 'F' },
      { 'hall/temp_c': 20 },
    ],
    [
      'Tasmota plug',
      'tele/plug_1/SENSOR',
      {
        Time: '2026-11-21T20:00:00',
        ENERGY: { Total: 98.245, Today: 2.2, Power: 170, Current: 0.7 },
      },
      { 'lamp/power_w': 170 },
    ],
    [
      'Tasmota plug of two channels',
      'stat/plug_1/STATUS10',
      { StatusSNS: { ENERGY: { Power: [17, 3], Current: [0.1, 0.02] } } },
      { 'lamp/power_w': 17 },
    ],
    ['Tasmota plug, its relay', 'stat/plug_1/POWER', 'OFF', { 'lamp/commanded': false }],
    [
      'Tasmota plug, its relay in JSON',
      'stat/plug_1/RESULT',
      { POWER: 'ON' },
      { 'lamp/commanded': true },
    ],
    [
      'Tasmota plug, its state',
      'tele/plug_1/STATE',
      { Time: '2026-11-21T20:00:00', POWER: 'ON', Wifi: { RSSI: 86, Signal: -57 } },
      { 'lamp/commanded': true, 'node/rssi_dbm': -57 },
    ],
    [
      'Sparkplug B',
      'spBv1.0/Court 1/DBIRTH/pump house/sump',
      sparkplugPayload({
        ...{ seq: 1 },
        metrics: [
          { name: 'Tank/level', alias: 7, datatype: 3, int: 213 },
          { name: 'Pump/running', alias: 8, datatype: 11, boolean: false },
        ],
      }),
      { 'sump/level_cm': 21.3, 'sump/running': false },
    ],
    [
      'barrier, in our neutral form',
      'estate/court/barrier/1/state',
      { position: 'opening', up: false, down: false, loop: true, cycle: 10_231, travel_ms: 1840 },
      { 'arm/position': 'opening', 'arm/loop': true, 'arm/travel_s': 1.84 },
    ],
    ['barrier as a cover', 'cover/arm/state', 'closing', { 'arm/position': 'closing' }],
    [
      'lift with the fields of GB/T 24476',
      'lifts/1/status',
      { serviceMode: 1, currentFloor: 12, doorClosed: true, trapped: false, faultCode: '00' },
      {
        ...{ 'gb-lift/mode': 'normal', 'gb-lift/floor': 12, 'gb-lift/door': 'closed' },
        ...{ 'gb-lift/trapped': false, 'gb-lift/fault': false },
      },
    ],
    [
      'lift behind a bridge to its maker',
      'lifts/2/status',
      {
        status: { entrapment: true, outOfOrder: true },
        availability: { serviceMode: 'OUT_OF_ORDER' },
      },
      { 'api-lift/trapped': true, 'api-lift/fault': true, 'api-lift/mode': 'stopped' },
    ],
  ])('%s', (_, topic, payload, values) => {
    expect(readings(topic, payload)).toEqual({ values, at: [null] });
  });

  it.each([
    ['zigbee2mqtt/gate-lamp', { state: 'ON', last_seen: '2026-11-21T11:59:36.794Z' }, 23_206],
    ['zigbee2mqtt/gate-lamp', { state: 'ON', last_seen: now - 500 }, 500],
    [
      `${shelly1}/events/rpc`,
      {
        ...{ src: shelly1, method: 'NotifyStatus' },
        params: { ts: now / 1_000 - 1.51, 'switch:0': { output: true } },
      },
      1_510,
    ],
    [
      'tele/plug_1/STATE',
      { Time: '2026-11-21T20:00:00', Epoch: now / 1_000 - 3, POWER: 'ON' },
      3_000,
    ],
    ['lifts/1/status', { time: '2026-11-21T19:59:59+08:00', trapped: true }, 1_000],
    ['estate/court/barrier/1/state', { ts: '2026-11-21T11:59:58Z', loop: false }, 2_000],
  ])('takes the time that the device says: %s', (topic, payload, before) => {
    expect(readings(topic, payload).at).toEqual([now - before]);
  });

  it('takes Sparkplug data by alias, each at its own time, and marks what is of the past', () => {
    const decoder = createDecoder(estate);
    const birth = sparkplugPayload({
      ...{ timestamp: now - 9_000, seq: 1 },
      metrics: [{ name: 'Tank/level', alias: 7, datatype: 3, int: 213 }],
    });
    decode('spBv1.0/Court 1/DBIRTH/pump house/sump', birth, decoder);
    const data = sparkplugPayload({
      ...{ timestamp: now - 2_000, seq: 2 },
      metrics: [
        { alias: 7, int: 230, timestamp: now - 2_500 },
        { alias: 7, int: 90, timestamp: now - 90_000, historical: true },
      ],
    });
    expect(decode('spBv1.0/Court 1/DDATA/pump house/sump', data, decoder).found).toEqual([
      { point: 'sump/level_cm', value: 9, at: now - 90_000, historic: true },
      { point: 'sump/level_cm', value: 23, at: now - 2_500, historic: false },
    ]);
  });

  it.each([
    ['tele/bin_1/SENSOR', { SR04: { Distance: 0 } }, 'empty'],
    ['zigbee2mqtt/cover1', { action: '' }, 'empty'],
    ['zigbee2mqtt/gate-lamp/availability', { state: 'offline' }, 'presence'],
    ['zigbee/leak1/availability', 'online', 'presence'],
    [`${shelly1}/online`, 'true', 'presence'],
    ['tele/plug_1/LWT', 'Offline', 'presence'],
    ['zigbee2mqtt/bridge/logging', { level: 'info' }, 'empty'],
    ['zigbee2mqtt/gate-lamp/set', { state: 'OFF' }, 'empty'],
    ['cmnd/plug_1/POWER', 'ON', 'empty'],
    ['spBv1.0/STATE/host', { online: true }, 'empty'],
    ['stat/plug_1/STATUS2', { StatusFWR: {} }, 'sign'],
  ])('takes no reading from %s %j', (topic, payload, ignored) => {
    expect(decode(topic, payload)).toMatchObject({ found: [], faults: [], ignored });
  });

  it('knows on which topics a device may speak', () => {
    const sources = [{ format: 'tasmota', base: 'home' } as const];
    const topics = (format: 'shelly' | 'tasmota' | 'sparkplug', device: string) =>
      topicsOf({ format, device, asset: 'lamp', fields: [] }, { sources });
    expect(topics('shelly', shelly1)).toEqual([`${shelly1}/#`]);
    expect(topics('sparkplug', 'a/b/c')).toEqual(['spBv1.0/a/+/b/c']);
    const either = (prefix: string) => [`${prefix}/plug_1/#`, `plug_1/${prefix}/#`];
    const plain = ['tele', 'stat', 'cmnd'].flatMap(either);
    expect(topics('tasmota', 'plug_1')).toEqual([...plain.map((one) => `home/${one}`), ...plain]);
  });

  it('hears a device that is there, and not one that is gone', () => {
    const heard = (payload: string) => decode('tele/plug_1/LWT', payload).heard;
    expect(heard('Online')).toEqual(['lamp', 'node']);
    expect(heard('Offline')).toEqual([]);
  });

  it('names a device that nobody mapped', () => {
    const { faults, unmapped } = decode('tele/unknown_1/SENSOR', { BH1750: { Illuminance: 7 } });
    expect(faults).toMatchObject([{ code: 'DECODE_UNMAPPED_DEVICE' }]);
    expect(unmapped).toMatchObject({ format: 'tasmota', device: 'unknown_1' });
  });

  it('asks a Sparkplug node for its births, and is done when they come', () => {
    const decoder = createDecoder(estate);
    const data = sparkplugPayload({ seq: 9, metrics: [{ alias: 7, int: 1 }] });
    const { faults } = decode('spBv1.0/Court 1/DDATA/pump house/sump', data, decoder);
    expect(faults).toMatchObject([{ code: 'DECODE_ENVELOPE' }]);
    expect(decoder.requests(now).map(({ topic }) => topic)).toEqual([
      'spBv1.0/Court 1/NCMD/pump house',
    ]);
    expect(decoder.requests(now)).toEqual([]);
  });

  it('reads a point as Home Assistant was told of it', () => {
    const config = {
      ...{ name: 'Gate 7', unique_id: 'gate7_contact', device_class: 'door' },
      ...{ state_topic: 'zigbee2mqtt/gate7', value_template: '{{ value_json.contact }}' },
      ...{ payload_on: false, payload_off: true },
    };
    const source = 'homeassistant/binary_sensor/gate7/contact/config';
    const point = learn(source, Buffer.from(JSON.stringify(config)))?.points[0];
    const { kind = '', metric = '', words = {} } = point?.suits[0] ?? {};
    const taught = loadEstate(
      JSON.stringify({
        ...{ id: 'court', name: 'Court', zone: 'Asia/Shanghai', gateway: 'court-1' },
        location: { latitude: 31, longitude: 121 },
        assets: [
          { ...{ id: 'g', name: 'G', kind, touchpoint: 'TP01', place: 'North' }, points: [metric] },
        ],
        mappings: [
          {
            ...{ topic: point?.topic, format: point?.format, asset: 'g' },
            fields: [{ path: point?.path, metric, words }],
          },
        ],
      }),
      'taught.yaml',
    );
    const { values } = readings('zigbee2mqtt/gate7', { contact: false }, createDecoder(taught));
    expect(values).toEqual({ 'g/door': 'open' });
  });
});
