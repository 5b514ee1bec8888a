import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { kinds } from '../../kinds/index.ts';
import { loadEstate, presetIds, presetOf, readEstateValue } from '../../model/index.ts';
import { createDecoder } from '../index.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const eui = '24e124136b5f2217';

/** An estate of one device by preset, whose assets declare every point that their kinds have. */
function estateOf(preset: string, kind: string, format = 'chirpstack') {
  const points = (id: string) => Object.keys(kinds[id]?.metrics ?? {});
  const asset = { name: 'It', touchpoint: 'TP23', place: 'Yard' };
  return loadEstate(
    stringify({
      ...{ id: 'yard', name: 'Yard', zone: 'UTC', location: { latitude: 0, longitude: 0 } },
      gateway: 'yard-1',
      assets: [
        { ...asset, id: 'it', kind, points: points(kind) },
        { ...asset, id: 'node', kind: 'device', points: points('device') },
      ],
      mappings: [
        {
          ...{ format, device: eui, preset },
          ...(kind === 'device' ? { asset: 'node' } : { asset: 'it', node: 'node' }),
        },
      ],
    }),
    'yard.yaml',
  );
}

/** What an uplink with this decoded object gives, by metric. */
function readings(preset: string, kind: string, object: unknown) {
  const event = {
    deduplicationId: '0b1d2c3e-8f5a-4d0e-9c6b-7a8f9e0d1c2b',
    time: '2026-11-21T11:59:58.500+00:00',
    deviceInfo: { deviceName: 'Yard 1', deviceProfileName: preset, devEui: eui, tags: {} },
    ...{ fCnt: 17, fPort: 85, data: 'AXVk', object },
  };
  const topic = `application/3f1c/device/${eui}/event/up`;
  const payload = Buffer.from(JSON.stringify(event));
  const { found, faults, ignored } = createDecoder(estateOf(preset, kind)).decode(topic, payload, {
    ...{ received: now, retained: false },
  });
  expect(faults).toEqual([]);
  expect(ignored === null).toBe(found.length > 0);
  for (const { at } of found) expect(at).toBe(now - 1_500);
  return Object.fromEntries(found.map(({ point, value }) => [point.split('/')[1], value]));
}

describe('a model by its preset', () => {
  it.each<[preset: string, kind: string, object: unknown, expected: Record<string, unknown>]>([
    [
      'milesight/em400-mud',
      'bin',
      { battery: 91, temperature: 24.6, distance: 1384, position: 'tilt' },
      { battery_pct: 91, temp_c: 24.6, distance_cm: 138.4, tilt: true },
    ],
    [
      'milesight/em400-mud',
      'bin',
      {
        ...{ temperature: 61.2, temperature_alarm: 'threshold_alarm' },
        ...{ distance: 402, distance_alarm: 'threshold_alarm_release', position: 'normal' },
      },
      { temp_c: 61.2, distance_cm: 40.2, tilt: false },
    ],
    [
      'milesight/em310-udl',
      'drain',
      { battery: 77, distance: 905 },
      { battery_pct: 77, free_cm: 90.5 },
    ],
    [
      'milesight/em310-udl',
      'manhole',
      { distance: 1100, position: 'tilt' },
      { free_cm: 110, moved: true },
    ],
    ['milesight/em500-udl', 'bin', { battery: 88, distance: 0 }, { battery_pct: 88 }],
    ['milesight/em500-udl', 'bin', { distance: 2210 }, { distance_cm: 221 }],
    ['milesight/em500-udl', 'passage', { distance: 1450 }, { clear_cm: 145 }],
    [
      'milesight/ws301',
      'access-gate',
      { battery: 99, magnet_status: 'close', tamper_status: 'uninstalled' },
      { door: 'closed', battery_pct: 99, tamper: true },
    ],
    [
      'milesight/ws301',
      'fire-door',
      { magnet_status: 'open', tamper_status: 'installed' },
      { door: 'open', tamper: false },
    ],
    ['milesight/em300-mcs', 'access-gate', { magnet_status: 'open' }, { door: 'open' }],
    [
      'milesight/em300-mcs',
      'climate',
      { battery: 90, temperature: 29.4, humidity: 51.5, magnet_status: 'open' },
      { temp_c: 29.4, humidity_pct: 51.5, battery_pct: 90 },
    ],
    [
      'milesight/ws302',
      'sound',
      { battery: 97, LAF: 52.1, LAeq: 44.9, LAFmax: 63.3 },
      { laeq_db: 44.9, lafmax_db: 63.3, battery_pct: 97 },
    ],
    // Set to other weightings it says nothing that limits speak of.
    [
      'milesight/ws302',
      'sound',
      { battery: 97, LCS: 60, LCeq: 61, LCSmax: 66 },
      { battery_pct: 97 },
    ],
    ['milesight/ws302', 'sound', { LAS: 50, LAeq: 48.5, LASmax: 55 }, { laeq_db: 48.5 }],
    [
      'milesight/em300-sld',
      'leak',
      { battery: 80, temperature: 20.1, humidity: 40, leakage_status: 'leak' },
      { leak: true, battery_pct: 80 },
    ],
    ['milesight/em300-zld', 'standing-water', { leakage_status: 'normal' }, { wet: false }],
    ['milesight/em300-mld', 'toilet', { leakage_status: 'leak' }, { wet: true }],
    [
      'milesight/ws303',
      'leak',
      { battery: 64, leakage_status: 'normal' },
      { leak: false, battery_pct: 64 },
    ],
    [
      'milesight/em310-tilt',
      'manhole',
      {
        ...{ battery: 95, angle_x: -1.5, angle_y: 31, angle_z: 58.9 },
        ...{ threshold_x: 'normal', threshold_y: 'trigger', threshold_z: 'normal' },
      },
      { tilt_deg: 31.1, moved: true, battery_pct: 95 },
    ],
    [
      'milesight/em310-tilt',
      'manhole',
      {
        ...{ angle_x: 0, angle_y: 0.4, angle_z: 90 },
        ...{ threshold_x: 'normal', threshold_y: 'normal', threshold_z: 'normal' },
      },
      { tilt_deg: 0, moved: false },
    ],
    [
      'milesight/em500-swl',
      'sump-pump',
      { battery: 100, depth: 42 },
      { level_cm: 42, battery_pct: 100 },
    ],
    ['milesight/em500-swl', 'standing-water', { depth: 3 }, { depth_cm: 3 }],
    [
      'milesight/em500-lgt',
      'lighting',
      { battery: 70, illumination: 12 },
      { lux: 12, battery_pct: 70 },
    ],
    [
      'milesight/ws202',
      'device',
      { battery: 23, pir: 'trigger', daylight: 'dark' },
      { battery_pct: 23 },
    ],
    [
      'milesight/am307',
      'climate',
      {
        ...{ temperature: 22.3, humidity: 44, pir: 'vacant', light_level: 3, co2: 731 },
        ...{ tvoc: 1.01, pressure: 1012.4, battery: 82 },
      },
      { temp_c: 22.3, humidity_pct: 44, co2_ppm: 731, battery_pct: 82 },
    ],
    ['milesight/em500-pp', 'device', { battery: 55, pressure: 231 }, { battery_pct: 55 }],
    [
      'milesight/gs301',
      'toilet',
      { battery: 99, temperature: 26.1, humidity: 61, nh3: 1.2, h2s: 0.02 },
      { nh3_ppm: 1.2, h2s_ppm: 0.02, battery_pct: 99 },
    ],
    ['milesight/gs301', 'toilet', { nh3: 655.34, h2s: 65.535 }, {}],
    [
      'milesight/gs301',
      'refuse-point',
      { nh3: 65535, h2s: 65.534, battery: 5 },
      { battery_pct: 5 },
    ],
    ['milesight/gs301', 'toilet', { nh3: 'polarizing', h2s: 'device error' }, {}],
    [
      'milesight/vs330',
      'passage',
      { battery: 96, distance: 22, occupancy: 'occupied', calibration_status: 'success' },
      { obstructed: true, battery_pct: 96 },
    ],
    [
      'milesight/ws523',
      'lighting',
      {
        ...{ active_power: 9, current: 81, power_consumption: 18240, power_factor: 47 },
        ...{ socket_status: 'on', voltage: 231.7 },
      },
      { power_w: 9, commanded: true },
    ],
    [
      'milesight/ws523',
      'garage-air',
      { current: 1840, socket_status: 'off' },
      { current_a: 1.84, commanded: false },
    ],
    [
      'milesight/ws101',
      'toilet',
      { battery: 31, button_event: { status: 'long press' } },
      { call: true, battery_pct: 31 },
    ],
    [
      'dragino/ldds75',
      'bin',
      {
        ...{ Node_type: 'LDDS75', Bat: '3.402 V', Distance: '1877 mm', Interrupt_flag: 0 },
        ...{ TempC_DS18B20: '19.50 °C', Sensor_flag: 1 },
      },
      { distance_cm: 187.7, temp_c: 19.5, battery_v: 3.402 },
    ],
    ['dragino/ldds75', 'bin', { Distance: '0 mm', Bat: '3.4 V' }, { battery_v: 3.4 }],
    [
      'dragino/dds75-lb',
      'drain',
      { eventType: 'PERIODIC_REPORT', Bat: 3.288, distance: 2144 },
      { free_cm: 214.4, battery_v: 3.288 },
    ],
    ['dragino/dds75-lb', 'bin', { Bat: 3.3, Distance: 640 }, { distance_cm: 64, battery_v: 3.3 }],
    [
      'dragino/lds02',
      'access-gate',
      {
        ...{ BatV: 3.011, door_open_status: 1, water_leak_status: 0, alarm: 0, mod: 1 },
        ...{ Node_type: 'LDS02', open_times: 12, open_duration: 3 },
      },
      { door: 'open', battery_v: 3.011 },
    ],
    [
      'dragino/lds02',
      'access-gate',
      {
        ...{ BAT_V: 2.987, MOD: 1, DOOR_OPEN_STATUS: 0, DOOR_OPEN_TIMES: 40 },
        ...{ LAST_DOOR_OPEN_DURATION: 2, ALARM: 0 },
      },
      { door: 'closed', battery_v: 2.987 },
    ],
    [
      'dragino/lds02',
      'leak',
      { BAT_V: 2.9, MOD: 2, WATER_LEAK_STATUS: 1 },
      { leak: true, battery_v: 2.9 },
    ],
    [
      'dragino/lds02',
      'access-gate',
      { Node_type: 'LDS02', BatV: 3.05, edc_mod: 'OPEN', times: 7 },
      { battery_v: 3.05 },
    ],
    [
      'dragino/wqs-lb',
      'pool',
      {
        ...{ BatV: 3.61, temp_DS18B20: '26.40', i_flag: 0, PH: 7.41, ORP: 702 },
        ...{ turbidity: 0.4, EC_K1: 812, dissolved_oxygen: 8.02, Node_type: 'WQS-LB' },
      },
      { ph: 7.41, orp_mv: 702, turbidity_ntu: 0.4, temp_c: 26.4, battery_v: 3.61 },
    ],
    [
      'decentlab/dl-mbx',
      'bin',
      {
        ...{ protocol_version: 2, device_id: 411 },
        distance: { displayName: 'Distance', value: 1733, unit: 'mm' },
        number_of_valid_samples: { displayName: 'Number of valid samples', value: 10 },
        battery_voltage: { displayName: 'Battery voltage', value: 3.012, unit: 'V' },
      },
      { distance_cm: 173.3, battery_v: 3.012 },
    ],
    [
      'decentlab/dl-pheht',
      'pool',
      {
        status: { displayName: 'Status', value: 0 },
        temperature: { displayName: 'Temperature', value: 25.9, unit: '°C' },
        ph: { displayName: 'pH', value: 7.22 },
        redox: { displayName: 'Redox', value: 688.4, unit: 'mV' },
        ph_mv: { displayName: 'pH-mV', value: -12.1, unit: 'mV' },
        battery_voltage: { displayName: 'Battery voltage', value: 3.2, unit: 'V' },
      },
      { ph: 7.22, orp_mv: 688.4, temp_c: 25.9, battery_v: 3.2 },
    ],
    [
      'decentlab/dl-ntu',
      'pool',
      {
        temperature: { displayName: 'Temperature', value: 24.1, unit: '°C' },
        turbidity_in_ntu: { displayName: 'Turbidity in NTU', value: 0.6, unit: 'NTU' },
        'turbidity_in_mg/l': { displayName: 'Turbidity in mg/L', value: 1.1, unit: 'mg⋅L⁻¹' },
      },
      { turbidity_ntu: 0.6, temp_c: 24.1 },
    ],
    [
      'decentlab/dl-iam',
      'climate',
      {
        air_temperature: { displayName: 'Air temperature', value: 21.7, unit: '°C' },
        air_humidity: { displayName: 'Air humidity', value: 43.2, unit: '%' },
        illuminance: { displayName: 'Illuminance', value: 318.5, unit: 'lx' },
        co2_concentration: { displayName: 'CO2 concentration', value: 655, unit: 'ppm' },
      },
      { temp_c: 21.7, humidity_pct: 43.2, lux: 318.5, co2_ppm: 655 },
    ],
    [
      'radio-bridge/rbs301',
      'access-gate',
      { open: 1, eventType: 'OPEN', event: 'DOOR_WINDOW' },
      { door: 'open' },
    ],
    ['radio-bridge/rbs301', 'fire-door', { open: 0, eventType: 'CLOSED' }, { door: 'closed' }],
    [
      'radio-bridge/rbs301',
      'access-gate',
      { batteryLevel: 3.2, batteryLow: 0, tamperState: 1, tamperSinceLastReset: 0 },
      { battery_v: 3.2, tamper: false },
    ],
    [
      'radio-bridge/rbs306-ath',
      'climate',
      { Event: 'Periodic Report', temperature: 21, humidity: 37 },
      { temp_c: 21, humidity_pct: 37 },
    ],
    ['radio-bridge/rbs306-ath', 'climate', { Event: 'Link Quality', temperature: 0 }, {}],
    ['radio-bridge/rbs301', 'access-gate', { event: 'MAC_COMMAND', fPort: 0, length: 0 }, {}],
    ['radio-bridge/rbs301', 'access-gate', { event: 'LINK_QUALITY', lastDownlinkRssi: -101 }, {}],
  ])('%s for a %s', (preset, kind, object, expected) => {
    expect(readings(preset, kind, object)).toEqual(expected);
  });

  it('makes a mapping that stays the same when it is stored and read again', () => {
    for (const preset of presetIds().map((id) => presetOf(id))) {
      for (const kind of [...Object.keys(preset?.kinds ?? {}), 'device']) {
        const estate = estateOf(preset?.id ?? '', kind, preset?.formats[0]);
        const stored = JSON.parse(JSON.stringify(estate));
        expect(readEstateValue(stored, 'stored')).toEqual(estate);
      }
    }
  });

  it('is read, whichever it is, and stands in the documents', () => {
    const docs = readFileSync(
      path.join(import.meta.dirname, '../../../../docs/devices.md'),
      'utf8',
    );
    const listed = [...docs.matchAll(/^\| `([a-z0-9-]+\/[a-z0-9-]+)` \| ([^|]+) \|/gm)];
    const real = presetIds().map((id) => [id, presetOf(id)?.name]);
    expect(listed.map(([, id, name]) => [id, name])).toEqual(real);
  });
});
