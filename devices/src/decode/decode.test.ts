import { describe, expect, it } from 'vitest';
import { loadEstate } from '../model/index.ts';
import { createDecoder } from './index.ts';

const estate = loadEstate(
  `
id: garden
name: Garden
zone: Asia/Shanghai
location: { latitude: 31, longitude: 121 }
gateway: garden-1
assets:
  - { id: gate, name: Gate, kind: access-gate, touchpoint: TP01, place: North, points: [door, slam_db, fault] }
  - { id: lamp, name: Lamp, kind: lighting, touchpoint: TP03, place: North, points: [lux, power_w, commanded] }
  - { id: bin, name: Bin, kind: bin, touchpoint: TP23, place: North, points: [distance_cm, temp_c, tilt] }
  - { id: lift, name: Lift, kind: lift, touchpoint: TP27, place: North, points: [mode, floor, trapped] }
  - { id: hall, name: Hall, kind: climate, touchpoint: TP26, place: North, points: [temp_c] }
mappings:
  - { topic: zigbee2mqtt/gates/north, format: zigbee2mqtt, asset: gate, at: last_seen }
  - { topic: home/zigbee/lamp 1/#, format: zigbee2mqtt, asset: lamp }
  - { topic: zigbee2mqtt/hall/#, format: zigbee2mqtt, asset: hall }
  - topic: application/+/device/0011/event/up
    format: json
    asset: bin
    at: time
    fields:
      - { path: object.distance, metric: distance_cm, scale: 0.1, sentinels: [0] }
      - { path: object.TempC, metric: temp_c }
      - { path: object.constructor, metric: tilt }
      - { path: object.position, metric: tilt, words: { tilt: true, normal: false } }
  - topic: tele/hall/SENSOR
    format: json
    asset: hall
    fields: [{ path: DS18B20.Temperature, metric: temp_c, scale: 0.5555555555555556, offset: -17.77777777777778 }]
  - { topic: stat/gate/FAULT, format: bare, asset: gate, fields: [{ metric: fault, words: { E4: true } }] }
`,
  'test.yaml',
);
const decoder = createDecoder(estate);
const now = Date.parse('2026-11-21T12:00:00Z');
const send = (topic: string, payload: string) => {
  const { found, faults } = decoder.decode(topic, Buffer.from(payload), {
    received: now,
    retained: false,
  });
  return {
    found: found.map((f) => [f.point, f.value, f.at]),
    codes: faults.map((f) => f.code),
    faults,
  };
};
const values = (topic: string, payload: string) => {
  const { found, codes } = send(topic, payload);
  expect(codes).toEqual([]);
  return Object.fromEntries(found.map(([point, value]) => [point, value]));
};

describe('our own JSON', () => {
  it('takes every metric of the message, with its time', () => {
    expect(
      send('caretaker/gate', `{"at":${now - 5},"door":"open","slam_db":81.5,"fault":false}`),
    ).toMatchObject({
      found: [
        ['gate/door', 'open', now - 5],
        ['gate/slam_db', 81.5, now - 5],
        ['gate/fault', false, now - 5],
      ],
      codes: [],
    });
  });

  it('leaves the time to the gateway when there is none', () => {
    expect(send('caretaker/hall', '{"temp_c":21}').found).toEqual([['hall/temp_c', 21, null]]);
  });

  it.each([
    ['"2026-11-21T19:59:00+08:00"', now - 60_000],
    ['"2026-11-21T11:59:00Z"', now - 60_000],
    ['"2026-11-21T11:59:00.25+0000"', now - 59_750],
    [`"${now}"`, now],
    [String(now + 0.75), now],
    [String(now + 300_000), now + 300_000],
    // Years old: whether that is history is for the gateway to say.
    ['1000000000000', 1e12],
  ])('understands the time %s', (at, instant) => {
    expect(send('caretaker/hall', `{"at":${at},"temp_c":21}`).found).toEqual([
      ['hall/temp_c', 21, instant],
    ]);
  });

  it.each([
    ['1763726400', 'DECODE_TIME_SECONDS'],
    ['"1763726400"', 'DECODE_TIME_SECONDS'],
    ['99999999999', 'DECODE_TIME_SECONDS'],
    [String(now + 300_001), 'DECODE_TIME_FUTURE'],
    ['"2099-01-01T00:00:00Z"', 'DECODE_TIME_FUTURE'],
    [`${now}000`, 'DECODE_TIME_FUTURE'],
    ['"2026-11-21T12:00:00"', 'DECODE_TIME_INVALID'],
    ['"2026-02-30T12:00:00Z"', 'DECODE_TIME_INVALID'],
    ['"yesterday"', 'DECODE_TIME_INVALID'],
    ['null', 'DECODE_TIME_INVALID'],
    ['-1', 'DECODE_TIME_INVALID'],
    ['1e999', 'DECODE_TIME_INVALID'],
    ['{}', 'DECODE_TIME_INVALID'],
  ])('refuses a whole message with the time %s', (at, code) => {
    const { found, codes, faults } = send('caretaker/hall', `{"at":${at},"temp_c":21}`);
    expect({ found, codes }).toEqual({ found: [], codes: [code] });
    expect(faults[0]?.where).toBe('caretaker/hall: at');
  });

  it('asks whether a small time is seconds', () => {
    expect(send('caretaker/hall', '{"at":1763726400}').faults[0]?.message).toMatch(/seconds\?/);
  });

  it('keeps the good fields beside the bad ones and names each bad one', () => {
    const { found, faults } = send(
      'caretaker/lift',
      '{"mode":"flying","floor":3,"trapped":"maybe","humidity":40}',
    );
    expect(found).toEqual([['lift/floor', 3, null]]);
    expect(faults.map((f) => `${f.where} ${f.code}`)).toEqual([
      'caretaker/lift: mode DECODE_WRONG_TYPE',
      'caretaker/lift: trapped DECODE_WRONG_TYPE',
      'caretaker/lift: humidity DECODE_UNKNOWN_POINT',
    ]);
    expect(faults[0]?.message).toBe(
      'mode must be one of normal, stopped, inspection, fire, unknown, not "flying"',
    );
  });

  it.each([
    ['{"slam_db":"loud"}', 'DECODE_WRONG_TYPE'],
    ['{"slam_db":"81.5"}', 'DECODE_WRONG_TYPE'],
    ['{"slam_db":true}', 'DECODE_WRONG_TYPE'],
    ['{"slam_db":null}', 'DECODE_WRONG_TYPE'],
    ['{"slam_db":[81]}', 'DECODE_WRONG_TYPE'],
    ['{"slam_db":{"value":81}}', 'DECODE_WRONG_TYPE'],
    ['{"slam_db":151}', 'DECODE_IMPLAUSIBLE'],
    ['{"slam_db":-0.1}', 'DECODE_IMPLAUSIBLE'],
    ['{"slam_db":1e999}', 'DECODE_IMPLAUSIBLE'],
    ['{"door":1}', 'DECODE_WRONG_TYPE'],
    ['{"fault":2}', 'DECODE_WRONG_TYPE'],
    ['{"force_n":12}', 'DECODE_UNKNOWN_POINT'],
    ['{"__proto__":{"door":"open"}}', 'DECODE_UNKNOWN_POINT'],
    ['{"constructor":1}', 'DECODE_UNKNOWN_POINT'],
    ['', 'DECODE_NOT_JSON'],
    ['door open', 'DECODE_NOT_JSON'],
    ['{"door":"open"', 'DECODE_NOT_JSON'],
    ['[{"door":"open"}]', 'DECODE_NOT_JSON'],
    ['81.5', 'DECODE_NOT_JSON'],
    ['null', 'DECODE_NOT_JSON'],
    [`{${Array.from({ length: 65 }, (_, i) => `"a${i}":1`).join()}}`, 'DECODE_TOO_MANY_FIELDS'],
    [`{"door":"${'x'.repeat(70_000)}"}`, 'DECODE_TOO_LARGE'],
    ['['.repeat(60_000), 'DECODE_NOT_JSON'],
    [`{"door":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, 'DECODE_WRONG_TYPE'],
  ])('refuses %.60s', (payload, code) => {
    const { found, codes } = send('caretaker/gate', payload);
    expect({ found, codes }).toEqual({ found: [], codes: [code] });
  });

  it('takes the edges of the plausible range', () => {
    expect(values('caretaker/gate', '{"slam_db":0}')).toEqual({ 'gate/slam_db': 0 });
    expect(values('caretaker/gate', '{"slam_db":150}')).toEqual({ 'gate/slam_db': 150 });
    expect(Object.is(values('caretaker/gate', '{"slam_db":-0}')['gate/slam_db'], 0)).toBe(true);
  });

  it.each([
    ['true', true],
    ['1', true],
    ['"ON"', true],
    ['"True"', true],
    ['false', false],
    ['0', false],
    ['"off"', false],
    ['"false"', false],
  ])('reads the flag %s', (raw, value) => {
    expect(values('caretaker/gate', `{"fault":${raw}}`)).toEqual({ 'gate/fault': value });
  });

  it('takes the last of two equal keys', () => {
    expect(values('caretaker/gate', '{"door":"open","door":"CLOSED"}')).toEqual({
      'gate/door': 'closed',
    });
  });

  it.each([
    ['caretaker/gat', 'DECODE_UNKNOWN_POINT', /no asset "gat"/],
    ['caretaker/gate/force_n', 'DECODE_UNKNOWN_POINT', /no point "force_n"/],
    ['caretaker/gate/door/x', 'DECODE_UNKNOWN_TOPIC', /listens/],
    ['caretaker/', 'DECODE_UNKNOWN_POINT', /no asset ""/],
    ['caretaker', 'DECODE_UNKNOWN_TOPIC', /listens/],
    ['hello/world', 'DECODE_UNKNOWN_TOPIC', /listens/],
    ['', 'DECODE_UNKNOWN_TOPIC', /listens/],
  ])('does not know the topic %s', (topic, code, says) => {
    const { found, faults } = send(topic, '{"door":"open"}');
    expect(found).toEqual([]);
    expect(faults[0]).toMatchObject({ code });
    expect(faults[0]?.message).toMatch(says);
  });
});

describe('what talks on a topic of nobody', () => {
  const unmapped = (topic: string, payload: string) =>
    decoder.decode(topic, Buffer.from(payload), { received: now, retained: false }).unmapped;

  it('is told with what it says', () => {
    const plain = { aliases: [], name: null };
    expect(unmapped('plant/pump', '{"level":3}')).toEqual({
      ...{ ...plain, format: 'json', device: 'plant/pump', topic: 'plant/pump' },
      body: { level: 3 },
    });
    for (const text of ['21.5', 'on', '{"level":', '[1]']) {
      expect(unmapped('plant/t', text)).toEqual({
        ...{ ...plain, format: 'bare', device: 'plant/t', topic: 'plant/t' },
        body: { value: text },
      });
    }
    expect(unmapped('plant/t', '')).toBeNull();
    expect(unmapped('caretaker/nobody', '{"level":3}')).toBeNull();
  });
});

describe('a bare value', () => {
  it.each([
    ['gate/slam_db', '81.5', 81.5],
    ['gate/slam_db', ' 8e1\n', 80],
    ['gate/door', 'open', 'open'],
    ['gate/door', '"open"', 'open'],
    ['gate/fault', 'ON', true],
    ['gate/fault', '0', false],
  ])('of %s is %j', (point, payload, value) => {
    expect(send(`caretaker/${point}`, payload).found).toEqual([[point, value, null]]);
  });

  it.each([
    ['gate/slam_db', 'loud', 'DECODE_WRONG_TYPE'],
    ['gate/slam_db', '', 'DECODE_WRONG_TYPE'],
    ['gate/slam_db', '0x50', 'DECODE_WRONG_TYPE'],
    ['gate/slam_db', 'NaN', 'DECODE_WRONG_TYPE'],
    ['gate/slam_db', '81 dB', 'DECODE_WRONG_TYPE'],
    ['gate/slam_db', '500', 'DECODE_IMPLAUSIBLE'],
    ['gate/door', 'ajar', 'DECODE_WRONG_TYPE'],
  ])('of %s is not %j', (point, payload, code) => {
    expect(send(`caretaker/${point}`, payload)).toMatchObject({ found: [], codes: [code] });
  });
});

describe('Zigbee2MQTT', () => {
  it('says true for a closed contact', () => {
    const seen = '2026-11-21T11:59:30.500Z';
    expect(
      send('zigbee2mqtt/gates/north', `{"contact":true,"last_seen":"${seen}","linkquality":144}`),
    ).toMatchObject({ found: [['gate/door', 'closed', now - 29_500]], codes: [] });
    expect(values('zigbee2mqtt/gates/north', '{"contact":false}')).toEqual({ 'gate/door': 'open' });
    expect(
      send('zigbee2mqtt/gates/north', `{"contact":true,"last_seen":${now - 7}}`).found,
    ).toEqual([['gate/door', 'closed', now - 7]]);
  });

  it('takes numbers in strings, lux before raw counts, and words for flags', () => {
    const topic = 'home/zigbee/lamp 1/';
    expect(
      values(topic, '{"illuminance":9000,"illuminance_lux":"12.00","power":11.8,"state":"ON"}'),
    ).toEqual({ 'lamp/lux': 12, 'lamp/power_w': 11.8, 'lamp/commanded': true });
    expect(values(topic, '{"illuminance_lux":null,"illuminance":7}')).toEqual({ 'lamp/lux': 7 });
  });

  it.each([
    ['zigbee2mqtt/gates/north/availability', '{"state":"offline"}'],
    ['home/zigbee/lamp 1/availability', '{"state":"online"}'],
    ['home/zigbee/lamp 1/availability', 'online'],
    ['home/zigbee/lamp 1/set', '{"state":"ON"}'],
    ['zigbee2mqtt/hall/availability', '{"state":"online"}'],
    ['zigbee2mqtt/bridge/devices', '[{"definition":null}]'],
    ['zigbee2mqtt/bridge/state', 'online'],
    ['zigbee2mqtt/gates/north', '{"battery":93,"linkquality":20}'],
    ['zigbee2mqtt/gates/north', ''],
  ])('ignores %s %s', (topic, payload) => {
    expect(send(topic, payload)).toMatchObject({ found: [], codes: [] });
  });

  it('says which device nobody mapped, and which value is wrong', () => {
    expect(send('zigbee2mqtt/0x00158d', '{"contact":true}').codes).toEqual([
      'DECODE_UNMAPPED_DEVICE',
    ]);
    const { faults } = send('zigbee2mqtt/gates/north', '{"contact":"perhaps"}');
    expect(faults[0]).toMatchObject({
      code: 'DECODE_WRONG_TYPE',
      where: 'zigbee2mqtt/gates/north: contact',
    });
    expect(send('zigbee2mqtt/gates/north', '{"contact":true,"last_seen":17}').codes).toEqual([
      'DECODE_TIME_SECONDS',
    ]);
  });
});

describe('a mapping', () => {
  const up = 'application/7/device/0011/event/up';
  const uplink = (object: string) => `{"time":"2026-11-21T11:58:00.789+00:00","object":${object}}`;

  it('finds nested values, scales them and cuts off units', () => {
    expect(
      send(up, uplink('{"distance":2593,"TempC":"23.50 °C","position":"tilt"}')),
    ).toMatchObject({
      found: [
        ['bin/distance_cm', 259.3, now - 119_211],
        ['bin/temp_c', 23.5, now - 119_211],
        ['bin/tilt', true, now - 119_211],
      ],
      codes: [],
    });
    expect(values(up, uplink('{"distance":"2590 mm"}'))).toEqual({ 'bin/distance_cm': 259 });
    expect(values('tele/hall/SENSOR', '{"DS18B20":{"Temperature":72.5}}')).toEqual({
      'hall/temp_c': 22.5,
    });
    expect(values('stat/gate/FAULT', 'E4')).toEqual({ 'gate/fault': true });
    expect(values('stat/gate/FAULT', 'off')).toEqual({ 'gate/fault': false });
  });

  it('ignores what is no measurement, and messages without any', () => {
    expect(values(up, uplink('{"distance":0,"position":"normal"}'))).toEqual({ 'bin/tilt': false });
    expect(values(up, uplink('{"distance":"0 mm"}'))).toEqual({});
    expect(values(up, uplink('{"TempC":null}'))).toEqual({});
    expect(values(up, uplink('{}'))).toEqual({});
    expect(values(up, '{"level":"INFO"}')).toEqual({});
    expect(values(up, '{"object":"distance"}')).toEqual({});
    expect(values(up, '{"object":{"__proto__":{"distance":100}}}')).toEqual({});
  });

  it.each([
    ['{"distance":65535}', 'DECODE_IMPLAUSIBLE'],
    ['{"distance":true}', 'DECODE_WRONG_TYPE'],
    ['{"distance":{"v":100}}', 'DECODE_WRONG_TYPE'],
    ['{"distance":{"value":[100]}}', 'DECODE_WRONG_TYPE'],
    ['{"TempC":"23 furlongs"}', 'DECODE_UNIT_UNKNOWN'],
    ['{"TempC":"23 mm"}', 'DECODE_UNIT_UNKNOWN'],
    ['{"TempC":"unknown"}', 'DECODE_WRONG_TYPE'],
    ['{"TempC":"31. Jul 2"}', 'DECODE_WRONG_TYPE'],
    ['{"position":"upside down"}', 'DECODE_WRONG_TYPE'],
  ])('refuses %s', (object, code) => {
    expect(send(up, uplink(object))).toMatchObject({ found: [], codes: [code] });
  });

  it('matches whole levels only', () => {
    // Another device of the same network server.
    expect(send('application/7/device/0012/event/up', '{}').codes).toEqual([
      'DECODE_UNMAPPED_DEVICE',
    ]);
    expect(send(`${up}/x`, '{}').codes).toEqual(['DECODE_UNKNOWN_TOPIC']);
    expect(send('application/7/8/device/0011/event/up', '{}').codes).toEqual([
      'DECODE_UNKNOWN_TOPIC',
    ]);
  });
});
