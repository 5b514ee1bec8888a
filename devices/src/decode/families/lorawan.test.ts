import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadEstate } from '../../model/index.ts';
import { createDecoder } from '../index.ts';
import type { TraceStep } from '../trace.ts';
import { chirpstack } from './chirpstack.ts';
import { ttn } from './ttn.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const eui = '24e124136b5f2217';
const estate = loadEstate(
  `
id: yard
name: Yard
zone: UTC
location: { latitude: 0, longitude: 0 }
gateway: yard-1
assets:
  - { id: bin, name: Bin, kind: bin, touchpoint: TP23, place: Yard, points: [distance_cm, tilt] }
  - { id: gate, name: Gate, kind: access-gate, touchpoint: TP01, place: Yard, points: [door] }
  - { id: hall, name: Hall, kind: climate, touchpoint: TP26, place: Yard, points: [temp_c, humidity_pct] }
  - { id: node, name: Node, kind: device, touchpoint: TP23, place: Yard, points: [battery_pct, rssi_dbm, snr_db] }
sources:
  - { format: chirpstack, base: site/lora }
mappings:
  - { format: chirpstack, device: 24E1-2413-6B5F-2217, asset: bin, node: node, preset: milesight/em400-mud }
  - { format: ttn, device: gate-north, asset: gate, node: node, preset: milesight/em300-mcs }
  - { format: ttn, device: gate-north, asset: hall, preset: milesight/em300-mcs }
  - { format: ttn, device: 70B3D57ED0051F22, asset: bin, preset: milesight/em500-udl }
  - { format: chirpstack, device: a84041ffff18b2c1, asset: hall, fields: [{ path: DATALOG.0, metric: temp_c }, { path: TempC, metric: temp_c }] }
`,
  'yard.yaml',
);
const decoder = createDecoder(estate);

function say(topic: string, message: unknown, retained = false) {
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  const decoded = decoder.decode(topic, Buffer.from(text), { received: now, retained });
  const { found, faults, ...rest } = decoded;
  return {
    ...rest,
    found: found.map(({ point, value, at, historic }) =>
      historic ? [point, value, at, 'historic'] : [point, value, at],
    ),
    codes: faults.map(({ code }) => code),
  };
}

const topic = (event: string, device = eui) => `application/3f1c/device/${device}/event/${event}`;
const info = {
  applicationName: 'Yard',
  deviceProfileName: 'em400-mud',
  deviceName: 'Bin 1',
  devEui: eui,
};
const up = (more: object) => ({
  ...{
    deduplicationId: '5a7c1e90-1111-4222-8333-944455566677',
    time: '2026-11-21T12:59:58.250+01:00',
  },
  ...{
    deviceInfo: info,
    devAddr: '01f2a3b4',
    adr: true,
    dr: 5,
    fCnt: 17,
    fPort: 85,
    confirmed: false,
  },
  rxInfo: [
    { gatewayId: '0016c001f1000001', rssi: -112, snr: -3.5, gwTime: '2026-11-21T11:40:00+00:00' },
    { gatewayId: '0016c001f1000002', rssi: -87, snr: 9.2 },
  ],
  ...more,
});
const at = now - 1_750;

describe('ChirpStack 4', () => {
  it('gives the values of an uplink at its time, with the signal where it was heard best', () => {
    const { found, heard, once, ignored } = say(
      topic('up'),
      up({ object: { battery: 92, distance: 1384, position: 'normal' } }),
    );
    expect(found).toEqual([
      ['bin/distance_cm', 138.4, at],
      ['bin/tilt', false, at],
      ['node/battery_pct', 92, at],
      ['node/rssi_dbm', -87, at],
      ['node/snr_db', 9.2, at],
    ]);
    expect(heard).toEqual(['bin', 'node']);
    expect(once).toBe('chirpstack\n5a7c1e90-1111-4222-8333-944455566677');
    expect(ignored).toBeNull();
  });

  it.each([
    ['an empty object', { fPort: 0, object: {} }],
    ['an empty object on a port of its own', { object: {} }],
    ['no object', { data: 'AXVk' }],
    ['an object of port 0', { fPort: 0, object: { distance: 1384, battery: 3 } }],
    ['an answer to the network', { object: { event: 'MAC_COMMAND', fPort: 0, length: 0 } }],
    ['a check of the link', { object: { event: 'LINK_QUALITY', lastDownlinkRssi: -108 } }],
    ['an object that is none', { object: 'distance' }],
  ])('takes %s for a sign of life', (_what, more) => {
    const { found, heard, codes } = say(topic('up'), up(more));
    expect(found).toEqual([
      ['node/rssi_dbm', -87, at],
      ['node/snr_db', 9.2, at],
    ]);
    expect([heard, codes]).toEqual([['bin', 'node'], []]);
  });

  it.each([{}, { event: 'MAC_COMMAND', distance: 1384 }, { eventType: 'LINK_QUALITY' }])(
    'gives no reading for a sign of life whose signal nobody heard: %j',
    (object) => {
      const { rxInfo: _, ...bare } = up({ object });
      expect(say(topic('up'), bare)).toMatchObject({ found: [], ignored: 'sign', codes: [] });
    },
  );

  it.each([
    ['join', { devAddr: '01f2a3b4' }],
    ['ack', { queueItemId: 'q-1', acknowledged: true, fCntDown: 3 }],
    ['log', { level: 'ERROR', code: 'UPLINK_CODEC', description: 'exception', context: {} }],
    ['location', { location: { latitude: 1, longitude: 2 } }],
  ])('takes the event %s for a sign of life', (event, more) => {
    const message = { time: '2026-11-21T11:59:58.25Z', deviceInfo: info, ...more };
    expect(say(topic(event), message)).toMatchObject({
      ...{ found: [], codes: [], heard: ['bin', 'node'], ignored: 'sign' },
    });
  });

  it.each([
    ['txack', { downlinkId: 3 }],
    ['integration', { integrationName: 'loracloud', object: { distance: 100 } }],
    ['log', { level: 'ERROR', code: 'DOWNLINK_GATEWAY', description: 'no gateway' }],
  ])('takes the event %s for none of the device', (event, more) => {
    const message = { time: '2026-11-21T11:59:58.25Z', deviceInfo: info, ...more };
    expect(say(topic(event), message)).toMatchObject({
      ...{ found: [], codes: [], heard: [], ignored: 'empty' },
    });
  });

  it('takes the battery from a status, and nothing where there is none to know', () => {
    const status = (more: object) =>
      say(topic('status'), {
        ...{ deduplicationId: 'd', time: '2026-11-21T11:59:58.25Z', deviceInfo: info, margin: 10 },
        ...more,
      });
    expect(status({ batteryLevel: 67.3 }).found).toEqual([['node/battery_pct', 67.3, at]]);
    // The network says it with the id of the uplink that brought it: no repeat of that.
    expect(status({}).once).toBe('chirpstack\nstatus d');
    for (const more of [
      { batteryLevel: 0, batteryLevelUnavailable: true },
      { batteryLevel: 0, externalPowerSource: true },
      {},
    ]) {
      expect(status(more)).toMatchObject({ found: [], ignored: 'sign', heard: ['bin', 'node'] });
    }
  });

  it('takes records of the past at their own times', () => {
    const object = {
      distance: 1384,
      history: [
        { timestamp: now / 1_000 - 7_200, distance: 1400, position: 'normal' },
        { timestamp: now / 1_000 - 3_600, distance: 0 },
        { distance: 1390 },
      ],
    };
    const { found, codes } = say(topic('up'), up({ rxInfo: [], object }));
    expect(found).toEqual([
      ['bin/distance_cm', 138.4, at],
      ['bin/distance_cm', 140, now - 7_200_000, 'historic'],
      ['bin/tilt', false, now - 7_200_000, 'historic'],
    ]);
    expect(codes).toEqual(['DECODE_TIME_INVALID']);
  });

  it('takes the rows of a log', () => {
    const DATALOG = '[20.5,48.0,2026-11-21 09:00:00],[20.7,48.5,2026-11-21 10:00:00],';
    const device = 'a84041ffff18b2c1';
    const message = up({ deviceInfo: { devEui: device }, object: { DATALOG, TempC: '21.5' } });
    expect(say(topic('up', device), message).found).toEqual([
      ['hall/temp_c', 21.5, at],
      ['hall/temp_c', 20.5, now - 3 * 3_600_000, 'historic'],
      ['hall/temp_c', 20.7, now - 2 * 3_600_000, 'historic'],
    ]);
  });

  it('remembers no name of an utterance that is endless', () => {
    const message = up({ rxInfo: [], object: { distance: 500 }, deduplicationId: 'x'.repeat(300) });
    expect(say(topic('up'), message)).toMatchObject({ once: null, codes: [] });
  });

  it('finds the events of another base, and leaves commands alone', () => {
    const message = up({ rxInfo: [], object: { distance: 500 } });
    expect(say(`site/lora/${topic('up')}`.replace('application/', ''), message).found).toEqual([
      ['bin/distance_cm', 50, at],
    ]);
    const command = `application/3f1c/device/${eui}/command/down`;
    expect(say(command, { devEui: eui, fPort: 1, data: 'AA==' })).toMatchObject({
      ...{ found: [], codes: [], ignored: 'empty' },
    });
  });

  it('says which device nobody mapped, and what it said', () => {
    const deviceInfo = { ...info, devEui: '24e124136b5f0000', deviceName: 'New one' };
    const message = up({ deviceInfo, object: { distance: 700 } });
    expect(say(topic('up', '24e124136b5f0000'), message)).toMatchObject({
      ...{ found: [], heard: [], codes: ['DECODE_UNMAPPED_DEVICE'] },
      unmapped: {
        ...{ format: 'chirpstack', device: '24e124136b5f0000', name: 'New one' },
        body: { distance: 700, $model: 'em400-mud', $rssi: -87 },
      },
    });
  });

  it.each([
    ['', 'DECODE_NOT_JSON'],
    ['\u0008\u0012\u0003abc', 'DECODE_NOT_JSON'],
    ['[]', 'DECODE_NOT_JSON'],
    [
      JSON.stringify(up({ time: '2099-01-01T00:00:00Z', object: { distance: 1 } })),
      'DECODE_TIME_FUTURE',
    ],
    [JSON.stringify(up({ time: 'now', object: { distance: 1 } })), 'DECODE_TIME_INVALID'],
    [JSON.stringify(up({ object: { distance: 99_999 } })), 'DECODE_IMPLAUSIBLE'],
  ])('refuses %j', (text, code) => {
    expect(say(topic('up'), text).codes).toEqual([code]);
  });

  it('reads an old retained event at its time, and none without', () => {
    const message = up({ rxInfo: [], object: { distance: 500 } });
    expect(say(topic('up'), message, true)).toMatchObject({
      ...{ found: [['bin/distance_cm', 50, at]], heard: [], ignored: null },
    });
    const { time: _, ...undated } = message;
    expect(say(topic('up'), undated, true)).toMatchObject({
      ...{ found: [], heard: [], codes: [], ignored: 'retained' },
    });
  });

  it('tells, step by step, what it did', () => {
    const steps: TraceStep[] = [];
    const payload = Buffer.from(JSON.stringify(up({ object: { distance: '0 mm' } })));
    decoder.decode(topic('up'), payload, { received: now, retained: false }, (s) => steps.push(s));
    expect(steps.map((s) => (s.step === 'field' ? `${s.path} ${s.outcome}` : s.step))).toEqual([
      ...['family', 'envelope', 'mapping', 'at', 'distance sentinel', 'position absent'],
      ...['battery absent', '$battery absent', '$rssi value', '$snr value'],
    ]);
  });
});

describe('ChirpStack 3', () => {
  const devEUI = Buffer.from(eui, 'hex').toString('base64');
  const event = (more: object) => ({
    ...{ applicationID: '7', applicationName: 'yard', deviceName: 'Bin 1', devEUI },
    ...{ rxInfo: [{ gatewayID: 'ABbAAfEAAAE=', rssi: -91, loRaSNR: 7.8, time: null }] },
    ...{ fCnt: 9, fPort: 85, data: 'AXVk', ...more },
  });

  it('opens the text of JSON within JSON', () => {
    const objectJSON = '{"battery":90,"distance":1200,"position":"tilt"}';
    const message = event({ objectJSON, publishedAt: '2026-11-21T11:59:58.25Z' });
    expect(say(`application/7/device/${eui}/event/up`, message).found).toEqual([
      ['bin/distance_cm', 120, at],
      ['bin/tilt', true, at],
      ['node/battery_pct', 90, at],
      ['node/rssi_dbm', -91, at],
      ['node/snr_db', 7.8, at],
    ]);
  });

  it('leaves the time to the gateway where it gives none', () => {
    const message = event({ rxInfo: [], objectJSON: '{"distance":1200}' });
    expect(say(`application/7/device/${eui}/rx`, message).found).toEqual([
      ['bin/distance_cm', 120, null],
    ]);
  });

  it.each(['', '{}', '{"distance":', '3'])(
    'takes objectJSON %j for a sign of life',
    (objectJSON) => {
      const message = event({ rxInfo: [], objectJSON });
      expect(say(topic('up'), message)).toMatchObject({ found: [], codes: [], ignored: 'sign' });
    },
  );

  it('takes hexadecimal EUIs, and the one of the topic where there is none', () => {
    const message = { ...event({ rxInfo: [], objectJSON: '{"distance":1200}' }), devEUI: eui };
    expect(say(topic('up', 'ffffffffffffffff'), message).found).toHaveLength(1);
    const { devEUI: _, ...nameless } = message;
    expect(say(topic('up', eui.toUpperCase()), nameless).found).toHaveLength(1);
  });
});

describe('The Things Stack 3', () => {
  const uplink = (uplink_message: object, more: object = {}) => ({
    end_device_ids: {
      ...{ device_id: 'gate-north', application_ids: { application_id: 'yard' } },
      ...{ dev_eui: '70B3D57ED0051F21', dev_addr: '260B1234' },
    },
    correlation_ids: ['as:up:01KA'],
    received_at: '2026-11-21T11:59:59.046014773Z',
    uplink_message: {
      ...{ f_port: 85, f_cnt: 3, frm_payload: 'AXVk' },
      rx_metadata: [
        { gateway_ids: { gateway_id: 'gw-1' }, rssi: -101, snr: 2 },
        { gateway_ids: { gateway_id: 'gw-2' }, rssi: -64, snr: 8.5 },
      ],
      received_at: '2026-11-21T11:59:58.250589559Z',
      ...uplink_message,
    },
    ...more,
  });
  const ups = 'v3/yard@tenant/devices/gate-north/up';
  const decoded_payload = { battery: 90, magnet_status: 'open', temperature: 21.5 };

  it('gives the values of an uplink to each asset that it is mapped to', () => {
    const { found, once } = say(ups, uplink({ decoded_payload }));
    expect(found).toEqual([
      ['gate/door', 'open', at],
      ['node/battery_pct', 90, at],
      ['node/rssi_dbm', -64, at],
      ['node/snr_db', 8.5, at],
      ['hall/temp_c', 21.5, at],
    ]);
    expect(once).toBe('ttn\ngate-north 3 2026-11-21T11:59:58.250589559Z');
    expect(say('v3/yard/devices/gate-north/up', uplink({ decoded_payload })).found).toEqual(found);
  });

  it('finds a device by its EUI', () => {
    const message = uplink({ decoded_payload: { distance: 850 } });
    message.end_device_ids.device_id = 'whatever';
    message.end_device_ids.dev_eui = '70B3D57ED0051F22';
    expect(say('v3/yard/devices/whatever/up', message).found).toEqual([
      ['bin/distance_cm', 85, at],
    ]);
  });

  it('takes nothing that is left out for a fault', () => {
    const bare = {
      end_device_ids: { device_id: 'gate-north' },
      uplink_message: { decoded_payload: { temperature: 0 } },
    };
    expect(say(ups, bare)).toMatchObject({ found: [['hall/temp_c', 0, null]], codes: [] });
    expect(say(ups, { uplink_message: {} })).toMatchObject({
      found: [],
      codes: [],
      ignored: 'sign',
    });
  });

  it('never takes what a simulator says for a reading', () => {
    expect(say(ups, uplink({ decoded_payload }, { simulated: true }))).toMatchObject({
      ...{ found: [], codes: [], heard: [], ignored: 'simulated' },
    });
  });

  it('takes the battery that the network knows', () => {
    const last_battery_percentage = { value: 82.7, f_cnt: 1 };
    expect(say(ups, uplink({ last_battery_percentage, rx_metadata: [] })).found).toEqual([
      ['node/battery_pct', 82.7, at],
    ]);
  });

  it.each([
    ['join', 'sign'],
    ['down/ack', 'sign'],
    ['location/solved', 'sign'],
    ['down/queued', 'empty'],
    ['down/sent', 'empty'],
    ['service/data', 'empty'],
  ])('takes %s for no reading', (kind, ignored) => {
    const message = {
      end_device_ids: { device_id: 'gate-north' },
      received_at: '2026-11-21T11:59:00Z',
    };
    expect(say(`v3/yard/devices/gate-north/${kind}`, message)).toMatchObject({
      ...{ found: [], codes: [], ignored },
    });
  });
});

describe('openers', () => {
  it.each([
    [chirpstack, 'application', topic('up')],
    [chirpstack, 'application', topic('status')],
    [ttn, 'v3', 'v3/yard/devices/gate-north/up'],
  ])('make something of whatever JSON comes: %#', (family, base, on) => {
    const opener = family.create();
    const key = fc.constantFrom(
      ...['deviceInfo', 'object', 'objectJSON', 'rxInfo', 'time', 'fPort', 'devEUI', 'history'],
      ...['f_cnt', 'received_at', 'last_battery_percentage', 'toString', 'end_device_ids'],
      ...['end_device_ids', 'uplink_message', 'decoded_payload', 'rx_metadata', 'DATALOG'],
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, fc.jsonValue(), fc.dictionary(key, tie('value'))),
    }));
    fc.assert(
      fc.property(value, (message) => {
        const opening = opener.open(on, Buffer.from(JSON.stringify(message)), base);
        for (const envelope of Array.isArray(opening) ? opening : []) {
          expect(typeof envelope.device).toBe('string');
          expect(['values', 'sign']).toContain(envelope.about);
          expect(typeof envelope.body).toBe('object');
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
