import { describe, expect, it } from 'vitest';
import type { Asset } from '../model/index.ts';
import { demoEstate } from './demo.ts';
import { createEncoder } from './encode.ts';

const estate = demoEstate();
const encode = createEncoder(estate);
const at = Date.parse('2026-11-21T12:00:00.125Z');
const said = (id: string, values: Record<string, number | string | boolean>) => {
  const asset = estate.assets.find((a: Asset) => a.id === id);
  if (asset === undefined) throw new Error(`no asset ${id}`);
  const { topic, payload } = encode({ at, asset, values });
  return [topic, JSON.parse(payload)];
};

describe('what a simulated device says over the wire', () => {
  it('is our own JSON where nothing is mapped', () => {
    expect(said('north-gate', { door: 'open' })).toEqual([
      'caretaker/north-gate',
      { at, door: 'open' },
    ]);
  });

  it('is what Zigbee2MQTT says of a contact and of a plug', () => {
    expect(said('block-1-door', { door: 'closed' })).toEqual([
      'zigbee2mqtt/unit doors/block 1',
      { contact: true, linkquality: 120, last_seen: '2026-11-21T12:00:00.125Z' },
    ]);
    expect(said('plaza-lamp-1', { lux: 11.2, power_w: 29, commanded: true })).toEqual([
      'zigbee2mqtt/plaza/lamp 1',
      {
        illuminance_lux: 11.2,
        power: 29,
        state: 'ON',
        linkquality: 120,
        last_seen: '2026-11-21T12:00:00.125Z',
      },
    ]);
  });

  it('is what a LoRaWAN network says of a bin, in its own units and words', () => {
    expect(said('bin-plaza-2', { distance_cm: 61.3, temp_c: 12, tilt: true })).toEqual([
      'application/lakeside/device/24e124713b501002/event/up',
      {
        deduplicationId: `24e124713b501002 ${at} distance_cm,temp_c,tilt`,
        time: '2026-11-21T12:00:00.125Z',
        deviceInfo: {
          deviceName: estate.assets.find(({ id }) => id === 'bin-plaza-2')?.name.en,
          devEui: '24e124713b501002',
          deviceProfileName: 'milesight/em400-mud',
        },
        fPort: 85,
        object: { distance: 613, temperature: 12, position: 'tilt' },
      },
    ]);
  });
});
