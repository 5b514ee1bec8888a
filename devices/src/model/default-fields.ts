import type { FieldMapping } from './estate.ts';
import type { Format } from './formats.ts';
import { zigbeeFields, zigbeeNode } from './zigbee2mqtt.ts';

interface Defaults {
  /** By kind of asset: what a family calls the same for every maker's device. */
  readonly kinds: Readonly<Record<string, readonly FieldMapping[]>>;
  /** What its devices say of themselves. */
  readonly node: readonly FieldMapping[];
}

/** Signal of the gateway that heard the device best, and the battery as the network reports it. */
const lorawanNode: readonly FieldMapping[] = [
  { path: '$battery', metric: 'battery_pct' },
  { path: '$rssi', metric: 'rssi_dbm' },
  { path: '$snr', metric: 'snr_db' },
];

/** Signal over Wi-Fi or Bluetooth, and the battery of what has one. */
const wirelessNode: readonly FieldMapping[] = [
  { path: '$battery', metric: 'battery_pct' },
  { path: '$rssi', metric: 'rssi_dbm' },
];

const defaults: Partial<Record<Format, Defaults>> = {
  zigbee2mqtt: { kinds: zigbeeFields, node: zigbeeNode },
  chirpstack: { kinds: {}, node: lorawanNode },
  ttn: { kinds: {}, node: lorawanNode },
  shelly: { kinds: {}, node: wirelessNode },
  tasmota: { kinds: {}, node: wirelessNode },
};

/** Fields of a mapping that names none and has no preset, by its format and the kind of the asset. */
export function defaultFields(format: Format, kind: string): readonly FieldMapping[] {
  return defaults[format]?.kinds[kind] ?? [];
}

/** What every device of a format says of itself, whatever its maker. */
export function defaultNodeFields(format: Format): readonly FieldMapping[] {
  return defaults[format]?.node ?? [];
}
