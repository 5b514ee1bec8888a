import { type Estate, loadEstate } from '@caretaker/devices/model';
import { describe, expect, it } from 'vitest';
import { everything, mayHear, mayUse, prefixesMeet, prefixOf, RightsTable } from './rights.ts';

/** A gate that speaks our own form, and others behind mappings that overlap. */
const estate: Estate = loadEstate(
  [
    'id: yard',
    'name: Yard',
    'zone: Asia/Shanghai',
    'location: { latitude: 31.2, longitude: 121.5 }',
    'gateway: yard-1',
    'assets:',
    ...['gate', 'hall', 'pool', 'shop'].map(
      (id) =>
        `  - { id: ${id}, name: ${id}, kind: climate, touchpoint: TP01, place: Yard, points: [temp_c] }`,
    ),
    'mappings:',
    '  - { topic: tele/hall/SENSOR, format: json, asset: hall, fields: [{ path: t, metric: temp_c }] }',
    '  - { topic: tele/+/STATE, format: json, asset: pool, fields: [{ path: t, metric: temp_c }] }',
    '  - { topic: tele/shop/STATE, format: json, asset: shop, fields: [{ path: t, metric: temp_c }] }',
    '  - { topic: zigbee2mqtt/shop, format: zigbee2mqtt, asset: shop }',
  ].join('\n'),
  'yard.yaml',
);
const table = new RightsTable(estate, ['zigbee2mqtt']);

describe('a device', () => {
  const hall = table.device(['hall']);
  const pool = table.device(['pool']);
  const shop = table.device(['shop']);

  it('says what reaches its own asset, in our form and in its own', () => {
    for (const topic of ['caretaker/hall', 'caretaker/hall/temp_c', 'tele/hall/SENSOR']) {
      expect(mayUse(hall, topic), topic).toBe(true);
    }
  });

  it('says nothing that is not its own, or that reaches another asset as well', () => {
    for (const topic of [
      'caretaker/gate',
      'caretaker',
      'node-red/x',
      'ctk-events',
      'caretaker/hall-2',
      'tele/hall/STATE',
      'zigbee2mqtt/shop',
      '$SYS/broker/x',
      'ctk/1/yard-1/frames',
      'caretaker/+',
      '',
    ]) {
      expect(mayUse(hall, topic), topic).toBe(false);
    }
    expect(mayUse(pool, 'tele/pool/STATE')).toBe(true);
    expect(mayUse(pool, 'tele/shop/STATE')).toBe(false);
    expect(mayUse(shop, 'tele/shop/STATE')).toBe(false);
    expect(mayUse(table.device(['shop', 'pool']), 'tele/shop/STATE')).toBe(true);
  });

  it('says nothing under the prefix of a bridge, though its asset is mapped there', () => {
    expect(mayUse(shop, 'zigbee2mqtt/shop')).toBe(false);
    expect(mayUse(new RightsTable(estate, []).device(['shop']), 'zigbee2mqtt/shop')).toBe(true);
  });

  it('hears what it says, and a filter only when all of its reach is that', () => {
    for (const filter of ['caretaker/hall', 'caretaker/hall/#', 'caretaker/hall/+']) {
      expect(mayHear(hall, filter), filter).toBe(true);
    }
    for (const filter of [
      '#',
      '+/hall',
      'caretaker/#',
      'caretaker/+',
      '$SYS/#',
      '$share/g/caretaker/hall',
    ]) {
      expect(mayHear(hall, filter), filter).toBe(false);
    }
    expect(mayHear(pool, 'tele/+/STATE')).toBe(false);
    expect(mayHear(pool, 'tele/pool/STATE')).toBe(true);
  });

  it('of an asset that is not there may say nothing', () => {
    expect(table.device(['gone'])).toEqual({ allow: [], deny: [] });
    expect(mayHear(table.device(['gone']), '#')).toBe(false);
  });
});

describe('a bridge', () => {
  const bridge = table.bridge('zigbee2mqtt');

  it('says and hears everything under its prefix and nothing beside it', () => {
    for (const filter of ['zigbee2mqtt/#', 'zigbee2mqtt/+/set', 'zigbee2mqtt/bridge/request/#']) {
      expect(mayHear(bridge, filter), filter).toBe(true);
    }
    expect(mayUse(bridge, 'zigbee2mqtt/shop')).toBe(true);
    for (const text of ['zigbee2mqtt2/x', 'caretaker/shop', 'zigbee2mqt', 'homeassistant/status']) {
      expect([mayUse(bridge, text), mayHear(bridge, text)], text).toEqual([false, false]);
    }
    expect(mayHear(bridge, '+/shop')).toBe(false);
  });

  it('owns levels without wildcards that are not ours', () => {
    expect(prefixOf('zigbee2mqtt/#')).toBe('zigbee2mqtt');
    expect(prefixOf('application/lakeside')).toBe('application/lakeside');
    for (const text of [
      '#',
      '',
      '/',
      'a/+',
      'a//b',
      'a/',
      'caretaker',
      'caretaker/x',
      'ctk/#',
      '$SYS',
    ]) {
      expect(prefixOf(text), text).toBeNull();
    }
  });

  it('shares none of them', () => {
    expect(prefixesMeet('application', 'application/lakeside')).toBe(true);
    expect(prefixesMeet('application/a', 'application/ab')).toBe(false);
  });
});

it('leaves the topics of the broker alone even where everything is allowed', () => {
  expect(mayUse(everything, 'any/thing')).toBe(true);
  expect(mayHear(everything, '#')).toBe(true);
  expect([mayUse(everything, '$SYS/x'), mayHear(everything, '$SYS/#')]).toEqual([false, false]);
});

describe('flows of the gateway', () => {
  const flows = table.flows();

  it('say and hear what devices and bridges of this estate do, and their own', () => {
    for (const topic of [
      'caretaker/hall',
      'tele/hall/SENSOR',
      'zigbee2mqtt/lamp/set',
      'node-red/x',
    ]) {
      expect(mayUse(flows, topic), topic).toBe(true);
    }
    expect(mayHear(flows, 'ctk-events/1/yard/ticket/#')).toBe(true);
  });

  it('say and hear nothing else', () => {
    for (const topic of ['ctk/1/yard-1/frames', 'tele/other/SENSOR', '$SYS/x', 'homeassistant/x']) {
      expect(mayUse(flows, topic), topic).toBe(false);
    }
    expect(mayHear(flows, '#')).toBe(false);
  });
});

describe('who listens to events', () => {
  const listener = new RightsTable(estate, ['ctk-events'], 'homeassistant').bridge('ctk-events');

  it('hears them and what Home Assistant is told, nothing else, and says nothing', () => {
    expect(mayHear(listener, 'ctk-events/#')).toBe(true);
    expect(mayHear(listener, 'homeassistant/+/+/config')).toBe(true);
    for (const filter of ['#', 'caretaker/#', 'zigbee2mqtt/#']) {
      expect(mayHear(listener, filter), filter).toBe(false);
    }
    expect(listener.mute).toBe(true);
    expect(mayHear(table.bridge('ctk-events'), 'homeassistant/#')).toBe(false);
  });

  it('is any number of programs, of the whole of it', () => {
    expect(prefixOf('ctk-events/#')).toBe('ctk-events');
    expect(prefixOf('ctk-events/1/yard')).toBeNull();
    expect(prefixesMeet('ctk-events', 'ctk-events')).toBe(false);
  });
});
