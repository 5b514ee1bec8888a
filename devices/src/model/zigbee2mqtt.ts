import type { FieldMapping } from './estate.ts';

/** A Zigbee contact says true when the magnet is near: closed. */
const contactWords = { true: 'closed', false: 'open' } as const;

/**
 * Field names that Zigbee2MQTT uses for every maker's device, by the kind of asset they belong to. Where two
 * fields give one metric, the first that is present counts: Zigbee2MQTT 1.x has raw counts in `illuminance`
 * and lux in `illuminance_lux`, 2.x has lux in `illuminance` alone.
 */
export const zigbeeFields: Readonly<Record<string, readonly FieldMapping[]>> = {
  'access-gate': [{ path: 'contact', metric: 'door', words: contactWords }],
  lighting: [
    { path: 'illuminance_lux', metric: 'lux' },
    { path: 'illuminance', metric: 'lux' },
    { path: 'power', metric: 'power_w' },
    { path: 'state', metric: 'commanded', words: { ON: true, OFF: false } },
  ],
  barrier: [{ path: 'current', metric: 'current_a' }],
  bin: [{ path: 'temperature', metric: 'temp_c' }],
  pool: [{ path: 'temperature', metric: 'temp_c' }],
  climate: [{ path: 'temperature', metric: 'temp_c' }],
};

/** What Zigbee2MQTT says of every device itself. */
export const zigbeeNode: readonly FieldMapping[] = [
  { path: 'battery', metric: 'battery_pct' },
  { path: 'linkquality', metric: 'link_quality' },
  { path: 'tamper', metric: 'tamper' },
];

/** `contact` into a door state needs no words written out. */
export function zigbeeWords(path: string, metric: string): FieldMapping['words'] {
  return path === 'contact' && metric === 'door' ? contactWords : undefined;
}
