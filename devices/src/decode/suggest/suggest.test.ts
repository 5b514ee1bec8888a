import { discoveryEntrySchema } from '@caretaker/readings/uplink';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Estate, loadEstate, type Preset } from '../../model/index.ts';
import { createDecoder } from '../create.ts';
import type { Unmapped } from '../decoder.ts';
import { everyPreset } from './by-preset.ts';
import { remember } from './seen.ts';
import { suggest } from './suggest.ts';
import { suggestionYaml } from './yaml.ts';

const header = {
  ...{ id: 'yard', name: { en: 'Yard', zh: '庭院' }, zone: 'Asia/Shanghai', gateway: 'yard-1' },
  location: { latitude: 31.2, longitude: 121.5 },
};
const hall = {
  ...{ id: 'hall', name: 'Hall', kind: 'climate', touchpoint: 'TP26', place: 'Yard' },
  points: ['temp_c'],
};

function estateWith(assets: readonly unknown[], mappings: readonly unknown[]): Estate {
  const text = JSON.stringify({ ...header, assets: [hall, ...assets], mappings });
  return loadEstate(text, 'yard.yaml');
}

const estate = estateWith([], []);
const arrival = { received: Date.UTC(2026, 10, 29), retained: false };

const eui = '24e124136b502217';

interface Said {
  readonly topic: string;
  readonly payload: unknown;
}

/** An uplink as ChirpStack 4 tells of it. */
function uplink(name: string, object: unknown): Said {
  const deviceInfo = { applicationId: '7', deviceName: name, devEui: eui };
  const rxInfo = [{ gatewayId: '0016c001f1500000', rssi: -97, snr: 6.5 }];
  return {
    topic: `application/7/device/${eui}/event/up`,
    payload: { deduplicationId: 'd-1', deviceInfo, fCnt: 12, fPort: 85, object, rxInfo },
  };
}

function bytesOf({ payload }: Said): Buffer {
  return Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
}

function unmappedOf(said: Said): Unmapped {
  const { unmapped } = createDecoder(estate).decode(said.topic, bytesOf(said), arrival);
  if (unmapped === null) throw new Error(`${said.topic} is mapped`);
  return unmapped;
}

/** What a suggestion would be, and what the message would become if it were confirmed as it is. */
function tried(said: Said) {
  const suggestion = suggest(unmappedOf(said), estate);
  if (suggestion === null) return null;
  const confirmed = estateWith(suggestion.assets, suggestion.mappings);
  const { found, faults } = createDecoder(confirmed).decode(said.topic, bytesOf(said), arrival);
  const { kind, preset, score } = suggestion;
  const values = Object.fromEntries(found.map(({ point, value }) => [point, value]));
  return { kind, preset, score, values, faults };
}

describe('a suggestion by names', () => {
  const cases: readonly [string, Said, string, Record<string, unknown>][] = [
    [
      'a Zigbee contact, closed when its magnet is near',
      {
        topic: 'zigbee2mqtt/north gate',
        payload: { contact: false, battery: 88, linkquality: 120 },
      },
      'access-gate',
      {
        'north-gate/door': 'open',
        'north-gate-sensor/battery_pct': 88,
        'north-gate-sensor/link_quality': 120,
      },
    ],
    [
      'a contact whose battery is told in volts',
      uplink('North gate', { open: 1, batteryLevel: 3.1, tamperState: 0 }),
      'access-gate',
      {
        'north-gate/door': 'open',
        'north-gate-sensor/battery_v': 3.1,
        'north-gate-sensor/tamper': false,
        'north-gate-sensor/rssi_dbm': -97,
        'north-gate-sensor/snr_db': 6.5,
      },
    ],
    [
      'strings with units, whatever the name of the device',
      uplink(eui, { Bat: '3.321 V', Distance: '2590 mm', Interrupt_flag: 0 }),
      'bin',
      {
        'bin-2217/distance_cm': 259,
        'bin-2217-sensor/battery_v': 3.321,
        'bin-2217-sensor/rssi_dbm': -97,
        'bin-2217-sensor/snr_db': 6.5,
      },
    ],
    [
      'the name that people gave it',
      uplink('井盖 3', { distance: 1_234 }),
      'manhole',
      {
        'manhole-3/free_cm': 123.4,
        'manhole-3-sensor/rssi_dbm': -97,
        'manhole-3-sensor/snr_db': 6.5,
      },
    ],
    [
      'JSON with a time of its own',
      {
        topic: 'plant/pool/1',
        payload: { ts: '2026-11-28T20:00:00Z', pH: 7.2, ORP: 702, temp: 27 },
      },
      'pool',
      { 'pool-1/ph': 7.2, 'pool-1/orp_mv': 702, 'pool-1/temp_c': 27 },
    ],
    [
      'the part of a topic that names a device',
      { topic: 'estate/x/barrier/1/state', payload: { position: 'opening', loop: true } },
      'barrier',
      { 'barrier-1/position': 'opening', 'barrier-1/loop': true },
    ],
    [
      'words of a leak probe',
      { topic: 'plant/cellar', payload: { leakage_status: 'normal', bat_v: 3.6 } },
      'leak',
      { 'cellar/leak': false, 'cellar-sensor/battery_v': 3.6 },
    ],
    [
      'our own metric ids',
      { topic: 'bridge/gate', payload: { slam_db: 71.5, force_n: 40 } },
      'access-gate',
      { 'gate/slam_db': 71.5, 'gate/force_n': 40 },
    ],
    [
      'a bare value by its topic',
      { topic: 'home/lobby/temperature', payload: '21.5 °C' },
      'climate',
      { 'lobby-temperature/temp_c': 21.5 },
    ],
    [
      'a bare word by its topic',
      { topic: 'home/side/door', payload: 'OPEN' },
      'access-gate',
      { 'side-door/door': 'open' },
    ],
  ];

  it.each(cases)('knows %s', (_what, said, kind, values) => {
    const { kind: found, values: became, faults } = tried(said) ?? {};
    expect({ kind: found, values: became, faults }).toEqual({ kind, values, faults: [] });
  });

  it('says what it guessed', () => {
    const { doubts = [] } =
      suggest(unmappedOf(uplink('Bin', { open: 1, distance: 400 })), estate) ?? {};
    const said = doubts.map(({ en }) => en).join('\n');
    expect(said).toContain('No preset fits');
    expect(said).toContain('The unit of "distance" is not said: mm is a guess.');
    for (const { zh } of doubts) expect(zh).toMatch(/[一-鿿]/);
  });

  it('gives an id that nobody has', () => {
    const said = { topic: 'zigbee2mqtt/hall', payload: { temperature: 20 } };
    expect(tried(said)?.values).toEqual({ 'hall-2/temp_c': 20 });
  });

  it('suggests nothing when nothing could be a value of an asset', () => {
    expect(suggest(unmappedOf(uplink('x', { battery: 90, foo: 'bar' })), estate)).toBeNull();
    expect(suggest(unmappedOf({ topic: 'a/b', payload: 'hello' }), estate)).toBeNull();
  });
});

describe('a suggestion by preset', () => {
  const pathsOf = ({ kinds, node }: Preset) => {
    const fields = [...Object.values(kinds).flat(), ...node];
    return new Set(fields.map(({ path }) => path).filter((path) => !path.startsWith('$')));
  };

  function bodyOf(preset: Preset): Record<string, unknown> {
    const body: Record<string, unknown> = {};
    for (const path of pathsOf(preset)) {
      const steps = path.split('.');
      let at = body;
      for (const step of steps.slice(0, -1)) {
        const next = (at[step] ?? {}) as Record<string, unknown>;
        at[step] = next;
        at = next;
      }
      at[steps.at(-1) ?? ''] = 1;
    }
    return body;
  }

  const watching = everyPreset().filter(({ kinds }) => Object.keys(kinds).length > 0);

  it.each(watching.map((preset) => [preset.id, preset] as const))(
    'finds %s by its values',
    (_id, preset) => {
      const format = preset.formats[0] ?? 'json';
      const talker = { format, device: 'x1', name: null, topic: 'a/b', body: bodyOf(preset) };
      const found = everyPreset().find(({ id }) => id === suggest(talker, estate)?.preset);
      // Some models say the very same.
      expect(found === undefined ? null : pathsOf(found)).toEqual(pathsOf(preset));
    },
  );

  it('takes the kind that people named, or else the most usual one', () => {
    const object = { battery: 92, temperature: 25.7, distance: 2_116, position: 'normal' };
    expect(tried(uplink('Bin 3', object))).toMatchObject({
      ...{ preset: 'milesight/em400-mud', kind: 'bin', faults: [] },
      values: {
        ...{ 'bin-3/distance_cm': 211.6, 'bin-3/temp_c': 25.7, 'bin-3/tilt': false },
        ...{ 'bin-3-sensor/battery_pct': 92, 'bin-3-sensor/rssi_dbm': -97 },
      },
    });
    expect(tried(uplink('Manhole 7', object))).toMatchObject({
      ...{ preset: 'milesight/em400-mud', kind: 'manhole', faults: [] },
      values: { 'manhole-7/free_cm': 211.6, 'manhole-7/moved': false },
    });
  });

  it('tells what else it could be', () => {
    const said = uplink('x', {
      battery: 92,
      temperature: 25.7,
      distance: 2_116,
      position: 'normal',
    });
    const doubts = suggest(unmappedOf(said), estate)?.doubts.map(({ en }) => en);
    expect(doubts).toEqual([
      'Its messages do not tell what it watches: bin, drain, manhole cover, escape passage.',
    ]);
    const contact = { topic: 'zigbee2mqtt/side door', payload: { contact: true, battery: 90 } };
    const others = suggest(unmappedOf(contact), estate)?.doubts.map(({ en }) => en) ?? [];
    expect(others.join()).toMatch(/Other presets fit as well: |^Its messages/);
  });

  it('knows a plug by all that its meter says', () => {
    const payload = {
      Time: '2026-03-01T19:00:00',
      ENERGY: {
        ...{ TotalStartTime: '2026-01-01T00:00:00', Total: 4.211, Yesterday: 0.31, Today: 0.12 },
        ...{ Power: 58, ApparentPower: 61, ReactivePower: 18, Factor: 0.95 },
        ...{ Voltage: 231, Current: 0.264 },
      },
    };
    const guess = tried({ topic: 'tele/hall-lamp/SENSOR', payload });
    expect(guess).toMatchObject({ preset: 'tasmota/plug', kind: 'lighting' });
    expect(guess?.score).toBeGreaterThan(0.75);
  });

  it('goes by the model that the network names', () => {
    const said = uplink('x', { distance: 900, battery: 80 });
    const { $model: _, ...body } = unmappedOf(said).body;
    const named = { ...unmappedOf(said), body: { ...body, $model: 'EM310-UDL v2' } };
    expect(suggest(named, estate)?.preset).toBe('milesight/em310-udl');
  });
});

it('remembers no more of a device than it has room for', () => {
  const wide = (name: string, value: unknown) =>
    Object.fromEntries(Array.from({ length: 200 }, (_, k) => [`${name}${k}`, value]));
  for (const value of [{}, { a: {} }, { a: [1] }, [1], 'x'.repeat(200)]) {
    expect(remember({ level: 3 }, wide('a', value))).toEqual({ level: 3 });
  }
  expect(Object.keys(remember(null, wide('a', 1)) ?? {})).toHaveLength(64);
  expect(remember({ deep: { level: 3 } }, { deep: {} })).toEqual({ deep: { level: 3 } });
});

it('gives what an estate takes, and never throws, whatever a device says', () => {
  const key = fc.constantFrom(
    ...[
      'distance',
      'open',
      'battery',
      'temperature',
      'value',
      'unit',
      'state',
      'tilt',
      'pH',
      'a.b',
    ],
    ...['leak', 'time', '__proto__', 'constructor', 'position', 'illuminance', '', '状态'],
  );
  const scalar = fc.oneof(
    fc.double(),
    fc.boolean(),
    fc.string(),
    fc.string({ minLength: 100, maxLength: 130 }),
    fc.constantFrom('ON', 'open', '12 mm', '3.2 V', 'leak', 'normal', null, 0, 1, 1e300),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ depthSize: 'small' }, scalar, fc.array(tie('tree')), tie('record')),
    record: fc.dictionary(key, tie('tree'), { maxKeys: 12 }),
  }));
  const format = fc.constantFrom('zigbee2mqtt' as const, 'chirpstack', 'tasmota', 'json', 'bare');
  const talker = fc.record({
    format,
    device: fc.oneof(fc.string({ minLength: 1, maxLength: 60 }), fc.constant('a/b')),
    name: fc.oneof(fc.constant(null), fc.string({ minLength: 1 })),
    topic: fc.constantFrom('a/b', 'plant/水/1', 'x'),
    body: fc.dictionary(key, tree, { maxKeys: 12 }),
  });
  fc.assert(
    fc.property(talker, (one) => {
      const suggestion = suggest(one, estate);
      if (suggestion === null) return;
      // As the cloud will take it: one that is too long would spoil the whole message.
      const entry = {
        ...{ id: 'x', device: null, name: null, topic: 'a', format: 'json', suggestion },
        ...{ count: 1, first: 0, last: 0, sample: '', bytes: 0, ignored: false },
      };
      expect(discoveryEntrySchema.parse(entry).suggestion).toEqual(suggestion);
      const loaded = estateWith(suggestion.assets, suggestion.mappings);
      expect(loaded.mappings).toHaveLength(1);
      const { assets, mappings } = suggestion;
      const yaml = parse(suggestionYaml(suggestion));
      expect(yaml).toEqual(JSON.parse(JSON.stringify({ assets, mappings })));
    }),
    { numRuns: 300 },
  );
});
