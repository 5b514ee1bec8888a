import { readFileSync } from 'node:fs';
import { type Fault, FaultsError } from '@caretaker/readings/base';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { kinds } from '../kinds/index.ts';
import { describeSeries, loadEstate } from './index.ts';

const example = readFileSync(new URL('./example.yaml', import.meta.url), 'utf8');
const lineOf = (text: string, part: string): number =>
  text.slice(0, text.indexOf(part)).split('\n').length;

function faultsOf(text: string): readonly Fault[] {
  try {
    loadEstate(text, 'x.yaml');
  } catch (error) {
    if (error instanceof FaultsError) return error.faults;
    throw error;
  }
  return [];
}

describe('loadEstate', () => {
  const estate = loadEstate(example, 'example.yaml');
  const point = (id: string) =>
    estate.assets.flatMap((a) => a.points).find((p) => p.id === `garden/${id}`);

  it('takes every key of the example', () => {
    expect(estate).toMatchObject({
      id: 'garden',
      name: { en: 'Garden Court', zh: '花园苑' },
      zone: 'Europe/London',
      location: { latitude: 51.5, longitude: -0.12 },
      gateway: 'garden-1',
      calendars: { pool: '06:00-22:00' },
      holidays: ['2026-05-25', '2026-12-25'],
      demo: true,
    });
    expect(estate.assets.map((a) => [a.id, a.demo, a.gateway, a.estate])).toEqual([
      ['north-gate', false, 'garden-1', 'garden'],
      ['hall', true, 'garden-1', 'garden'],
      ['lamp-1', true, 'garden-1', 'garden'],
      ['bin-1', true, 'garden-1', 'garden'],
      ['bin-1-node', true, 'garden-1', 'garden'],
    ]);
    expect(estate.assets[0]?.attributes).toEqual({
      distance_m: 12,
      make: 'Swing',
      self_closing: true,
    });
    expect(estate.assets.map((a) => a.relations)).toEqual([
      { light: ['lamp-1'], vouch: ['bin-1', 'hall'] },
      {},
      {},
      {},
      {},
    ]);
    expect(estate.assets[1]?.name).toEqual({ en: 'Hall', zh: 'Hall' });
    expect(point('north-gate/slam_db')?.limits).toEqual({
      'gate-slam': { limit: 78, for: 20_000 },
    });
    expect(estate.mappings[2]).toEqual({
      topic: 'application/+/device/0011/event/up',
      format: 'json',
      asset: 'bin-1',
      at: 'time',
      fields: [
        {
          path: 'object.distance',
          metric: 'distance_cm',
          scale: 0.1,
          offset: 2,
          sentinels: [0, '-1'],
        },
        { path: 'object.position', metric: 'tilt', words: { tilt: true, normal: false } },
      ],
    });
  });

  it.each([
    // A contact has its own silence limit; a daily heartbeat times three would be far too late.
    ['north-gate/door', 86_400_000, 93_600_000],
    ['north-gate/slam_db', null, null],
    ['north-gate/fault', null, null],
    ['hall/temp_c', 300_000, 720_000],
    ['lamp-1/lux', 600_000, 1_800_000],
    ['lamp-1/power_w', 600_000, null],
    ['bin-1/distance_cm', 3_600_000, 10_800_000],
  ])('knows how long %s may be silent', (id, cadence, silentAfter) => {
    expect(point(id)).toMatchObject({ cadence, silentAfter });
  });

  it('gives no point less than half an hour', () => {
    const short = loadEstate(example.replace(', silentAfter: 12m', ''), 'x.yaml');
    expect(short.assets[1]?.points[0]).toMatchObject({ cadence: 300_000, silentAfter: 1_800_000 });
  });

  it('judges recorded data only where asked', () => {
    expect(point('hall/temp_c')?.history).toBe('judge');
    expect(point('lamp-1/lux')?.history).toBe('store');
  });

  it('knows the fields that Zigbee2MQTT uses for a kind', () => {
    expect(estate.mappings[0]?.fields).toEqual([
      { path: 'contact', metric: 'door', words: { true: 'closed', false: 'open' } },
    ]);
    expect(estate.mappings[1]?.fields.map((f) => `${f.path}>${f.metric}`)).toEqual([
      'illuminance_lux>lux',
      'illuminance>lux',
      'power>power_w',
      'state>commanded',
    ]);
  });

  it('writes out what a preset and the format know, but for what the estate says itself', () => {
    expect(estate.sources).toEqual([{ format: 'chirpstack', base: 'lora/application' }]);
    expect(estate.mappings[4]).toEqual({
      format: 'chirpstack',
      device: '24e124136b5f2217',
      asset: 'bin-1',
      node: 'bin-1-node',
      preset: 'milesight/em400-mud',
      fields: [
        { path: 'distance', metric: 'distance_cm', unit: 'mm', sentinels: [0, 65535] },
        { path: 'position', metric: 'tilt', words: { tilt: true, normal: false } },
      ],
      nodeFields: [
        { path: 'charge', metric: 'battery_pct' },
        { path: '$rssi', metric: 'rssi_dbm' },
      ],
    });
    expect(estate.mappings[5]?.fields).toEqual([{ path: 'door', or: ['lid'], metric: 'tilt' }]);
  });

  it.each(['7894e80100002501', '2413671234567890', '0x00158d0007ef997c', '54320464e1d0'])(
    'takes the name %s of a device to the letter, though YAML sees a number',
    (name) => {
      const named = loadEstate(example.replace('device: a84041ffff18b2c1', `device: ${name}`), 'x');
      expect(named.mappings[5]?.device).toBe(name);
    },
  );

  it('is frozen to the last leaf', () => {
    const words = estate.mappings[2]?.fields[1]?.words ?? {};
    expect(() => Object.assign(words, { on: true })).toThrow(TypeError);
    expect(() => Object.assign(estate.assets[0]?.attributes ?? {}, { distance_m: 1 })).toThrow();
  });

  it('reads what it would write', () => {
    const { assets, mappings, ...header } = estate;
    const written = {
      ...header,
      assets: assets.map(({ estate: _, gateway: __, points, ...asset }) => ({
        ...asset,
        points: points.map(({ id: _id, cadence, silentAfter, limits, ...p }) => ({
          ...p,
          cadence: cadence === null ? 'none' : `${cadence}ms`,
          silentAfter: silentAfter === null ? 'none' : `${silentAfter}ms`,
          limits,
        })),
      })),
      mappings: mappings.map(({ fields, ...mapping }) => ({
        ...mapping,
        fields: fields.map(({ path, ...f }) => (path === '' ? f : { path, ...f })),
      })),
    };
    expect(loadEstate(stringify(written), 'again.yaml')).toEqual(estate);
  });

  it('describes its series to a store', () => {
    const describeSeriesOf = describeSeries([estate]);
    expect(describeSeriesOf('garden/north-gate/slam_db')).toEqual({
      point: 'garden/north-gate/slam_db',
      estate: 'garden',
      asset: 'north-gate',
      kind: 'access-gate',
      metric: 'slam_db',
      type: 'number',
      mean: 'energy',
    });
    expect(describeSeriesOf('garden/north-gate/force_n')).toBeUndefined();
  });
});

describe('a broken estate', () => {
  const shape = 'DEVICES_ESTATE_SHAPE';
  const field = 'DEVICES_ESTATE_FIELD_INVALID';
  const metric = 'DEVICES_ESTATE_METRIC_UNKNOWN';
  const word = 'DEVICES_ESTATE_WORD_UNKNOWN';
  const unknown = 'DEVICES_ESTATE_ASSET_UNKNOWN';
  const relation = 'DEVICES_ESTATE_RELATION_INVALID';
  it.each<[what: string, from: string, to: string, code: string, says: RegExp]>([
    ['an id with capitals', 'id: garden\n', 'id: Garden\n', shape, /an id is/],
    ['an unknown key', 'demo: true', 'demos: true', shape, /"demos" is not known here/],
    ['an unknown key of an asset', '    demo: false', '    demos: false', shape, /not known/],
    ['an unknown key of a point', 'cadence: 5m', 'cadences: 5m', shape, /not known/],
    ['a missing name', '    name: Hall\n', '', shape, /a text is/],
    ['an empty name', 'name: Hall\n', 'name: ""\n', shape, /not be empty/],
    ['a zone that is none', 'zone: Europe/London', 'zone: Mars/Base', shape, /no IANA time zone/],
    ['an offset for a zone', 'zone: Europe/London', 'zone: "+08:00"', shape, /no IANA time zone/],
    ['a place off the globe', 'latitude: 51.5', 'latitude: 151.5', shape, /<=90/],
    ['a holiday that is none', '2026-05-25', '2026-02-30', shape, /"2026-02-30" is no date/],
    ['a holiday in words', '2026-05-25', 'Christmas', shape, /no date, such as/],
    ['a holiday twice', '2026-05-25', '2026-12-25', shape, /listed twice/],
    ['a relation to nothing', 'bin-1, hall]', 'bin-1, well]', unknown, /no asset "well"/],
    ['a relation to itself', 'light: lamp-1', 'light: north-gate', relation, /to itself/],
    ['a relation twice', 'bin-1, hall]', 'bin-1, bin-1]', relation, /named twice/],
    ['a relation to nobody', '[bin-1, hall]', '[]', shape, />=1|at least|too small/i],
    ['a relation that is no id', 'light: lamp-1', 'light: 3', shape, /names one asset/],
    ['a relation without a word', 'light: lamp-1', 'Light: lamp-1', shape, /an id is/],
    ['hours that are none', '06:00-22:00', '6 to 10', shape, /opening hours/],
    ['a touchpoint that is none', 'TP26', 'lobby', shape, /TP and two digits/],
    ['a duration without unit', 'cadence: 5m', 'cadence: 5', shape, /a duration is written/],
    ['a duration of nothing', 'cadence: 5m', 'cadence: 0s', shape, /a duration is written/],
    ['a limit that is a word', 'limit: 78', 'limit: loud', shape, /number or a duration/],
    [
      'a point list without points',
      'points: [distance_cm, tilt]',
      'points: []',
      shape,
      /one point/,
    ],
    [
      'an unknown kind',
      'kind: climate',
      'kind: weather',
      'DEVICES_ESTATE_KIND_UNKNOWN',
      /no kind "weather"/,
    ],
    ['a metric of another kind', '      - door\n', '      - lux\n', metric, /no metric "lux"/],
    ['a metric of no kind', '      - door\n', '      - __proto__\n', metric, /no metric/],
    ['a point twice', '[distance_cm, tilt]', '[tilt, tilt]', 'DEVICES_ESTATE_ID_TWICE', /twice/],
    ['an id twice', 'id: hall', 'id: north-gate', 'DEVICES_ESTATE_ID_TWICE', /another asset/],
    [
      'a silence shorter than the cadence',
      'silentAfter: 12m',
      'silentAfter: 4m',
      'DEVICES_ESTATE_SILENCE_SHORT',
      /240 s\) is shorter than the cadence \(300 s/,
    ],
    [
      'a mapping to no asset',
      'asset: lamp-1',
      'asset: lamp-9',
      'DEVICES_ESTATE_ASSET_UNKNOWN',
      /no asset "lamp-9"/,
    ],
    ['a mapping to no point', 'metric: tilt,', 'metric: temp_c,', metric, /no point "temp_c"/],
    ['a word that is no flag', 'tilt: true', 'tilt: leaning', word, /no value of tilt/],
    ['a scale for a flag', 'metric: tilt,', 'metric: tilt, scale: 2,', field, /no scale/],
    ['a scale of nothing', 'scale: 0.1', 'scale: 0', shape, /make every value 0/],
    ['a path that is none', 'object.position', 'object..position', shape, /a path names/],
    ['a path too deep', 'object.position', 'a.b.c.d.e.f.g.h.i', shape, /at most 8/],
    ['a json field without path', 'path: object.position, ', '', field, /missing: path/],
    [
      'a bare field with path',
      '[{ metric: temp_c }]',
      '[{ path: a, metric: temp_c }]',
      field,
      /path/,
    ],
    [
      'a bare mapping with time',
      '    format: bare',
      '    format: bare\n    at: t',
      field,
      /no time/,
    ],
    ['a # in the middle', 'tele/hall/#', 'tele/#/hall', shape, /only be the last level/],
    ['a + in a level', 'application/+/', 'application/a+/', shape, /only a whole level/],
    ['a topic of our own', 'tele/hall/#', 'caretaker/hall', shape, /take none/],
    [
      'a topic and a device',
      '    device: a84041ffff18b2c1',
      '    device: a8\n    topic: x/y',
      field,
      /either a topic or a device/,
    ],
    [
      'a network device by topic',
      '    device: a84041',
      '    topic: a84041',
      field,
      /names its device/,
    ],
    ['a topic by device', '  - topic: tele/hall/#', '  - device: hall', field, /names no device/],
    ['no name at all', '    device: a84041ffff18b2c1\n', '', field, /missing: device/],
    ['a number for a name', 'device: a84041ffff18b2c1', 'device: 303', shape, /stands in quotes/],
    ['a device of many', 'device: a84041ffff18b2c1', 'device: a840/#', shape, /no \+ and no #/],
    ['a node that is none', 'node: bin-1-node', 'node: lamp-1', field, /is of kind device/],
    ['a node that is not there', 'node: bin-1-node', 'node: well', unknown, /no asset "well"/],
    ['fields of no node', '    node: bin-1-node\n', '', field, /need a node/],
    ['a preset that is none', 'em400-mud', 'em400', 'DEVICES_ESTATE_PRESET_UNKNOWN', /no preset/],
    ['a unit that is none', 'unit: mm', 'unit: furlong', 'DEVICES_ESTATE_UNIT_UNKNOWN', /no unit/],
    [
      'a unit of another kind',
      'unit: mm',
      'unit: °C',
      'DEVICES_ESTATE_UNIT_UNKNOWN',
      /something else/,
    ],
    ['a unit of a flag', 'or: [lid],', 'unit: mm,', field, /no unit/],
    ['a base that is none', 'base: lora/application', 'base: lora/#', shape, /no \+ and no #/],
    ['a format that is none', 'format: bare', 'format: xml', shape, /zigbee2mqtt/],
    [
      'YAML that is none',
      'zone: Europe/London',
      'zone: [',
      'DEVICES_ESTATE_YAML',
      /Not valid YAML/,
    ],
    ['a key twice', 'gateway: garden-1', 'gateway: a\ngateway: b', 'DEVICES_ESTATE_YAML', /unique/],
  ])('with %s is refused', (_what, from, to, code, says) => {
    expect(example).toContain(from);
    const faults = faultsOf(example.replace(from, to));
    expect(faults.map((f) => f.code)).toContain(code);
    const fault = faults.find((f) => f.code === code);
    expect(fault?.message).toMatch(says);
    expect(fault?.where).toMatch(/^x\.yaml:\d+/);
  });

  it('is refused with all its faults at once, each with its line and what is allowed', () => {
    const text = example
      .replace('kind: climate', 'kind: weather')
      .replace('latitude: 51.5', 'latitude: north')
      .replace('asset: bin-1', 'asset: bin-7')
      .replace('metric: slam_db', 'metric: slam');
    const faults = faultsOf(text);
    expect(faults.map((f) => `${f.where} ${f.code}`)).toEqual([
      `x.yaml:${lineOf(text, 'latitude')}: location.latitude DEVICES_ESTATE_SHAPE`,
      `x.yaml:${lineOf(text, 'metric: slam')}: assets[0].points[1] DEVICES_ESTATE_METRIC_UNKNOWN`,
      `x.yaml:${lineOf(text, 'kind: weather')}: assets[1].kind DEVICES_ESTATE_KIND_UNKNOWN`,
      `x.yaml:${lineOf(text, 'asset: bin-7')}: mappings[2].asset DEVICES_ESTATE_ASSET_UNKNOWN`,
    ]);
    const metrics = Object.keys(kinds['access-gate']?.metrics ?? {});
    expect(metrics).toContain('slam_db');
    expect(faults[1]?.next).toBe(`allowed: ${metrics.join(', ')}`);
  });

  it.each(['', 'hello', '[]', '42', 'null', '{ assets: 3, mappings: [1] }'])(
    'is refused when it is only %j',
    (text) => {
      expect(faultsOf(text)[0]?.where).toMatch(/^x\.yaml:1/);
    },
  );
});
