import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kinds } from '../../kinds/index.ts';
import { learn } from './learn.ts';

const lesson = (topic: string, config: unknown) =>
  learn(topic, Buffer.from(typeof config === 'string' ? config : JSON.stringify(config)));
const pointOf = (component: string, config: object) => {
  const learnt = lesson(`homeassistant/${component}/x/config`, { state_topic: 'a/b', ...config });
  expect(learnt?.unclear).toEqual([]);
  return learnt?.points[0];
};

describe('learning from Home Assistant discovery', () => {
  it('turns a contact of Zigbee2MQTT into a door, polarity and all', () => {
    const source = 'homeassistant/binary_sensor/gate7/contact/config';
    const config = {
      name: 'Gate 7',
      unique_id: 'gate7_contact',
      state_topic: 'zigbee2mqtt/gate7',
      value_template: '{{ value_json.contact }}',
      payload_on: false,
      payload_off: true,
      device_class: 'door',
      device: { identifiers: ['z_0x01'], manufacturer: 'Maker', model: 'M1', name: 'gate7' },
    };
    expect(lesson(source, config)).toEqual({
      source,
      unclear: [],
      points: [
        {
          ...{ id: 'gate7_contact', name: 'Gate 7', topic: 'zigbee2mqtt/gate7', format: 'json' },
          ...{ path: 'contact', unit: null, expireAfter: null },
          device: { id: 'z_0x01', name: 'gate7', maker: 'Maker', model: 'M1', area: null },
          suits: ['access-gate', 'fire-door', 'lift'].map((kind) => ({
            ...{ kind, metric: 'door', words: { false: 'open', true: 'closed' } },
          })),
        },
      ],
    });
  });

  it('understands the short names and the base topic', () => {
    const config = {
      '~': 'home/bin7',
      ...{ stat_t: '~/state', uniq_id: 'bin7_d', dev_cla: 'distance', unit_of_meas: 'mm' },
      ...{ val_tpl: "{{ value_json['us']['range'] }}", exp_aft: 90 },
      dev: { ids: 'bin7', mf: 'Maker', mdl: 'M2', sa: 'Yard' },
    };
    const learnt = lesson('homeassistant/sensor/bin7/config', config);
    expect(learnt?.points[0]).toMatchObject({
      ...{ id: 'bin7_d', topic: 'home/bin7/state', path: 'us.range', unit: 'mm' },
      expireAfter: 90_000,
      device: { id: 'bin7', maker: 'Maker', model: 'M2', area: 'Yard' },
    });
    expect(learnt?.points[0]?.suits[0]).toEqual({ kind: 'bin', metric: 'distance_cm' });
  });

  it('reads every component of a device, and leaves out what was removed', () => {
    const config = {
      dev: { ids: 'd1', name: 'Pump' },
      o: { name: 'bridge' },
      state_topic: 'pump/state',
      cmps: {
        leak: { p: 'binary_sensor', dev_cla: 'moisture', val_tpl: '{{ value_json.leak }}' },
        power: { p: 'sensor', stat_t: 'pump/power', device_class: 'power', unit_of_meas: 'W' },
        gone: { p: 'sensor' },
        restart: { p: 'button', command_topic: 'pump/restart' },
      },
    };
    expect(lesson('homeassistant/device/pump/config', config)).toMatchObject({
      unclear: [],
      points: [
        {
          ...{ id: 'pump/leak', topic: 'pump/state', path: 'leak', device: { name: 'Pump' } },
          suits: [{ kind: 'leak', metric: 'leak', words: { ON: true, OFF: false } }, {}, {}],
        },
        { id: 'pump/power', topic: 'pump/power', format: 'bare', path: '', unit: 'W' },
      ],
    });
  });

  it('knows the states of a cover, and what a switch was told', () => {
    expect(pointOf('cover', { state_closed: 'down' })?.suits[0]).toEqual({
      ...{ kind: 'barrier', metric: 'position' },
      words: { open: 'open', opening: 'opening', down: 'closed', closing: 'closing' },
    });
    expect(pointOf('switch', { payload_on: '1', payload_off: '0' })?.suits[0]).toEqual({
      ...{ kind: 'lighting', metric: 'commanded' },
      words: { 1: true, 0: false },
    });
    expect(pointOf('light', { schema: 'json' })).toMatchObject({ format: 'json', path: 'state' });
  });

  it('takes True for what a template prints of true', () => {
    const config = { device_class: 'tamper', payload_on: 'True', payload_off: 'False' };
    expect(pointOf('binary_sensor', config)?.suits).toEqual([
      {
        ...{ kind: 'device', metric: 'tamper' },
        words: { True: true, true: true, False: false, false: false },
      },
    ]);
  });

  it('tells the charge of a cell from its voltage, and neither from a socket', () => {
    const suits = (config: object) => pointOf('sensor', config)?.suits.map(({ metric }) => metric);
    expect(suits({ device_class: 'battery', unit_of_measurement: '%' })).toEqual(['battery_pct']);
    expect(suits({ device_class: 'battery', unit_of_measurement: 'V' })).toEqual(['battery_v']);
    const diagnostic = { entity_category: 'diagnostic' };
    expect(suits({ device_class: 'voltage', ...diagnostic })).toEqual(['battery_v']);
    expect(suits({ device_class: 'voltage' })).toEqual([]);
    expect(suits({ device_class: 'constructor' })).toEqual([]);
  });

  it.each([
    ['{{ value }}', 'bare', ''],
    ['{{ value_json.a }}', 'json', 'a'],
    ['{{value_json.a.b}}', 'json', 'a.b'],
    ["{{ value_json['a b'].c[0] }}", 'json', 'a b.c.0'],
    ['{{ value_json["switch:0"].apower | float }}', 'json', 'switch:0.apower'],
    ["{{- value_json['a.b'] | is_defined -}}", 'json', 'a.b'],
  ])('reads the template %s', (value_template, format, path) => {
    expect(pointOf('sensor', { value_template })).toMatchObject({ format, path });
  });

  it.each([
    ["{{ 'ON' if value_json.contact else 'OFF' }}", /program/],
    ['{{ value_json.a | round(1) }}', /program/],
    ['{{ value_json.a * 10 }}', /program/],
    ['{{ value_json.a() }}', /program/],
    ["{{ value_json.get('a') }}", /program/],
    ['{{ states("sensor.x") }}', /program/],
    ['{% if value %}1{% endif %}', /program/],
    ['{{ value_json }}', /whole message/],
    ['{{ value_json.a.b.c.d.e.f.g.h.i }}', /deeper/],
    ["{{ value_json.a['b.c'] }}", /dot/],
    [`{{ value_json.${'a'.repeat(600)} }}`, /too long/],
  ])('runs no template %s, and says why', (value_template, why) => {
    const config = { name: 'X', state_topic: 'a/b', value_template };
    const learnt = lesson('homeassistant/sensor/x/config', config);
    expect(learnt?.points).toEqual([]);
    expect(learnt?.unclear).toEqual([{ what: 'X', why: expect.stringMatching(why) }]);
  });

  it('forgets what was cleared, and leaves our own out', () => {
    const none = { points: [], unclear: [] };
    expect(lesson('homeassistant/sensor/x/config', '')).toMatchObject(none);
    const ours = { state_topic: 'x/y', origin: { name: 'Caretaker' } };
    expect(lesson('homeassistant/sensor/x/config', ours)).toMatchObject(none);
    const event = { state_topic: 'ctk-events/1/court/state/gate' };
    expect(lesson('homeassistant/sensor/x/config', event)).toMatchObject(none);
  });

  it.each([
    [{ name: 'X' }, /no topic/],
    [{ name: 'X', state_topic: 'a/#' }, /cannot be mapped/],
    [{ name: 'X', state_topic: 'caretaker/gate' }, /cannot be mapped/],
  ])('says why %j is no point', (config, why) => {
    const learnt = lesson('homeassistant/sensor/x/config', config);
    expect(learnt?.unclear).toEqual([{ what: 'X', why: expect.stringMatching(why) }]);
  });

  it.each([
    'homeassistant/status',
    'homeassistant/sensor/config',
    'homeassistant/sensor/a/b/c/config',
    'other/sensor/x/config',
  ])('is not taught by %s', (topic) => {
    expect(lesson(topic, '{}')).toBeNull();
  });

  it('never throws, and proposes only metrics that there are', () => {
    const name = fc.constantFrom(
      ...['state_topic', 'stat_t', 'val_tpl', 'value_template', 'dev_cla', 'device_class', '~'],
      ...['payload_on', 'unit_of_meas', 'device', 'dev', 'components', 'cmps', 'origin', 'p'],
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('door', 'moisture', 'temperature', '{{ value_json.a }}', 'a/b', '__proto__'),
    );
    const component = fc.constantFrom('binary_sensor', 'sensor', 'cover', 'switch', 'device', 'x');
    fc.assert(
      fc.property(component, fc.dictionary(name, value), (kind, config) => {
        const learnt = lesson(`homeassistant/${kind}/x/config`, config);
        for (const suit of learnt?.points.flatMap((point) => point.suits) ?? []) {
          expect(kinds[suit.kind]?.metrics[suit.metric]).toBeDefined();
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
