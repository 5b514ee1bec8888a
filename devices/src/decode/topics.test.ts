import { expect, it } from 'vitest';
import type { Mapping } from '../model/index.ts';
import { topicsOf } from './index.ts';

const mapping = (more: Partial<Mapping>): Mapping => ({
  ...{ format: 'chirpstack', asset: 'bin', fields: [] },
  ...more,
});

it.each<[Partial<Mapping>, readonly string[]]>([
  [{ device: '24E1-2413-6B5F-2217' }, ['application/+/device/24e124136b5f2217/event/+']],
  [{ format: 'ttn', device: 'gate-1' }, ['v3/+/devices/gate-1/#']],
  [{ format: 'json', topic: 'plant/+/state' }, ['plant/+/state']],
  [{ format: 'zigbee2mqtt', topic: 'zigbee2mqtt/a b' }, ['zigbee2mqtt/a b']],
])('knows what %j listens to', (more, topics) => {
  expect(topicsOf(mapping(more), {})).toEqual(topics);
});

it('knows the bases that an estate names beside the usual one', () => {
  const sources = [
    { format: 'chirpstack', base: 'site/lora' },
    { format: 'ttn', base: 'v4' },
  ] as const;
  expect(topicsOf(mapping({ device: 'e1' }), { sources })).toEqual([
    'site/lora/+/device/e1/event/+',
    'application/+/device/e1/event/+',
  ]);
});
