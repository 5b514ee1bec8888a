import { sparkplugPayload } from './sparkplug.ts';

/** One message as a device of a family sends it. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** Whatever turns messages into readings: every family, our own two forms, and what is learnt from. */
export type Decoding =
  | 'zigbee2mqtt'
  | 'chirpstack'
  | 'ttn'
  | 'shelly'
  | 'tasmota'
  | 'sparkplug'
  | 'json'
  | 'bare'
  | 'native'
  | 'home-assistant';

/** The gateway's clock of every message here. */
export const fuzzNow = Date.parse('2026-11-21T12:00:00Z');

const seconds = fuzzNow / 1_000 - 60;
const eui = '24e124136b502217';
const shellyId = 'shellyplus1pm-a0b1c2d3e4f5';

const message = (topic: string, body: object | string | Uint8Array): Message => ({
  topic,
  payload:
    body instanceof Uint8Array
      ? body
      : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

const zigbee: readonly Message[] = [
  message('zigbee2mqtt/court/north gate', {
    ...{ contact: true, battery: '100.00', voltage: 3045, linkquality: 99, tamper: false },
    last_seen: '2026-11-21T11:59:00.794Z',
  }),
  message('zigbee2mqtt/lamp', {
    state: 'ON',
    power: 11.8,
    illuminance_lux: 40,
    illuminance: 9_000,
  }),
  message('zigbee2mqtt/cellar', { water_leak: false, last_seen: fuzzNow - 5_000 }),
  message('zigbee2mqtt/cover', { action: 'tilt', angle_z: 81, strength: 12 }),
  message('zigbee2mqtt/cover/availability', { state: 'online' }),
  message('zigbee2mqtt/lamp/availability', 'offline'),
  message('zigbee2mqtt/bridge/devices', '[{"ieee_address":"0x00"}]'),
];

const chirpstack: readonly Message[] = [
  message(`application/7/device/${eui}/event/up`, {
    ...{ deduplicationId: 'a', time: '2026-11-21T11:59:00.789+00:00', fCnt: 8, fPort: 85 },
    deviceInfo: { deviceName: 'Bin', devEui: eui, deviceProfileName: 'em400-mud' },
    object: { battery: 92, temperature: 25.7, distance: 211, position: 'tilt' },
    rxInfo: [{ gatewayId: 'g', rssi: -97, snr: 8.2 }],
  }),
  message(`application/7/device/${eui}/event/up`, {
    ...{ deduplicationId: 'b', time: '2026-11-21T11:59:30Z', fCnt: 9, fPort: 85 },
    deviceInfo: { devEui: eui },
    object: { distance: '0 mm', history: [{ timestamp: seconds, distance: 300 }] },
  }),
  message(`application/7/device/${eui}/event/status`, {
    deviceInfo: { devEui: eui },
    batteryLevel: 88,
  }),
  message(`application/7/device/${eui}/event/up`, {
    ...{ applicationID: '7', deviceName: 'Bin', devEUI: 'JOEkE2tQIhc=', fCnt: 3, fPort: 85 },
    objectJSON: '{"distance":300,"position":"normal"}',
  }),
];

const ttn: readonly Message[] = [
  message('v3/court@ttn/devices/bin-7/up', {
    end_device_ids: { device_id: 'bin-7', dev_eui: eui.toUpperCase() },
    received_at: '2026-11-21T11:59:01.014773143Z',
    uplink_message: {
      ...{ f_cnt: 1, f_port: 85, decoded_payload: { distance: 640, position: 'normal' } },
      rx_metadata: [{ rssi: -35, snr: 5 }],
      received_at: '2026-11-21T11:59:00.789585559Z',
    },
  }),
  message('v3/court@ttn/devices/bin-7/join', { end_device_ids: { device_id: 'bin-7' } }),
];

const shelly: readonly Message[] = [
  message(`${shellyId}/events/rpc`, {
    ...{ src: shellyId, dst: `${shellyId}/events`, method: 'NotifyStatus' },
    params: { ts: seconds + 0.49, 'switch:0': { id: 0, output: true, apower: 11.8, current: 0.1 } },
  }),
  message(`${shellyId}/events/rpc`, {
    ...{ src: shellyId, method: 'NotifyEvent' },
    params: {
      ts: seconds,
      events: [
        { component: 'input:0', id: 0, event: 'single_push', ts: seconds },
        {
          ...{ component: 'script:1', event: 'shelly-blu', ts: seconds },
          data: { address: '3c:2e:f5:aa:bb:cc', rssi: -70, battery: 99, window: 1 },
        },
      ],
    },
  }),
  message(`${shellyId}/status/switch:0`, { id: 0, output: false, temperature: { tC: 54 } }),
  message(`${shellyId}/online`, 'true'),
];

const tasmota: readonly Message[] = [
  message('tele/plug_7/SENSOR', {
    ...{ Time: '2026-11-21T12:00:00', ENERGY: { Total: 98.2, Power: [17, 0], Current: [0.1, 0] } },
    ...{ DS18B20: { Temperature: 69.1 }, TempUnit: 'F', Switch1: 'OFF' },
  }),
  message('tele/plug_7/STATE', { POWER: 'ON', Wifi: { RSSI: 86, Signal: -57 } }),
  message('stat/plug_7/STATUS8', { StatusSNS: { ENERGY: { Power: 12 } } }),
  message('stat/plug_7/POWER', 'OFF'),
  message('stat/plug_7/RESULT', { Switch1: { Action: 'ON' } }),
  message('tele/plug_7/LWT', 'Online'),
];

const sparkplug: readonly Message[] = [
  message(
    'spBv1.0/Court 1/NBIRTH/pump house',
    sparkplugPayload({
      ...{ timestamp: fuzzNow - 9_000, seq: 0 },
      metrics: [
        { name: 'bdSeq', datatype: 4, long: 3n },
        { name: 'Mains', alias: 1, datatype: 11, boolean: true },
      ],
    }),
  ),
  message(
    'spBv1.0/Court 1/DBIRTH/pump house/sump',
    sparkplugPayload({
      ...{ timestamp: fuzzNow - 8_000, seq: 1 },
      metrics: [
        {
          name: 'Sump/level.cm',
          alias: 2,
          datatype: 9,
          float: 21.3,
          properties: { engUnit: 'cm' },
        },
        { name: 'Pump/running', alias: 3, datatype: 11, boolean: false },
      ],
    }),
  ),
  message(
    'spBv1.0/Court 1/DDATA/pump house/sump',
    sparkplugPayload({
      ...{ timestamp: fuzzNow - 7_000, seq: 2 },
      metrics: [
        { alias: 2, float: 24, timestamp: fuzzNow - 7_500 },
        { alias: 3, boolean: true },
        { alias: 2, float: 20, timestamp: fuzzNow - 900_000, historical: true },
      ],
    }),
  ),
  message(
    'spBv1.0/Court 1/NDEATH/pump house',
    sparkplugPayload({ metrics: [{ name: 'bdSeq', datatype: 4, long: 3n }] }),
  ),
];

const json: readonly Message[] = [
  message('lifts/7/status', { t: fuzzNow - 1_000, mode: 'NORMAL', floor: 3, trapped: 0 }),
  message('lifts/7/status', { mode: 'FIRE_OPERATION', floor: '12', trapped: 1 }),
];

const bare: readonly Message[] = [
  message('sumps/7/level', '21.5'),
  message('sumps/7/level', '180 mm'),
];

const native: readonly Message[] = [
  message('caretaker/gate', { at: fuzzNow, door: 'open', slam_db: 81.5, fault: false }),
  message('caretaker/gate/door', 'closed'),
  message('caretaker/hall', { temp_c: 21.5 }),
  message('caretaker/hall/temp_c', '21.5'),
];

const homeAssistant: readonly Message[] = [
  message('homeassistant/binary_sensor/gate7/contact/config', {
    ...{ name: 'Gate', unique_id: 'g', state_topic: 'zigbee2mqtt/gate7', device_class: 'door' },
    ...{ value_template: '{{ value_json.contact }}', payload_on: false, payload_off: true },
  }),
  message('homeassistant/device/pump/config', {
    ...{ dev: { ids: ['d1'], name: 'Pump' }, '~': 'pump' },
    cmps: { leak: { p: 'binary_sensor', dev_cla: 'moisture', stat_t: '~/leak' } },
  }),
];

/** Valid messages of each decoding, by which its fuzzing begins. */
export const messages: Readonly<Record<Decoding, readonly Message[]>> = {
  ...{ zigbee2mqtt: zigbee, chirpstack, ttn, shelly, tasmota, sparkplug },
  ...{ json, bare, native, 'home-assistant': homeAssistant },
};
