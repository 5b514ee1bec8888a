import { kinds } from '@caretaker/devices/kinds';
import { type Estate, loadEstate } from '@caretaker/devices/model';
import { describe, expect, it } from 'vitest';
import { Discovery } from './discovery.ts';

/*
 * The rules of Home Assistant, by hand: the pages "MQTT", "MQTT sensor" and "MQTT binary sensor" of its documentation,
 * and the lists of device classes of its developers' pages "Sensor entity" and "Binary sensor entity". Only what we
 * use is in the lists, so that a word which nobody has looked up fails.
 */
const sensorClasses: Record<string, readonly (string | undefined)[]> = {
  temperature: ['°C'],
  sound_pressure: ['dB', 'dBA'],
  illuminance: ['lx'],
  duration: ['d', 'h', 'min', 's', 'ms'],
  distance: ['mm', 'cm', 'm', 'km'],
  current: ['A', 'mA'],
  voltage: ['V', 'mV', 'kV'],
  power: ['W', 'kW'],
  volume_flow_rate: ['m³/h', 'L/min'],
  signal_strength: ['dB', 'dBm'],
  humidity: ['%'],
  moisture: ['%'],
  battery: ['%'],
  carbon_monoxide: ['ppm'],
  carbon_dioxide: ['ppm'],
  pm25: ['µg/m³', 'μg/m³'],
  ph: [undefined],
  enum: [undefined],
};
const binaryClasses = new Set(
  'door problem safety smoke tamper moisture running occupancy power'.split(' '),
);
const known = {
  root: new Set(
    `device origin components state_topic qos availability_topic availability_template
     payload_available payload_not_available`.split(/\s+/),
  ),
  device: new Set('identifiers name manufacturer model suggested_area'.split(' ')),
  sensor: new Set(
    `platform name unique_id state_topic value_template device_class state_class
     unit_of_measurement options json_attributes_topic`.split(/\s+/),
  ),
  binary_sensor: new Set(
    `platform name unique_id state_topic value_template device_class
     json_attributes_topic`.split(/\s+/),
  ),
};

interface Payload {
  readonly device: { identifiers: string[]; name: string; suggested_area: string };
  readonly origin: { name: string };
  readonly state_topic: string;
  readonly components: Record<string, Record<string, unknown>>;
}

const unknownKeys = (object: object, keys: ReadonlySet<string>) =>
  Object.keys(object).filter((key) => !keys.has(key));

/** Everything that Home Assistant would refuse or warn of. */
function faultsOf(topic: string, payload: Payload): string[] {
  const faults: string[] = [];
  const check = (good: boolean, what: string) => {
    if (!good) faults.push(what);
  };
  check(/^homeassistant\/device\/[a-zA-Z0-9_-]+\/config$/.test(topic), `topic ${topic}`);
  check(unknownKeys(payload, known.root).length === 0, 'unknown keys');
  check(payload.device.identifiers.length > 0, 'no identifier');
  check(unknownKeys(payload.device, known.device).length === 0, 'unknown keys of the device');
  check(payload.origin.name !== '', 'no origin');
  const unique = Object.values(payload.components).map(({ unique_id }) => unique_id);
  check(new Set(unique).size === unique.length, 'a unique id is not unique');
  for (const [id, part] of Object.entries(payload.components)) {
    check(typeof part.unique_id === 'string', `${id}: no unique id`);
    check(typeof (part.state_topic ?? payload.state_topic) === 'string', `${id}: no state topic`);
    if (part.platform === 'sensor') check(sensorFits(part), `${id}: ${JSON.stringify(part)}`);
    else if (part.platform === 'binary_sensor')
      check(binaryFits(part), `${id}: ${part.device_class}`);
    else faults.push(`${id}: component ${part.platform}`);
  }
  return faults;
}

function sensorFits(part: Record<string, unknown>): boolean {
  const { device_class: kind, unit_of_measurement: unit, state_class, options } = part;
  if (unknownKeys(part, known.sensor).length > 0) return false;
  if (kind !== undefined) {
    const units = sensorClasses[String(kind)];
    if (units === undefined || !units.includes(unit as string | undefined)) return false;
  }
  // Words have a list of options and nothing that numbers have; only words have one.
  if ((kind === 'enum') !== Array.isArray(options)) return false;
  if (kind === 'enum') return state_class === undefined && unit === undefined;
  return state_class === 'measurement';
}

function binaryFits(part: Record<string, unknown>): boolean {
  const { device_class: kind } = part;
  return (
    unknownKeys(part, known.binary_sensor).length === 0 &&
    (kind === undefined || binaryClasses.has(String(kind)))
  );
}

/** One asset of every kind, with every metric. */
function everything(): Estate {
  const assets = Object.values(kinds).map(
    ({ id, metrics }) =>
      `  - { id: a-${id}, name: { en: A ${id}, zh: 某${id} }, kind: ${id}, touchpoint: TP01, place: { en: Yard, zh: 院 }, points: [${Object.keys(metrics)}] }`,
  );
  const head = ['id: yard', 'name: Yard', 'zone: Asia/Shanghai', 'gateway: yard-1'];
  const location = 'location: { latitude: 31.2, longitude: 121.5 }';
  return loadEstate([...head, location, 'assets:', ...assets].join('\n'), 'yard.yaml');
}

const told = { gateway: 'yard-1', version: '1.0.0' };
const english = { prefix: 'homeassistant', language: 'en' } as const;

function announced(config: ConstructorParameters<typeof Discovery>[0], estate = everything()) {
  const said = new Discovery(config).announce({ ...told, estate });
  return new Map(said.map(({ topic, payload }) => [topic, JSON.parse(payload) as Payload]));
}

describe('what Home Assistant is told', () => {
  it('is what it takes, for every metric of every kind in both languages', () => {
    for (const language of ['en', 'zh'] as const) {
      const all = announced({ prefix: 'homeassistant', language });
      expect(all.size).toBe(Object.keys(kinds).length);
      for (const [topic, payload] of all) expect(faultsOf(topic, payload), topic).toEqual([]);
    }
  });

  it('would be refused by these checks with a unit, class or key that does not fit', () => {
    const [[topic, payload] = ['', {} as Payload]] = announced(english);
    const wrong = (part: object) =>
      faultsOf(topic, {
        ...payload,
        components: {
          x: { platform: 'sensor', unique_id: 'x', state_class: 'measurement', ...part },
        },
      });
    expect(wrong({})).toEqual([]);
    expect(wrong({ device_class: 'temperature', unit_of_measurement: 'dBA' })).toHaveLength(1);
    expect(wrong({ device_class: 'tempo' })).toHaveLength(1);
    expect(wrong({ unit: '°C' })).toHaveLength(1);
    expect(wrong({ platform: 'cover' })).toHaveLength(1);
    expect(faultsOf('homeassistant/device/a b/config', payload)).toHaveLength(1);
  });

  it('names device, area and entities in the language asked for, and has a component for each metric', () => {
    const gate = announced({ prefix: 'ha', language: 'zh' }).get(
      'ha/device/ctk_yard-1_a-access-gate/config',
    );
    expect(gate).toMatchObject({
      device: {
        identifiers: ['ctk_yard_a-access-gate'],
        name: '某access-gate',
        suggested_area: '院',
      },
      availability_topic: 'ctk-events/1/yard/gateway/yard-1',
      state_topic: 'ctk-events/1/yard/state/a-access-gate',
      components: {
        door: { platform: 'binary_sensor', device_class: 'door', name: '门状态' },
        slam_db: { platform: 'sensor', unit_of_measurement: 'dBA', device_class: 'sound_pressure' },
        problem: { state_topic: 'ctk-events/1/yard/condition/a-access-gate', name: '异常' },
      },
    });
    const { metrics } = kinds['access-gate'] ?? { metrics: {} };
    expect(Object.keys(gate?.components ?? {})).toEqual([...Object.keys(metrics), 'problem']);
    // The key of ours must not be that of a metric.
    expect(Object.values(kinds).flatMap((kind) => Object.keys(kind.metrics))).not.toContain(
      'problem',
    );
  });

  it('takes away assets and metrics that are no more, also after a restart or when it is switched off', () => {
    const estate = everything();
    const discovery = new Discovery(english);
    discovery.announce({ ...told, estate });
    const [first, second, ...others] = estate.assets;
    if (first === undefined || second === undefined) throw new Error('no assets');
    const fewer = { ...second, points: second.points.slice(1) };
    const again = new Discovery(english, discovery.announced);
    const said = again.announce({ ...told, estate: { ...estate, assets: [fewer, ...others] } });
    const gone = said.filter(({ payload }) => payload === '');
    expect(gone.map(({ topic }) => topic)).toEqual([
      `homeassistant/device/ctk_yard-1_${first.id}/config`,
    ]);
    const metric = second.points[0]?.metric ?? '';
    const changed = said.find(({ topic }) => topic.includes(`_${second.id}/`));
    const { components } = JSON.parse(changed?.payload ?? '') as Payload;
    expect(Object.keys(components[metric] ?? {})).toEqual(['platform']);
    const off = new Discovery(null, again.announced).announce({ ...told, estate });
    expect(off.every(({ payload }) => payload === '')).toBe(true);
    expect(off).toHaveLength(estate.assets.length - 1);
  });
});
